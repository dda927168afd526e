"""Each kind of conduct has questions of its own, shown when it is chosen; all are optional."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Question:
    """One question: `id` is kept with the answer, `kind` says which field asks it."""

    id: str
    label: str
    kind: Literal["line", "text", "number"] = "line"
    hint: str = ""


LINE_LENGTH = 200
TEXT_LENGTH = 500

QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    "abuse": (
        Question("aimed_at", "Who was it aimed at?"),
        Question("kind", "What form did it take?", hint="For example: shouting, insult, threat"),
        Question("stopped", "Did it stop when they were asked to?"),
    ),
    "ignored_instructions": (
        Question("advised", "What had we advised, when and how?", "text"),
        Question("refused_how", "How was it refused?"),
        Question("came_of_it", "What came of it?", "text"),
    ),
    "no_response": (
        Question(
            "attempts",
            "Our attempts: when, and by which medium?",
            "text",
            "One a line, for example: 3 Nov, email · 5 Nov, call",
        ),
        Question("waiting_for", "What are we waiting for?"),
        Question("days_waiting", "Days without an answer", "number"),
    ),
    "non_payment": (
        Question("invoice", "Invoice number"),
        Question("amount", "Amount, with currency"),
        Question("days_overdue", "Days overdue", "number"),
    ),
    "unethical": (
        Question("asked_or_did", "What was asked for or done?", "text"),
        Question("known_how", "How do we know?"),
        Question(
            "referral",
            "Could we recommend them to another provider?",
            hint="Dishonesty is the one reason not to offer a referral later",
        ),
    ),
    "out_of_scope": (
        Question("needed", "What do they need that we do not offer?", "text"),
        Question("agreed", "What does the agreement cover?"),
    ),
    "excessive_demands": (
        Question("asked", "What was asked for?", "text"),
        Question("how_often", "How often, in which time?"),
    ),
}


def questions_for(conduct: str) -> tuple[Question, ...]:
    """Return the questions of a kind of conduct; a kind that the MSP added has none."""
    return QUESTIONS.get(conduct, ())
