"""Reads a submitted form: what it says as plain values, or what is wrong with which field."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from unicodedata import category

from bot.clients.choice import chosen
from bot.incidents import fields as more
from bot.incidents.evidence import from_files
from bot.incidents.fields import CONDUCT, SEVERITY, WHAT, WHEN
from bot.incidents.form import TEXT_LENGTH, shown
from bot.incidents.form_detail import ANSWER, MOST_MINUTES
from bot.incidents.new import NewEvidence, NewIncident
from bot.incidents.questions import LINE_LENGTH, questions_for
from bot.slack.ids import CLIENT
from models import Comfort, Heard, Medium, Severity, ToldBefore
from models.base import ID_LENGTH
from models.text import clean


CLOCKS_DIFFER = timedelta(minutes=1)
OLDEST = timedelta(days=2 * 365)
TOO_LONG_AGO = (
    "This is more than two years ago. If the year is right: choose the day on which you heard of "
    "it, and say in your account when it happened."
)
_WHOLE = re.compile("[0-9]{1,9}")
LINES = (more.CONTACT, more.TICKET)
SEEN = frozenset("LNPS")
"""The first letter of the Unicode categories that leave something to see."""

Choice = TypeVar("Choice", bound=StrEnum)
State = dict[str, Any]


def values(view: dict[str, Any]) -> State:
    """Return what each field holds, by its action id, in Slack's own shape."""
    blocks = (view.get("state") or {}).get("values") or {}
    return {name: held or {} for block in blocks.values() for name, held in block.items()}


def parse(view: dict[str, Any], *, now: datetime) -> NewIncident | dict[str, str]:
    """Return the incident, or the error for each field by its action id."""
    held, errors, form = values(view), dict[str, str](), shown(view)
    client = _client(held, errors)
    conduct = _option(held, CONDUCT)
    severity = _severity(held)
    what = _text(held, WHAT) or ""
    occurred = _moment(held, errors, now)
    minutes = _minutes(held, errors)
    errors |= dict((*_missing(conduct, severity, what), *_too_long(held)))
    if errors or client is None or severity is None or occurred is None:
        return errors
    return NewIncident(
        form_key=form.key,
        client=client,
        conduct=conduct,
        severity=severity,
        what_happened=what,
        occurred_at=occurred,
        minutes_lost=minutes,
        answers=dict(_answers(held, conduct)),
        evidence=(*form.evidence, *_files(held)),
        **_details(held),
    )


def seen(value: object) -> str:
    """Return what was typed, cleaned; nothing where nothing of it can be seen."""
    text = clean(value).strip() if isinstance(value, str) else ""
    return text if any(category(letter)[0] in SEEN for letter in text) else ""


def typed_answers(view: dict[str, Any]) -> dict[str, str]:
    """Return the answers given so far to questions of any kind, as "kind.question"."""
    held = values(view)
    typed = ((name, _text(held, name)) for name in held if name.startswith(ANSWER))
    return {name.removeprefix(ANSWER): text for name, text in typed if text}


def chosen_conduct(view: dict[str, Any]) -> str:
    """Return the code of the kind of conduct chosen so far, or nothing."""
    return _option(values(view), CONDUCT)


def block_of(view: dict[str, Any], field: str) -> str:
    """Return the block that holds a field, for an error beside it; the last input if it is gone."""
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    named = (block for block in inputs if block["element"]["action_id"] == field)
    return str(next(named, inputs[-1])["block_id"])


def _details(held: State) -> dict[str, Any]:
    ticked = {box.get("value") for box in held.get(more.FLAGS, {}).get("selected_options") or []}
    names = (_text(held, more.OTHERS) or "").split(",")
    return {
        "contact": _text(held, more.CONTACT),
        "medium": _one_of(Medium, held, more.MEDIUM),
        "exact_words": _text(held, more.WORDS),
        "heard": _one_of(Heard, held, more.HEARD),
        "what_we_did": _text(held, more.DID),
        "told_before": _one_of(ToldBefore, held, more.TOLD),
        "our_part": _text(held, more.PART),
        "ticket": _text(held, more.TICKET),
        "comfort": _one_of(Comfort, held, more.COMFORT),
        "confidential": more.CONFIDENTIAL in ticked,
        "attention": more.ATTENTION in ticked,
        "witnesses": tuple(_witnesses(held)),
        "witness_names": tuple(name.strip() for name in names if name.strip()),
    }


def _missing(conduct: str, severity: int | None, what: str) -> Iterator[tuple[str, str]]:
    if not conduct:
        yield CONDUCT, "Please choose what kind of conduct it was."
    if severity is None:
        yield SEVERITY, "Please choose how serious it was."
    if not what:
        yield WHAT, "Please say what happened, in a sentence or two."
    if len(what) > TEXT_LENGTH:
        yield WHAT, f"Please keep this to {TEXT_LENGTH:,} characters; add the rest as a note later."


def _too_long(held: State) -> Iterator[tuple[str, str]]:
    """Yield what no field of Slack's lets through."""
    for name in LINES:
        if len(_text(held, name) or "") > LINE_LENGTH:
            yield name, f"Please keep this to {LINE_LENGTH} characters."
    if any(len(user_id) > ID_LENGTH for user_id in _witnesses(held)):
        yield more.WITNESSES, "Please choose these people again."


def _witnesses(held: State) -> list[str]:
    return [str(user_id) for user_id in held.get(more.WITNESSES, {}).get("selected_users") or ()]


def _client(held: State, errors: dict[str, str]) -> int | str | None:
    try:
        return chosen(_option(held, CLIENT))
    except ValueError:
        errors[CLIENT] = "Please choose a client, or type the name and add it."
        return None


def _severity(held: State) -> int | None:
    value = _option(held, SEVERITY)
    known = {str(level.value): level.value for level in Severity}
    return known.get(value)


def _moment(held: State, errors: dict[str, str], now: datetime) -> datetime | None:
    epoch = held.get(WHEN, {}).get("selected_date_time")
    if not isinstance(epoch, int):
        errors[WHEN] = "Please say when it happened."
        return None
    try:
        moment = datetime.fromtimestamp(epoch, UTC)
    except (ValueError, OverflowError, OSError):
        moment = datetime.min.replace(tzinfo=UTC)
    if moment > now + CLOCKS_DIFFER:
        errors[WHEN] = "This is in the future. When did it happen?"
    elif moment < now - OLDEST:
        errors[WHEN] = TOO_LONG_AGO
    return moment


def _minutes(held: State, errors: dict[str, str]) -> int | None:
    typed = _text(held, more.MINUTES)
    if typed is None:
        return None
    if not _WHOLE.fullmatch(typed) or int(typed) > MOST_MINUTES:
        errors[more.MINUTES] = f"Please give whole minutes, from 0 to {MOST_MINUTES:,}."
        return None
    return int(typed)


def _answers(held: State, conduct: str) -> Iterator[tuple[str, str]]:
    for question in questions_for(conduct):
        answer = _text(held, f"{ANSWER}{conduct}.{question.id}")
        if answer:
            yield question.id, answer


def _files(held: State) -> tuple[NewEvidence, ...]:
    return from_files(held.get(more.FILES, {}).get("files") or [])


def _option(held: State, name: str) -> str:
    return str((held.get(name, {}).get("selected_option") or {}).get("value") or "")


def _text(held: State, name: str) -> str | None:
    return seen(held.get(name, {}).get("value")) or None


def _one_of(kind: type[Choice], held: State, name: str) -> Choice | None:
    value = _option(held, name)
    return kind(value) if value in {member.value for member in kind} else None
