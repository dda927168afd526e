"""The error code of an answer from Slack, whatever its shape."""

import re
from typing import Any


TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
RATE = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})


def code_of(response: Any) -> str:  # noqa: ANN401 - the SDK's answer, whatever Slack sent
    """Return Slack's error code, "missing_scope:" with the scope, or "http_404" where it has none.

    A web page, or JSON of another shape, has none; its words are not repeated.
    """
    status = int(response.status_code)
    body = response.data if isinstance(response.data, dict) else {}
    code, needed = str(body.get("error")), str(body.get("needed"))
    if status == TOO_MANY_REQUESTS or code in RATE:
        return "ratelimited"
    if status >= SERVER_ERROR or not re.fullmatch(r"[a-z][a-z0-9_]{0,79}", code, re.ASCII):
        return f"http_{status}"
    if code == "missing_scope" and re.fullmatch(r"[a-z0-9_.:,-]{1,100}", needed, re.ASCII):
        return f"{code}:{needed}"
    return code
