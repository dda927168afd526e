"""Views: modals and App Home."""

import json

from sandbox.errors import SlackError
from sandbox.limits.blocks import HOME, MODAL, check_blocks
from sandbox.limits.checks import At, Check, Report, anything, boolean, by_type, record, text
from sandbox.limits.objects import plain
from sandbox.wire import Json


LARGEST_VIEW = 250_000  # bytes of JSON
TITLE = 24
_SHARED: dict[str, Check] = {
    "private_metadata": text(3000, 0),
    "callback_id": text(255, 0),
    "external_id": text(255, 0),
}
_VIEW = by_type(
    {
        MODAL: record(
            {"type": anything, "title": plain(TITLE), "blocks": check_blocks},
            {
                **_SHARED,
                "submit": plain(TITLE),
                "close": plain(TITLE),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
            },
        ),
        HOME: record({"type": anything, "blocks": check_blocks}, _SHARED),
    }
)


def view_problems(view: object, kind: str, at: str = "/view") -> list[str]:
    """Return what is wrong with a view of this kind ("modal" or "home"), in Slack's words."""
    report = Report(kind)
    if isinstance(view, dict) and view.get("type") not in (kind, None):
        report.add(f"{at}/type", f"must be a valid enum value: {kind}")
        return report.problems
    _VIEW(report, at, view)
    if kind == MODAL and isinstance(view, dict):
        _check_modal(report, at, view)
    return report.problems


def require_view(view: object, kind: str, sent_bytes: int) -> Json:
    """Return the view; SlackError as views.open words it where Slack would refuse it.

    The size is measured only where the request was large enough to hold too large a view.
    """
    problems = view_problems(view, kind)
    if problems or not isinstance(view, dict):
        raise SlackError("invalid_arguments", problems)
    if sent_bytes > LARGEST_VIEW and view_bytes(view) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    return view


def view_bytes(view: Json) -> int:
    return len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode())


def _check_modal(report: Report, at: At, view: Json) -> None:
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        return
    if not blocks:
        report.add((at, "blocks"), "no less than 1 items allowed")
    has_input = any(isinstance(each, dict) and each.get("type") == "input" for each in blocks)
    if has_input and "submit" not in view:
        report.add(at, "missing required field: submit")
