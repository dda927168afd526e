"""Everything that writes about a client, as the request that Slack sends for it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection, insert, text, update

from bot.clients.directory import SEEDED_CONDUCT
from bot.escalations import buttons, posts, settle_form, take_over_form
from bot.incidents import note_form, same_event_form
from bot.incidents.form import Form, build
from bot.incidents.new import NewIncident, to_json
from models import (
    AuditEvent,
    Base,
    Client,
    Delivery,
    Draft,
    Escalation,
    Incident,
    Lane,
    NumberSeries,
)


OPEN, OWNED, SETTLED = "open", "owned", "settled"
NEXT_IDS = "SELECT setval(pg_get_serial_sequence('{}', 'id'), 1000000)"
LONG_AGO = 2001
"""The year in the numbers of what is stored beforehand: the bot's own begin with 1."""

SEVERAL = "3 incidents by 2 technicians in 30 days"


@dataclass(frozen=True)
class Scene:
    """A client with three incidents before the executives; ids run from the client's number."""

    number: int

    @property
    def first(self) -> int:
        """The id of the first incident, by U_TARA."""
        return 3 * self.number - 2

    @property
    def form_key(self) -> str:
        """The key of the form that became the first incident."""
        return f"H{self.number}"

    @property
    def draft_key(self) -> str:
        """The key of a form that waits for the answer whether it tells of the same event."""
        return f"D{self.number}"


Act = Callable[[Scene], str]


def press(user: str, action_id: str, value: str, *, chosen: bool = False) -> str:
    """The body of a press on a button, or of a choice in a menu."""
    option = {"text": {"type": "plain_text", "text": "x"}, "value": value}
    said = {"selected_option": option} if chosen else {"value": value}
    kind = "static_select" if chosen else "button"
    action = {"type": kind, "action_id": action_id, "block_id": "b", "action_ts": "1.1", **said}
    return payload("block_actions", user, actions=[action], container={"type": "message"})


def send_view(user: str, callback_id: str, metadata: str, values: dict, blocks=()) -> str:
    """The body of a submitted view; `values` by action id, each in a block of its name."""
    state = {"values": {name: {name: value} for name, value in values.items()}}
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": callback_id,
        "hash": "1.1",
        "private_metadata": metadata,
        "blocks": list(blocks),
        "state": state,
        "title": {"type": "plain_text", "text": "On Record"},
    }
    return payload("view_submission", user, view=view)


def payload(kind: str, user: str, **more: object) -> str:
    """The body of any interaction."""
    home = {"id": "T_HOME", "domain": "home"}
    told = {"type": kind, "user": {"id": user, "team_id": "T_HOME"}, "team": home}
    return urlencode({"payload": json.dumps({**told, "trigger_id": "1.2.3", **more})})


def option(value: object) -> dict:
    return {"selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": str(value)}}


def incident_form(scene: Scene, user: str, key: str, severity: int, **flags: bool) -> str:
    """The incident form as it is sent, about something that happened five days ago."""
    happened = datetime.now(UTC) - timedelta(days=5)
    view = build(Form(happened, key=key), SEEDED_CONDUCT)
    ticked = [option(name)["selected_option"] for name, on in flags.items() if on]
    values = {
        "client": option(f"c:{scene.number}"),
        "conduct": option("abuse"),
        "severity": option(severity),
        "what": {"value": "They shouted at Ada for ten minutes."},
        "when": {"selected_date_time": int(happened.timestamp())},
        "flags": {"selected_options": ticked},
    }
    metadata = view["private_metadata"]
    return send_view(user, view["callback_id"], metadata, values, view["blocks"])


def note_metadata(incident_id: int, key: str) -> str:
    return json.dumps({"incident": incident_id, "key": key, "card": ""})


def record(scene: Scene) -> str:
    return incident_form(scene, "U_SAM", f"R{scene.number}", 1)


def record_critical(scene: Scene) -> str:
    return incident_form(scene, "U_SAM", f"C{scene.number}", 4)


def send_again(scene: Scene) -> str:
    """U_TARA sends the form of the first incident again, and asks for attention."""
    return incident_form(scene, "U_TARA", scene.form_key, 2, attention=True, confidential=True)


def join_event(scene: Scene) -> str:
    """U_SAM's draft, which is confidential, tells of the same event as the first incident."""
    metadata = json.dumps({"form": scene.draft_key, "view": "V0"})
    values = {same_event_form.CHOICE: option(scene.first)}
    return send_view("U_SAM", same_event_form.CALLBACK, metadata, values)


def add_note(scene: Scene) -> str:
    values = {note_form.TEXT: {"value": "They rang again."}}
    return send_view(
        "U_MIGUEL", note_form.ADD, note_metadata(scene.first, f"n{scene.number}"), values
    )


def withdraw(scene: Scene) -> str:
    values = {note_form.TEXT: {"value": "It was another client."}}
    metadata = note_metadata(scene.first, f"w{scene.number}")
    return send_view("U_ERIN", note_form.WITHDRAWAL, metadata, values)


def take(scene: Scene) -> str:
    return press("U_OMAR", buttons.TAKE, str(scene.number))


def take_over(scene: Scene) -> str:
    return send_view("U_OMAR", take_over_form.CALLBACK, f"{scene.number}:U_ERIN", {})


