"""The way out to Slack's Web API: one TLS context, short patience, never an unasked retry."""

import ssl

from slack_sdk import WebClient


INTERACTIVE_SECONDS = 2
"""A trigger lives three seconds: a view that is not open by then never opens."""

POSTING_SECONDS = 5
"""A post may take longer; the outbox looks it up when it stays in doubt."""


def web_client(token: str, api_url: str, timeout: int) -> WebClient:
    """Return a client whose calls share one TLS context and are sent exactly once.

    The SDK would otherwise read the certificates again for every call, and send a post again
    whose answer was lost.
    """
    return WebClient(
        token=token,
        base_url=api_url,
        timeout=timeout,
        ssl=ssl.create_default_context() if api_url.startswith("https") else None,
        retry_handlers=[],
    )
