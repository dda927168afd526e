"""Why a matter is before the executives, and what was withdrawn since: said alike everywhere."""

from collections.abc import Sequence

from bot.slack.text import Markup, cut, joined, markup, one_line, plural


NAMED, REASONS = 4, 4
"""How many people, or records, and reasons are named before the rest is counted."""


def why_lines(why: Sequence[str], gone: Sequence[str] = ()) -> Markup:
    """Return the strongest reason on a line, the others on the next, then what was withdrawn."""
    strongest, *others = (cut(reason, 300) for reason in why)
    lines = [markup("*{}:* {}", "Why it was raised" if gone else "Why now", strongest)]
    if others:
        shown, rest = others[: REASONS - 1], others[REASONS - 1 :]
        more = f"; {len(rest)} more" if rest else ""
        lines.append(markup("*Also:* {}{}", "; ".join(shown), more))
    return joined("\n", [*lines, gone_line(gone)])


def gone_line(numbers: Sequence[str]) -> Markup:
    """Return that what bears these numbers was withdrawn, or nothing."""
    if not numbers:
        return Markup("")
    return markup("*Withdrawn since, no longer counted:* {}", names(numbers))


def names(people: Sequence[str]) -> str:
    """Return "Tara", "Tara and Miguel", "Tara, Miguel, Ana, Ben and 3 others"."""
    shown = [cut(one_line(name), 60) for name in people[:NAMED]]
    if len(people) > NAMED:
        return f"{', '.join(shown)} and {plural(len(people) - NAMED, 'other')}"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
