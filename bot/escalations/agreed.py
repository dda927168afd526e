"""What was agreed when a client's matter was settled, in a line. Pure."""

from bot.escalations.standing import Settlement
from bot.slack.text import DAY, Markup, cut, date, markup, one_line


def settled_line(settlement: Settlement, limit: int, label: str = "Last settled") -> Markup:
    """Return when, by whom, and the words cut to `limit`."""
    when = date(settlement.at, DAY)
    by, outcome = cut(one_line(settlement.by), 60), cut(one_line(settlement.outcome), limit)
    return markup("*{}* {} by {}: “{}”", label, when, by, outcome)
