"""Reads a submitted form: what it says as plain values, or what is wrong with which field."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from bot.clients.choice import chosen
from bot.incidents import fields as more
from bot.incidents.evidence import from_files
from bot.incidents.fields import CONDUCT, SEVERITY, WHAT, WHEN
from bot.incidents.form import TEXT_LENGTH, shown
from bot.incidents.form_detail import ANSWER, MOST_MINUTES
from bot.incidents.new import NewEvidence, NewIncident
from bot.incidents.questions import questions_for
from bot.slack.ids import CLIENT
from models import Comfort, Heard, Medium, Severity, ToldBefore
from models.text import clean


CLOCKS_DIFFER = timedelta(minutes=1)
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
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
    errors |= dict(_missing(conduct, severity, what))
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
        "witnesses": tuple(held.get(more.WITNESSES, {}).get("selected_users") or ()),
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
        moment = OLDEST
    if moment > now + CLOCKS_DIFFER:
        errors[WHEN] = "This is in the future. When did it happen?"
    elif moment <= OLDEST:
        errors[WHEN] = "This is too long ago. When did it happen?"
    return moment


def _minutes(held: State, errors: dict[str, str]) -> int | None:
    typed = _text(held, more.MINUTES)
    if typed is None:
        return None
    if not typed.isascii() or not typed.isdigit() or int(typed[:12]) > MOST_MINUTES:
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
    value = held.get(name, {}).get("value")
    return clean(value).strip() or None if isinstance(value, str) else None


def _one_of(kind: type[Choice], held: State, name: str) -> Choice | None:
    value = _option(held, name)
    return kind(value) if value in {member.value for member in kind} else None
