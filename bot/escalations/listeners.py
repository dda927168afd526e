"""The buttons below a summary, for executives alone."""

from collections.abc import Callable
from functools import partial

from bot.deps import Deps
from bot.errors import Refused, SlackUnreachable
from bot.escalations import act, buttons, settle_form
from bot.slack.answers import show
from bot.slack.door import Answer, Body, Door
from bot.slack.people import Person


def register(door: Door[Deps]) -> None:
    """Answer the buttons of the summary and of the reminder, and the form behind one of them."""
    door.action(buttons.TAKE, take)
    door.action(buttons.TAKE_OVER, take_over)
    door.action(buttons.SNOOZE, snooze)
    door.action(buttons.SETTLE, ask_for_outcome)
    door.view(settle_form.CALLBACK, settle)


def take(deps: Deps, body: Body, person: Person) -> None:
    """Make whoever pressed it the owner."""
    escalation_id, _ = buttons.pressed(body["actions"][0])
    _do(deps, person, partial(act.take, escalation_id=escalation_id))


def take_over(deps: Deps, body: Body, person: Person) -> None:
    """Make whoever pressed it the owner, in place of the one they were shown."""
    escalation_id, owner_id = buttons.pressed(body["actions"][0])
    _do(deps, person, partial(act.take_over, escalation_id=escalation_id, from_id=owner_id))


def snooze(deps: Deps, body: Body, person: Person) -> None:
    """Move the reminder by the days chosen."""
    escalation_id, choice = buttons.pressed(body["actions"][0])
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
    with deps.database.write() as session:
        deed(session, by=person, now=deps.now())
    deps.wake()


def _only_executives(person: Person) -> None:
    if not person.certain:
        raise SlackUnreachable("the executives are unknown")
    if not person.executive:
        raise Refused(
            "Only the executives decide about this, so nothing was changed. "
            "If it should not wait, please ask one of them."
        )
