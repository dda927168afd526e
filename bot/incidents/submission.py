"""Answers the button *Put on record*: the form's own, and those of the two questions."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clients.directory import entry_of
from bot.deps import Deps
from bot.errors import FieldError, UserError
from bot.incidents import same_event_form, words_form
from bot.incidents.confirmation import confirmation
from bot.incidents.drafts import not_asked
from bot.incidents.evidence import named
from bot.incidents.form import CALLBACK, Form, contact_of, shown
from bot.incidents.form_parse import block_of, parse, values
from bot.incidents.new import NewIncident, Recorded
from bot.incidents.submit import AskSameEvent, AskWords, Outcome, SentBefore, Submission
from bot.slack.blocks import View
from bot.slack.door import DEADLINE, Answer, Body, Door
from bot.slack.people import FAILURES, Person


log = logging.getLogger(__name__)
OUT_OF_DATE = "This question is out of date. Please close it and send the form again."
Work = Callable[[Submission, Session], Outcome]


def register(door: Door[Deps]) -> None:
    """Answer the form and the questions that may follow it."""
    door.view(CALLBACK, form_sent)
    door.view(words_form.CALLBACK, words_kept)
    door.view(same_event_form.CALLBACK, event_chosen)


def form_sent(deps: Deps, body: Body, person: Person) -> Answer:
    """Answer the form: errors beside their fields, a question, or the confirmation."""
    started, view = time.monotonic(), body["view"]
    new = parse(view, now=deps.now())
    if isinstance(new, dict):
        return _errors(view, new)
    new = _completed(deps, new, shown(view), person)
    try:
        outcome = _saved(deps, person, lambda submission, session: submission.form(session, new))
    except FieldError as error:
        return _errors(view, {error.field: str(error)})
    if isinstance(outcome, Recorded):
        return {"response_action": "update", "view": confirmation(outcome)}
    if time.monotonic() - started > DEADLINE:  # the form said that nothing was saved yet
        key = new.form_key
        deps.database.transact(lambda session: not_asked(session, key))
    question = _question(outcome, json.dumps({"form": new.form_key, "view": view["id"]}))
    return {"response_action": "push", "view": question}


def words_kept(deps: Deps, body: Body, person: Person) -> Answer:
    """Answer *Record as it is*."""
    form = _form_below(body["view"])

    def work(submission: Submission, session: Session) -> Outcome:
        new = submission.draft(session, form["form"])
        return new if isinstance(new, Recorded) else submission.as_it_is(session, new)

    return _after_question(deps, body["view"], _saved(deps, person, work))


def event_chosen(deps: Deps, body: Body, person: Person) -> Answer:
    """Answer whether it is the same event."""
    form = _form_below(body["view"])
    held = values(body["view"]).get(same_event_form.CHOICE, {})
    choice = (held.get("selected_option") or {}).get("value", "")

    def work(submission: Submission, session: Session) -> Outcome:
        new = submission.draft(session, form["form"])
        if isinstance(new, Recorded):
            return new
        if choice == same_event_form.SEPARATE or not choice.isdecimal():
            return submission.separate(session, new)
        return submission.one_event(session, new, int(choice))

    return _after_question(deps, body["view"], _saved(deps, person, work))


def _saved(deps: Deps, person: Person, work: Work) -> Outcome:
    submission = Submission(person, person.executive, deps.now(), deps.settings.timezone)
    try:
        outcome = deps.database.transact(partial(work, submission))
    except (IntegrityError, SentBefore):
        # The same form came before, or two people added one client at once: now it is there.
        again = replace(submission, second_try=True)
        outcome = deps.database.transact(partial(work, again))
    if isinstance(outcome, Recorded):
        _follow(deps, outcome)
    return outcome


def _follow(deps: Deps, recorded: Recorded) -> None:
    if recorded.posts:
        deps.wake()
    if recorded.named_client_id:
        deps.background.run(partial(_know, deps, recorded.named_client_id))


def _know(deps: Deps, client_id: int) -> None:
    """Let the typeahead offer a client that was named just now."""
    with deps.database.read() as session:
        deps.directory.add(entry_of(session, client_id))


def _after_question(deps: Deps, view: View, outcome: Outcome) -> Answer:
    """Close the question; the form below it turns into the confirmation."""
    if not isinstance(outcome, Recorded):
        question = _question(outcome, view["private_metadata"])
        return {"response_action": "update", "view": question}
    form_view = _form_below(view)["view"]
    deps.background.run(partial(_turn_into, deps, form_view, confirmation(outcome)))
    return {}


def _turn_into(deps: Deps, form_view: str, view: View) -> None:
    try:
        deps.slack.views_update(view_id=form_view, view=view)
    except FAILURES as error:
        # It is saved: the form is still there, and sending it again shows the confirmation.
        log.warning("confirmation_not_shown", extra={"error": type(error).__name__})


def _question(outcome: AskWords | AskSameEvent, metadata: str) -> View:
    if isinstance(outcome, AskWords):
        return words_form.words_view(outcome.judgements, metadata)
    return same_event_form.question(outcome.found, metadata, again=outcome.again)


def _form_below(view: View) -> dict[str, str]:
    """Return the key of the form that the question is about, and the id of its view."""
    try:
        kept = json.loads(view["private_metadata"])
        return {name: str(kept[name]) for name in ("form", "view")}
    except (KeyError, TypeError, ValueError):
        raise UserError(OUT_OF_DATE) from None


def _errors(view: View, errors: dict[str, str]) -> Answer:
    beside = {block_of(view, field): text for field, text in errors.items()}
    return {"response_action": "errors", "errors": beside}


def _completed(deps: Deps, new: NewIncident, form: Form, person: Person) -> NewIncident:
    """Return the form with what it need not ask: the authors of what was copied.

    One from outside is the contact who acted, unless the form showed the name and it was emptied.
    Nobody is a witness of their own account, and no bot is one at all.
    """
    named_form = replace(form, evidence=named(new.evidence, deps.people))
    was_shown = form.more and contact_of(form)
    return replace(
        new,
        evidence=named_form.evidence,
        contact=new.contact or (None if was_shown else contact_of(named_form) or None),
        witnesses=tuple(seer for seer in new.witnesses if _may_witness(deps, seer, person)),
    )


def _may_witness(deps: Deps, user_id: str, person: Person) -> bool:
    known = deps.people.known(user_id)
    return user_id != person.id and not (known and known.bot)