def hand_back(scene: Scene) -> str:
    return press("U_ERIN", buttons.MORE, f"{scene.number}:{buttons.HAND_BACK}", chosen=True)


def snooze(scene: Scene) -> str:
    return press("U_ERIN", buttons.SNOOZE, f"{scene.number}:3", chosen=True)


def end_snooze(scene: Scene) -> str:
    value = f"{scene.number}:{buttons.END_SNOOZE}"
    return press("U_OMAR", buttons.SNOOZE, value, chosen=True)


def settle(scene: Scene) -> str:
    values = {settle_form.OUTCOME: {"value": "Talked with the owner."}}
    return send_view("U_ERIN", settle_form.CALLBACK, str(scene.number), values)


def reopen(scene: Scene) -> str:
    return press("U_OMAR", buttons.REOPEN, str(scene.number))


ACTS: Sequence[Act] = (
    *(record, record_critical, send_again, join_event, add_note, withdraw),
    *(take, take_over, hand_back, snooze, end_snooze, settle, reopen),
)
NEEDS = {take_over: OWNED, hand_back: OWNED, reopen: SETTLED}
"""How the escalation must stand for the act to do something; open for the others."""


def leave_room(connection: Connection) -> None:
    """Have all that the bot stores get ids above those of any scene; for PostgreSQL."""
    for kind in (Client, Escalation, Incident, AuditEvent, Delivery):
        connection.execute(text(NEXT_IDS.format(kind.__tablename__)))
    now = datetime.now(UTC)
    connection.execute(insert(Lane), [{"name": posts.EXECUTIVES, "free_at": now}])
    connection.execute(insert(NumberSeries), [{"year": LONG_AGO, "last": 0}])


def set_up(connection: Connection, scenes: Sequence[tuple[Scene, str]]) -> None:
    """Store each scene with its escalation as it stands, as the bot would have stored it."""
    now = datetime.now(UTC)
    tables: dict[type[Base], list[dict]] = {
        kind: [] for kind in (Client, Escalation, Incident, AuditEvent, Delivery, Draft)
    }
    for scene, status in scenes:
        for kind, rows in _rows(scene, status, now).items():
            tables[kind] += rows
    for kind, rows in tables.items():
        connection.execute(insert(kind), rows)
    of_old = update(NumberSeries).where(NumberSeries.year == LONG_AGO)
    connection.execute(of_old.values(last=NumberSeries.last + 3 * len(scenes)))


def _rows(scene: Scene, status: str, now: datetime) -> dict[type[Base], list[dict]]:
    number = scene.number
    owned = {"owner_id": "U_ERIN", "owner_name": "Erin Walsh", "owned_at": now}
    settled = {"settled_at": now, "outcome": "Talked before."}
    nobody, unsettled = dict.fromkeys(owned), dict.fromkeys(settled)
    escalation = {
        "id": number,
        "client_id": number,
        "status": status,
        "opened_at": now,
        "why": SEVERAL,
        "snoozed_until": None,
        **(nobody if status == OPEN else owned),
        **(settled if status == SETTLED else unsettled),
    }
    ids = range(scene.first, scene.first + 3)
    name = f"Client {number}"
    return {
        Client: [{"id": number, "name": name, "normalised": name.lower(), "added_at": now}],
        Escalation: [escalation],
        Incident: [_incident(scene, each, now) for each in ids],
        AuditEvent: [
            {"at": now, "actor_id": "U_TARA", "action": "incident.recorded"}
            | {"client_id": number, "incident_id": each}
            for each in ids
        ],
        Delivery: [
            {"key": f"{posts.SUMMARY}:{number}:executives", "kind": posts.SUMMARY}
            | {"subject_id": number, "lane": posts.EXECUTIVES, "due_at": now, "created_at": now}
        ],
        Draft: [
            {"form_key": scene.draft_key, "person_id": "U_SAM", "saved_at": now}
            | {"content": {"form": to_json(_draft(scene, now)), "words_asked": False}}
        ],
    }


def _incident(scene: Scene, incident_id: int, now: datetime) -> dict:
    place = incident_id - scene.first
    happened = now - timedelta(days=place + 1)
    return {
        "id": incident_id,
        "number": f"INC-{LONG_AGO}-{incident_id:04d}",
        "form_key": scene.form_key if place == 0 else None,
        "client_id": scene.number,
        "conduct_type_id": 1,
        "severity": 2,
        "reporter_id": "U_MIGUEL" if place == 1 else "U_TARA",
        "reporter_name": "Miguel Ortega" if place == 1 else "Tara Lind",
        "occurred_at": happened,
        "month": happened.year * 100 + happened.month,
        "recorded_at": happened,
        "what_happened": "They shouted at Ada for ten minutes.",
        "answers": {},
        "escalation_id": scene.number,
        "search_text": "they shouted at ada for ten minutes",
    }


def _draft(scene: Scene, now: datetime) -> NewIncident:
    return NewIncident(
        form_key=scene.draft_key,
        client=scene.number,
        conduct="abuse",
        severity=2,
        what_happened="I heard it through the wall.",
        occurred_at=now - timedelta(days=1),
        confidential=True,
    )
