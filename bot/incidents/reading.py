"""Opens a record, and takes the notes and withdrawals that people add to it."""

import re
from collections.abc import Callable
from functools import partial

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.deps import Deps
from bot.errors import UserError
from bot.incidents import note_form
from bot.incidents.addenda import add_note, withdraw
from bot.incidents.card import CALLBACK, TURN_PAGE, WITHDRAW, card
from bot.incidents.card import about as card_about
from bot.incidents.look import find_to_write, look
from bot.incidents.standing import Record
from bot.slack.answers import notice, show
from bot.slack.door import Answer, Body, Door
from bot.slack.ids import ADD_NOTE, OPEN_RECORD
from bot.slack.loading import load, turn_into
from bot.slack.people import Person
from models import DatabaseUnavailable, Incident


OUT_OF_DATE = "This button is out of date. Please open the record again."
Work = Callable[[Session, Incident], None]


def register(door: Door[Deps]) -> None:
    """Open records and their note forms from any button; take what is sent."""
    door.action(OPEN_RECORD, open_record)
    door.action(ADD_NOTE, open_note)
    door.action(re.compile(rf"{TURN_PAGE}\.-?\d+"), turn_page)
    door.action(WITHDRAW, open_withdrawal)
    door.view(note_form.ADD, note_sent)
    door.view(note_form.WITHDRAWAL, withdrawal_sent)


def open_record(deps: Deps, body: Body, person: Person) -> None:
    """Show the record; from inside another record's card it takes its place."""
    incident_id = _number(body)
    below = _card_below(body)
    if below:
        _show_card(deps, below, incident_id, person)
    else:
        load(deps.slack, body, lambda: card(_looked(deps, incident_id, person)), title="Record")


def turn_page(deps: Deps, body: Body, person: Person) -> None:
    """Show another page of a long record."""
    incident_id, _, page = _value(body).partition(":")
    _show_card(deps, body["view"]["id"], _digits(incident_id), person, _digits(page))


def open_note(deps: Deps, body: Body, _person: Person) -> None:
    """Open the field for a note; who may add one is checked when it is sent."""
    show(deps.slack, body, note_form.note_form(_number(body), _card_below(body)))


def open_withdrawal(deps: Deps, body: Body, _person: Person) -> None:
    """Ask why; who may withdraw is checked when it is sent."""
    show(
        deps.slack,
        body,
        note_form.withdrawal_form(_number(body), card_about(body["view"]), _card_below(body)),
    )


def note_sent(deps: Deps, body: Body, person: Person) -> Answer:
    """Put the note beside the record."""
    view = body["view"]
    text = note_form.typed(view)
    if not text:
        return _empty("Please write what you would like to add.")
    about = note_form.about(view)

    def work(session: Session, incident: Incident) -> None:
        add_note(session, incident, person, text, now=deps.now(), form_key=about.key)

    _written(deps, person, about, work)
    return _added(deps, person, about, view["id"])


def withdrawal_sent(deps: Deps, body: Body, person: Person) -> Answer:
    """Mark the record as withdrawn, with the reason beside it."""
    view = body["view"]
    reason = note_form.typed(view)
    if not reason:
        return _empty("Please say why; it stands beside the record.")
    about = note_form.about(view)

    def work(session: Session, incident: Incident) -> None:
        withdraw(
            *(session, incident, person, reason),
            executive=person.executive,
            now=deps.now(),
            form_key=about.key,
        )

    _written(deps, person, about, work)
    return _added(deps, person, about, view["id"])


def _written(deps: Deps, person: Person, about: note_form.About, work: Work) -> None:
    try:
        _in_one_transaction(deps, person, about, work)
    except IntegrityError:  # the same form came at the same moment: now it is there
        _in_one_transaction(deps, person, about, work)


def _in_one_transaction(deps: Deps, person: Person, about: note_form.About, work: Work) -> None:
    def found_and_written(session: Session) -> None:
        find = partial(find_to_write, executive=person.executive)
        work(session, find(session, about.incident_id, person.id))

    deps.database.transact(found_and_written)


def _added(deps: Deps, person: Person, about: note_form.About, view_id: str) -> Answer:
    """Show the record as it is now: the card below refreshed, or in place of the note's form."""
    deps.wake()
    deps.show_home(person)
    if about.card_view and about.card_view != view_id:
        refresh_card = partial(_show_card, deps, about.card_view, about.incident_id, person)
        deps.background.run(refresh_card)
        return {}
    try:
        view = card(_looked(deps, about.incident_id, person))
    except DatabaseUnavailable:
        view = notice("It is added to the record.")
    return {"response_action": "update", "view": view}


def _show_card(deps: Deps, view_id: str, incident_id: int, person: Person, page: int = 0) -> None:
    turn_into(deps.slack, view_id, lambda: card(_looked(deps, incident_id, person), page))


def _looked(deps: Deps, incident_id: int, person: Person) -> Record:
    now = deps.now()
    return deps.database.transact(
        lambda session: look(session, incident_id, person.id, executive=person.executive, now=now)
    )


def _empty(text: str) -> Answer:
    return {"response_action": "errors", "errors": {note_form.TEXT: text}}


def _number(body: Body) -> int:
    """Return the incident's id; raises UserError where another version drew the button."""
    return _digits(_value(body))


def _value(body: Body) -> str:
    return str(body["actions"][0].get("value") or "")


def _digits(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UserError(OUT_OF_DATE)
    return int(text)


def _card_below(body: Body) -> str:
    view = body.get("view") or {}
    return str(view["id"]) if view.get("callback_id") == CALLBACK else ""
