"""Every way into the bot as it is built: against people who may not come in, and bad requests."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import BoltRequest
from sqlalchemy import select

from bot.app import ROOMS
from bot.escalations.raise_ import consider
from models import Base
from sandbox.driver import words_of
from tests.door_room import interaction, signed
from tests.factories import make_client, make_incident
from tests.office import Office, open_office
from tests.waiting import wait_until


WAITING = "One moment…"
REFUSED = "On Record is for the technicians and executives of this team"
OUTSIDERS = {
    "a guest": "U_GUEST",
    "a guest of one channel": "U_SINGLE",
    "another bot": "U_OTHERBOT",
    "somebody who left": "U_GONE",
    "the client": "U_KAREN",
}


@dataclass
class Ways:
    """A door that only lists what is registered."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def __getattr__(self, kind: str):
        return lambda name, _task: self.found.append((kind, example(name)))


def example(name: str | re.Pattern[str]) -> str:
    return name if isinstance(name, str) else name.pattern.replace(r"\.-?\d+", ".1")


def ways() -> list[tuple[str, str]]:
    listed = Ways()
    for room in ROOMS:
        room.register(listed)
    return listed.found


WAYS = ways()


def of_kind(kind: str) -> list[str]:
    return [name for found, name in WAYS if found == kind]


@pytest.fixture
def office(database_url):
    """An office with a critical incident of Tara's, and what it brought about."""
    with open_office(database_url) as office:
        office.slack.settings(rate_limits=False)
        now = office.bot.deps.now()
        with office.bot.deps.database.write() as session:
            client = make_client(session)
            consider(session, make_incident(session, client=client, severity=4), now=now)
        office.bot.deps.directory.renew()
        office.bot.outbox.wake()
        office.slack.wait_for_message("C_EXEC", "needs a decision-maker")
        office.bot.deps.people.warm()
        wait_until(lambda: settled(office))
        yield office


def settled(office: Office) -> bool:
    """Whether a message is noted as sent, of which no change in Slack tells."""
    waiting = Base.metadata.tables["deliveries"].c
    with office.bot.deps.database.read() as session:
        return "sent" in session.scalars(select(waiting.status)).all()


def everything(office: Office) -> dict[str, list]:
    """Every row of every table."""
    with office.bot.deps.database.read() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in {"lanes", "workers"}
        }


def send(office: Office, body: str) -> Any:
    """Send it as Slack signs it; returns the answer's JSON, which is never a failure of ours."""
    office.slack.clear_traffic()
    answer = office.bot.app.dispatch(BoltRequest(body=body, headers=signed(body)))
    assert answer.status == 200, answer.body
    return json.loads(answer.body) if answer.body else {}


def said(office: Office) -> str:
    """What the bot shows in the end, waited for: in a modal or in the home."""
    words = office.slack.wait_for(lambda: shown(office), 5)
    assert words, "nothing was said"
    assert [(call["method"], call["answer"]) for call in office.slack.refused()] == []
    return words


def shown(office: Office) -> str | None:
    calls = [call for call in office.slack.calls() if "view" in call["args"]]
    words = words_of(calls[-1]["args"]["view"]) if calls else WAITING
    return None if WAITING in words else words


def pressed(office: Office, person: str, name: str, **action: object) -> str:
    """The body of a press, whose trigger is a fresh one."""
    acted = {"action_id": name, "block_id": "b", "type": "button", **action}
    home = {"id": "V1", "type": "home", "private_metadata": "?", "blocks": []}
    return interaction(
        {
            "type": "block_actions",
            "user": {"id": person},
            "team": {"id": "T_HOME"},
            "trigger_id": office.slack.triggers(person)[0],
            "actions": [acted],
            "view": home,
        }
    )


def sent(person: str, name: str, **changed: object) -> str:
    """The body of a submission."""
    fields = [{"type": "input", "block_id": "b", "element": {"action_id": "a"}}]
    view = {"id": "V1", "type": "modal", "callback_id": name, "blocks": fields}
    view |= {"private_metadata": "{}", "state": {"values": {}}, **changed}
    return interaction({"type": "view_submission", "user": {"id": person}, "view": view})


