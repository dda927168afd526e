"""What a record or a form says, in the words that people see on screen."""

from datetime import datetime, tzinfo

from bot.incidents.fields import COMFORT_WORDS, HEARD_WORDS, MEDIUM_WORDS, TOLD_WORDS
from bot.incidents.new import NewIncident
from bot.incidents.questions import questions_for
from models import Comfort, Heard, Incident, Medium, Severity, ToldBefore


def facts(told: Incident | NewIncident) -> dict[str, str]:
    """Return what is said in a word or a line, by its label; empty where nothing was said."""
    minutes = told.minutes_lost
    return {
        "Contact": told.contact or "",
        "How": MEDIUM_WORDS[Medium(told.medium)] if told.medium else "",
        "Told before": TOLD_WORDS[ToldBefore(told.told_before)] if told.told_before else "",
        "Minutes lost": "" if minutes is None else f"{minutes:,}",
        "Ticket": told.ticket or "",
        "Comfortable again": COMFORT_WORDS[Comfort(told.comfort)] if told.comfort else "",
        "Words": HEARD_WORDS[Heard(told.heard)] if told.heard else "",
    }


def passages(told: Incident | NewIncident, conduct: str) -> dict[str, str]:
    """Return what is told at length, by its label; the answers to the kind's questions last."""
    asked = {question.id: question.label for question in questions_for(conduct)}
    return {
        "What happened": told.what_happened,
        "Exact words": told.exact_words or "",
        "What we did": told.what_we_did or "",
        "Our own part": told.our_part or "",
        **{asked.get(name, name): str(answer) for name, answer in told.answers.items()},
    }


def severity(level: int) -> str:
    """Return the level as the form offers it: "4 · Critical"."""
    return f"{level} · {Severity(level).label.capitalize()}"


def moment(at: datetime, timezone: tzinfo) -> str:
    """Return a time in words, for where no reader's own zone is known."""
    return f"{at.astimezone(timezone):%d %b %Y, %H:%M %Z}"
