"""What the person who runs the bot can do about a message that does not go out."""

from collections.abc import Mapping


_INVITE = "Invite the bot into the executives' channel: /invite @On Record."
_TOKEN = "Slack refuses SLACK_BOT_TOKEN. Install the app again and put its new token there."  # noqa: S105 - says what to do about one
_PRIVATE = "Set EXECUTIVE_CHANNEL to a private channel of your own workspace alone."
_REINSTALL = "Give the app the scopes of manifest.json and install it to the workspace again."
_RESTRICTED = "Let apps post in that conversation: its settings allow only some people to."
_PERSON = "This person cannot be written to: nothing to do if they have left."
_OURS = "This is a fault of On Record's own. Please report it with this code and the log."
_ADMIN = "Ask an administrator of the workspace to allow this app."
_SLACK = "Slack does not answer as it should. The message is sent automatically once it does."
_MOVING = "Slack is moving the workspace. The message is sent automatically afterwards."
_BUSY = "Slack is limiting calls. The message is sent automatically once Slack accepts it."
_NOT_SLACK = (
    "Whatever answers there is not Slack. Set SLACK_API_URL to https://slack.com/api/ or leave it "
    "out; if it is right, check the proxies and firewalls in between."
)
_CLOSED = "Slack accepts no replies in this thread. Reopen it, or let apps post in it."

MENDS: Mapping[str, str] = {
    "access_denied": _ADMIN,
    "accesslimited": _ADMIN,
    "account_inactive": _TOKEN,
    "app_access_restricted": _ADMIN,
    "cannot_dm_bot": _PERSON,
    "cannot_reply_to_message": _CLOSED,
    "channel_not_found": f"{_INVITE} If it is in there, EXECUTIVE_CHANNEL names another channel.",
    "channel_public": f"The executives' channel is public. {_PRIVATE}",
    "channel_share_pending": f"The executives' channel is being shared outside. {_PRIVATE}",
    "channel_type_not_supported": f"EXECUTIVE_CHANNEL names no channel. {_PRIVATE}",
    "channel_unclear": (
        f"Slack does not say that the executives' channel is private and ours alone. {_PRIVATE}"
    ),
    "channel_shared": f"The executives' channel is shared outside. {_PRIVATE}",
    "connection_lost": _SLACK,
    "database_away": "The database did not answer. See /readyz.",
    "edit_window_closed": "Allow editing of messages at any time in the workspace's settings.",
    "ekm_access_denied": _ADMIN,
    "enterprise_is_restricted": _ADMIN,
    "error": _OURS,
    "external_channel_migrating": _MOVING,
    "fatal_error": _SLACK,
    "internal_error": _SLACK,
    "invalid_auth": f"{_TOKEN} If addresses are restricted in the app's settings, allow this one.",
    "is_archived": f"The executives' channel is archived: unarchive it. Or: {_PRIVATE}",
    "is_inactive": f"The executives' channel is archived: unarchive it. Or: {_PRIVATE}",
    "membership_unknown": _SLACK,
    "message_limit_exceeded": _BUSY,
    "messages_tab_disabled": "Turn on the Messages tab under “App Home” in the app's settings.",
    "method_deprecated": "Slack has retired this method. Deploy the newest release of On Record.",
    "method_not_supported_for_channel_type": f"EXECUTIVE_CHANNEL names no channel. {_PRIVATE}",
    "missing_scope": _REINSTALL,
    "no_answer": _SLACK,
    "no_permission": _REINSTALL,
    "no_ts": _SLACK,
    "not_a_channel": f"EXECUTIVE_CHANNEL names a direct message. {_PRIVATE}",
    "not_a_member": _PERSON,
    "not_allowed_token_type": _TOKEN,
    "not_authed": _TOKEN,
    "not_in_channel": _INVITE,
    "org_login_required": _MOVING,
    "overdue": "It is due, and nothing sends it: is the bot running? Its log may say more.",
    "posting_to_general_channel_denied": _RESTRICTED,
    "rate_limited": _BUSY,
    "ratelimited": _BUSY,
    "render": _OURS,
    "request_timeout": _SLACK,
    "restricted_action": _RESTRICTED,
    "service_unavailable": _SLACK,
    "team_access_not_granted": _ADMIN,
    "team_added_to_org": _MOVING,
    "thread_not_found": _SLACK,
    "token_expired": _TOKEN,
    "token_revoked": _TOKEN,
    "took_too_long": _SLACK,
    "two_factor_setup_required": _ADMIN,
    "unreachable": "Slack cannot be reached. Check the network, proxies and SLACK_API_URL.",
    "update_failed": _SLACK,
    "user_disabled": _PERSON,
    "user_not_found": _PERSON,
    "user_not_in_channel": _PERSON,
    "user_not_visible": _PERSON,
    "users_not_found": _PERSON,
}
"""By Slack's error code, or by our own for what Slack would take and we do not."""


def mend(code: str) -> str:
    """Return one sentence or two that say what to do; `code` may carry a detail after a colon."""
    name, _, detail = code.partition(":")
    if name.startswith("restricted_action"):
        name = "restricted_action"
    if name.startswith("http_"):
        return _SLACK if name.startswith("http_5") else _NOT_SLACK
    found = MENDS.get(name, _OURS)
    return f"{found} Missing: {detail}." if name == "missing_scope" and detail else found


def is_farewell(code: str | None) -> bool:
    """Return whether it says that a person has left, which nobody can mend."""
    return MENDS.get(code or "") == _PERSON
