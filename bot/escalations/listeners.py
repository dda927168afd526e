"""The buttons below a summary, for executives alone."""

from collections.abc import Callable
from functools import partial

from bot.deps import Deps
from bot.errors import Refused, SlackUnreachable, UserError
from bot.escalations import act, buttons, settle_form, take_over_form, undo
from bot.slack.answers import show
from bot.slack.door import Answer, Body, Door
from bot.slack.people import Person


def register(door: Door[Deps]) -> None:
    """Answer the buttons of the summary and of the reminder, and the form behind one of them."""
    door.action(buttons.TAKE, take)
    door.action(buttons.SNOOZE, snooze)
    door.action(buttons.SETTLE, ask_for_outcome)
    door.action(buttons.MORE, more)
    door.action(buttons.REOPEN, reopen)
    door.view(settle_form.CALLBACK, settle)
    door.view(take_over_form.CALLBACK, take_over)


def take(deps: Deps, body: Body, person: Person) -> None:
    """Make the person who pressed it the owner."""
    escalation_id, _ = buttons.pressed(body["actions"][0])
    _do(deps, person, partial(act.take, escalation_id=escalation_id))


def more(deps: Deps, body: Body, person: Person) -> None:
    """Hand it back, or ask whether to take it over."""
    _only_executives(person)
    escalation_id, choice = buttons.pressed(body["actions"][0])
    what, _, owner_id = choice.partition(":")
    if what == buttons.HAND_BACK:
        _do(deps, person, partial(undo.hand_back, escalation_id=escalation_id))
    elif what != buttons.TAKE_OVER or not owner_id:
        raise UserError(buttons.OUT_OF_DATE)
    elif owner_id == person.id:
        raise UserError("You have it already. To give it up, choose “Hand back”.")
    else:
        show(deps.slack, body, take_over_form.build(escalation_id, owner_id))


def take_over(deps: Deps, body: Body, person: Person) -> Answer:
    """Make the person who said yes the owner, in place of the one they were shown."""
    _only_executives(person)
    escalation_id, owner_id = take_over_form.parse(body["view"])
    _do(deps, person, partial(act.take_over, escalation_id=escalation_id, from_id=owner_id))
    return {}


def reopen(deps: Deps, body: Body, person: Person) -> None:
    """Open again what was settled."""
    escalation_id, _ = buttons.pressed(body["actions"][0])
    _do(deps, person, partial(undo.reopen, escalation_id=escalation_id))


def snooze(deps: Deps, body: Body, person: Person) -> None:
    """Move the reminder by the days chosen, or end the snooze."""
    escalation_id, choice = buttons.pressed(body["actions"][0])
    if choice == buttons.END_SNOOZE:
        _do(deps, person, partial(undo.end_snooze, escalation_id=escalation_id))
        return
    days = buttons.days_of(choice)
    _do(deps, person, partial(act.snooze, escalation_id=escalation_id, days=days))


def ask_for_outcome(deps: Deps, body: Body, person: Person) -> None:
    """Open the form that settles it."""
    _only_executives(person)
    escalation_id, _ = buttons.pressed(body["actions"][0])
    show(deps.slack, body, settle_form.build(escalation_id))


def settle(deps: Deps, body: Body, person: Person) -> Answer:
    """Settle it with the outcome that was typed, and close the form."""
    _only_executives(person)
    escalation_id, outcome = settle_form.parse(body["view"])
    _do(deps, person, partial(act.settle, escalation_id=escalation_id, outcome=outcome))
    return {}


def _do(deps: Deps, person: Person, deed: Callable[..., None]) -> None:
    _only_executives(person)
    deps.database.transact(partial(deed, by=person, now=deps.now()))
    deps.wake()
    deps.show_home(person)


def _only_executives(person: Person) -> None:
    if not person.certain:
        raise SlackUnreachable("the executives are unknown")
    if not person.executive:
        raise Refused(
            "Only the executives decide about this, so nothing was changed. "
            "If it should not wait, please ask one of them."
        )