def test_the_rooms_have_every_kind_of_way_in():
    kinds = {kind for kind, _ in WAYS}
    assert kinds == {"command", "shortcut", "action", "options", "view", "event"}
    assert (len(of_kind("command")), len(of_kind("shortcut"))) == (2, 2)


@pytest.mark.parametrize("who", OUTSIDERS.values(), ids=OUTSIDERS)
def test_outsiders_are_refused_politely_at_every_way_in_and_nothing_changes(office, who):
    before, outsider = everything(office), office.slack.person(who)
    for name in of_kind("command"):
        body = {"command": name, "text": "brightwater", "user_id": who, "team_id": "T_HOME"}
        trigger = office.slack.triggers(who)[0]
        send(office, urlencode({**body, "trigger_id": trigger}))
        assert REFUSED in said(office), name
    for name in of_kind("shortcut"):
        trigger = {"trigger_id": office.slack.triggers(who)[0]}
        kind = "message_action" if name == "log_client_incident" else "shortcut"
        body = {"type": kind, "callback_id": name, "user": {"id": who}, "message": {}}
        send(office, interaction(body | trigger))
        assert REFUSED in said(office), name
    for name in of_kind("action"):
        send(office, pressed(office, who, name, value="1:1"))
        assert REFUSED in said(office), name
    for name in of_kind("view"):
        assert REFUSED in send(office, sent(who, name))["errors"]["b"], name
    for name in of_kind("options"):
        body = {"type": "block_suggestion", "action_id": name, "value": "b", "user": {"id": who}}
        assert send(office, interaction(body)) == {"options": []}, name
    for name in of_kind("event"):
        event = {"type": name, "user": who, "tab": "home"}
        send(office, json.dumps({"type": "event_callback", "team_id": "T_HOME", "event": event}))
        assert REFUSED in said(office), name
    assert everything(office) == before
    assert outsider.ephemerals() == []


WRONG = "Something went wrong"
NO_VALUES = [
    {},
    *(
        {"value": value}
        for value in ("", "x", "-1", "0", ":1", "x:1", "٣", "99999999999", "9" * 40)
    ),
    *({"value": value} for value in (None, 7, [], {})),
    {"selected_option": None},
    {"selected_option": {"value": "x"}},
]


@pytest.mark.parametrize("who", ["U_TARA", "U_ERIN"])
def test_a_button_that_says_nonsense_is_answered_clearly_and_changes_nothing(office, who):
    before = everything(office)
    for name in of_kind("action"):
        for value in NO_VALUES:
            send(office, pressed(office, who, name, **value))
            words = said(office)
            assert words.strip(), (name, value)
            assert WRONG not in words, (name, value)
    assert everything(office) == before


NONSENSE = ["", "x", "[]", "7", "null", "{}", '{"incident": "x"}', '{"incident": 1e300}']
NONSENSE += ['{"incident": 99999999999, "key": "k"}', '{"key": 7, "when": "x", "evidence": [7]}']
EMPTY_STATES = [{}, None, {"values": {}}, {"values": {"b": {}}}, {"values": {"b": {"a": None}}}]
TYPED = {
    "values": {
        "note": {"note": {"type": "plain_text_input", "value": "typed"}},
        "escalation_outcome": {"escalation_outcome": {"value": "typed"}},
    }
}


@pytest.mark.parametrize("who", ["U_TARA", "U_ERIN"])
def test_a_form_that_says_nonsense_is_answered_beside_its_field_and_nothing_is_lost(office, who):
    before = everything(office)
    for name in of_kind("view"):
        for metadata in NONSENSE:
            for state in (*EMPTY_STATES, TYPED):
                answer = send(office, sent(who, name, private_metadata=metadata, state=state))
                assert answer["response_action"] == "errors", (name, metadata, state)
                (words,) = set(answer["errors"].values())
                assert words, (name, metadata, state)
                assert WRONG not in words, (name, metadata, state)
    assert everything(office) == before
