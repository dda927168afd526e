"""What *More detail* unfolds, grouped, and the questions of the chosen kind of conduct."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from bot.incidents.fields import (
    ATTENTION,
    COMFORT,
    COMFORT_WORDS,
    CONFIDENTIAL,
    CONTACT,
    DID,
    FILES,
    FLAGS,
    HEARD,
    HEARD_WORDS,
    MEDIUM,
    MEDIUM_WORDS,
    MINUTES,
    OTHERS,
    PART,
    TICKET,
    TOLD,
    TOLD_WORDS,
    WITNESSES,
    WORDS,
)
from bot.incidents.questions import LINE_LENGTH, TEXT_LENGTH, Question, questions_for
from bot.slack import blocks
from bot.slack.blocks import Block


ANSWER = "answer_"
MOST_MINUTES = 100_000
MOST_DAYS = 10_000
LONG = 3000
Choice = TypeVar("Choice", bound=StrEnum)


def question_fields(conduct: str, answers: Mapping[str, str]) -> Iterator[Block]:
    """Return the fields of this kind's own questions, filled with earlier answers."""
    for question in questions_for(conduct):
        name = f"{ANSWER}{conduct}.{question.id}"
        element = _answer(question, name, answers.get(f"{conduct}.{question.id}", ""))
        yield blocks.field(question.label, element, optional=True, hint=question.hint)


def detail(contact: str = "") -> Iterator[Block]:
    """Return every optional field, in groups; `contact` is who acted, where that is known."""
    yield _handling()
    yield from _who(contact)
    yield from _said()
    yield from _ours()
    yield from _cost()
    yield blocks.header("Evidence")
    yield _optional("Files", blocks.file_input(FILES), hint="Screenshots, emails, recordings")


def _handling() -> Block:
    ticks = (
        blocks.option("Executives should look at this now", ATTENTION, "They hear at once"),
        blocks.option("Confidential", CONFIDENTIAL, "Only you and the executives can see it"),
    )
    return _optional("Handling", blocks.checkboxes(FLAGS, ticks))


def _who(contact: str) -> Iterator[Block]:
    yield blocks.header("Who and how")
    acted = blocks.text_input(CONTACT, limit=LINE_LENGTH, initial=contact)
    hint = "Who wrote the message" if contact else "Who acted, as far as you know"
    yield _optional("Contact person at the client", acted, hint=hint)
    yield _choice("How did it reach you?", MEDIUM, MEDIUM_WORDS)
    yield _optional(
        "Colleagues who saw or heard it",
        blocks.people_input(WITNESSES, placeholder="Choose people"),
    )
    yield _line("Others who saw or heard it", OTHERS, hint="Names, separated by commas")


def _said() -> Iterator[Block]:
    yield blocks.header("What was said")
    yield _text("Exact words of the client", WORDS, "Nothing here is ever questioned or changed")
    yield _choice("How do you know the words?", HEARD, HEARD_WORDS)


def _ours() -> Iterator[Block]:
    yield blocks.header("Our side")
    yield _text("What we did at the time", DID)
    yield _choice("Had the client been told before?", TOLD, TOLD_WORDS)
    yield _text(
        "Our own part in it", PART, "A late reply, an error of ours: it makes the record fairer"
    )


def _cost() -> Iterator[Block]:
    yield blocks.header("What it cost")
    yield _optional("Minutes lost", blocks.number_input(MINUTES, high=MOST_MINUTES))
    yield _line("Ticket", TICKET)
    yield _choice("Comfortable working with this contact again?", COMFORT, COMFORT_WORDS)


def _answer(question: Question, name: str, typed: str) -> Block:
    if question.kind == "number":
        element = blocks.number_input(name, high=MOST_DAYS)
        return element | ({"initial_value": typed} if typed else {})
    long = question.kind == "text"
    limit = TEXT_LENGTH if long else LINE_LENGTH
    return blocks.text_input(name, multiline=long, limit=limit, initial=typed)


def _optional(label: str, element: Block, hint: str = "") -> Block:
    return blocks.field(label, element, optional=True, hint=hint)


def _line(label: str, name: str, hint: str = "") -> Block:
    return _optional(label, blocks.text_input(name, limit=LINE_LENGTH), hint)


def _text(label: str, name: str, hint: str = "") -> Block:
    return _optional(label, blocks.text_input(name, multiline=True, limit=LONG), hint)


def _choice(label: str, name: str, words: Mapping[Choice, str]) -> Block:
    options = [blocks.option(text, value.value) for value, text in words.items()]
    return _optional(label, blocks.select(name, options, placeholder="Choose one"))
