"""The same office twice: in one of the two, somebody also records what is confidential.

Whatever a technician is shown has to be the same in both, to the character. Only numbers and ids
are written as the order in which things were recorded: gapless numbers show a gap.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from difflib import unified_diff
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.clients.choice import options
from bot.clients.directory import load_listing
from bot.clients.find import named
from bot.errors import Refused, UserError
from bot.escalations import act
from bot.escalations.messages import renderers
from bot.history import overview_screen, screen
from bot.history.filters import Filters
from bot.history.overview import overview
from bot.history.page import history_page
from bot.home.page import home_page
from bot.home.screen import home_view
from bot.incidents import same_event_form
from bot.incidents.addenda import withdraw
from bot.incidents.card import WITHDRAW, card
from bot.incidents.confirmation import confirmation
from bot.incidents.look import find_to_write, look
from bot.incidents.new import NewIncident, Recorded
from bot.incidents.submit import AskSameEvent, SentBefore, Submission
from bot.slack.ids import ADD_NOTE, NEW_INCIDENT, OPEN_HISTORY, OPEN_RECORD
from bot.slack.people import Person
from models import Client, Database, Delivery, DeliveryStatus, Escalation
from models.text import fold
from tests.factories import NOW


BERLIN = ZoneInfo("Europe/Berlin")
TARA = Person("U_TARA", "Tara Lind", executive=False)
MIGUEL = Person("U_MIGUEL", "Miguel Ortega", executive=False)
SAM = Person("U_SAM", "Sam Okafor", executive=False)
NOA = Person("U_NOA", "Noa Weiss", executive=False)
ERIN = Person("U_ERIN", "Erin Walsh", executive=True)
NUMBER = re.compile(r"INC-\d{4}-\d{4,}")


@dataclass
class World:
    """One of the two offices, its record, and the names that stand for numbers and ids in it."""

    database: Database
    now: datetime = NOW
    numbers: dict[str, str] = field(default_factory=dict)
    incidents: dict[int, str] = field(default_factory=dict)
    written: list = field(default_factory=list)

    def record(self, label: str, by: Person, new: NewIncident, *, joins: bool = False) -> str:
        """Send the form; return what its sender is shown, a question answered included."""
        press = Submission(by, executive=by.executive, now=self.now, timezone=BERLIN)
        try:
            shown, recorded = self._sent(press, new, joins=joins)
        except (IntegrityError, SentBefore):
            shown, recorded = self._sent(replace(press, second_try=True), new, joins=joins)
        self.numbers.setdefault(recorded.number, label)
        self.incidents.setdefault(recorded.incident_id, label)
        return self.plain([*shown, confirmation(recorded)])

    def _sent(self, press: Submission, new: NewIncident, *, joins: bool):
        shown = []
        with self.database.write() as session:
            outcome = press.form(session, new)
            if isinstance(outcome, AskSameEvent):
                shown.append(same_event_form.question(outcome.found, "{}"))
                chosen = outcome.found[0].incident_id
                outcome = (
                    press.one_event(session, new, chosen) if joins else press.separate(session, new)
                )
            assert isinstance(outcome, Recorded)
        return shown, outcome

    def withdraw(self, label: str, by: Person) -> None:
        """Take back what was recorded under this label, unless that was done before."""
        number = {name: number for number, name in self.incidents.items()}[label]
        with self.database.write() as session:
            incident = find_to_write(session, number, by.id, executive=False)
            if incident.withdrawn_at is None:
                withdraw(session, incident, by, "A mix-up.", executive=False, now=self.now)

    def decide(self, client: str, deed) -> None:
        """Let Erin do something about what is open about this client."""
        with self.database.write() as session:
            deed(session, self.open_escalation(session, client), ERIN, now=self.now)

    def open_escalation(self, session, client: str) -> int | None:
        """Return the unsettled escalation of the client of this name."""
        found = (
            select(Escalation.id)
            .join(Client, Client.id == Escalation.client_id)
            .where(Client.normalised == fold(client), Escalation.status != "settled")
        )
        return session.scalar(found)

    def deliver(self) -> None:
        """Send what waits in the outbox, as far as its rooms have something to say."""
        rooms = renderers(BERLIN, lambda: self.now)
        with self.database.write() as session:
            waiting = select(Delivery).where(Delivery.status == DeliveryStatus.PENDING)
            for delivery in session.scalars(waiting.order_by(Delivery.id)):
                if delivery.due_at > self.now:
                    continue
                message = rooms[delivery.kind](session, delivery)
                delivery.status = DeliveryStatus.SENT if message else DeliveryStatus.VOID
                if message is None:
                    continue
                delivery.channel, delivery.ts = "C_OR_D", str(delivery.id)
                told = self.plain([message.text, message.blocks])
                if (delivery.lane, told) not in self.written:
                    self.written.append((delivery.lane, told))

    def shown(self, viewer: Person) -> Iterator[tuple[str, str]]:
        """Yield every screen of this person by name, in plain text."""
        when = {"now": self.now, "timezone": BERLIN}
        with self.database.write() as session:
            listing = load_listing(session)
            yield "home", self.plain(home_view(home_page(session, viewer, **when)))
            found = overview(session, viewer, **when)
            yield "overview", self.plain(overview_screen.overview_view(found))
            for typed in TYPED:
                yield f"typing {typed!r}", self.plain(options(listing, typed, viewer))
                meant = named(listing, typed, viewer=viewer)
                near = [entry.name for entry in meant.near]
                yield f"meaning {typed!r}", f"{meant.client and meant.client.name} {near}"
                if meant.client:
                    for words in ("", "shouted"):
                        asked = (session, meant.client.id, viewer, Filters(words=words))
                        view = screen.history_view(history_page(*asked, **when), listing.conduct)
                        yield f"history {typed!r} {words}", self.plain(view)
            for number, label in self.incidents.items():
                try:
                    record = look(session, number, viewer.id, executive=False, now=self.now)
                    yield f"card {label}", self.plain(card(record))
                except Refused as refused:
                    yield f"card {label}", str(refused)
        yield "messages", "\n".join(sorted(told for to, told in self.written if to == viewer.id))

    def plain(self, shown) -> str:
        """Return it as text, numbers and ids by their labels."""
        with self.database.read() as session:
            clients = {row.id: row.normalised for row in session.execute(select(Client.__table__))}
        text = json.dumps(self._named(shown, clients), ensure_ascii=False, indent=1)
        return NUMBER.sub(lambda found: self.numbers.get(found[0], found[0]), text)

    def _named(self, shown, clients):
        if isinstance(shown, list):
            return [self._named(each, clients) for each in shown]
        if not isinstance(shown, dict):
            return shown
        named = {key: self._named(value, clients) for key, value in shown.items()}
        value, action = str(shown.get("value") or ""), shown.get("action_id")
        text = str((shown.get("text") or {}).get("text")) if value.isdecimal() else ""
        if text.startswith("The same as") or (
            value and action in {OPEN_RECORD, ADD_NOTE, WITHDRAW}
        ):
            named["value"] = self.incidents[int(value)]
        elif value.startswith("c:") or (value and action in {OPEN_HISTORY, NEW_INCIDENT}):
            named["value"] = clients[int(value.removeprefix("c:"))]
        if str(shown.get("private_metadata") or "").startswith("{"):
            kept = json.loads(shown["private_metadata"])
            kept = {key: self._place(key, part, clients) for key, part in kept.items()}
            named["private_metadata"] = kept
        return named

    def _place(self, key: str, part, clients):
        if key == "client":
            return clients[part]
        if key == "incident":
            return self.incidents[part]
        return [part[0], self.incidents[part[1]]] if key in {"first", "last"} else part


TYPED = ("", "a", "acme labs", "ACME", "brightwater", "brigthwater", "harbour", "nort", "zeta wrks")
NAMES = ("Acme Labs", "Brightwater Dental", "Harbour Café", "North Dental", "Zeta Works")


@dataclass
class Worlds:
    """Both of them: `quiet` without, `full` with what others recorded confidentially."""

    quiet: World
    full: World

    def compare(self, viewer: Person) -> None:
        """Fail where this person is shown anything that differs."""
        theirs, ours = dict(self.quiet.shown(viewer)), dict(self.full.shown(viewer))
        few = {name for name in ours if name.startswith("card ") and name not in theirs}
        for name in sorted(few):
            assert ours.pop(name) == "There is no such record that you can open.", name
        assert list(ours) == list(theirs)
        for name, text in theirs.items():
            lines = unified_diff(text.splitlines(), ours[name].splitlines(), n=9, lineterm="")
            assert ours[name] == text, "\n".join([name, *lines])

    def forward(self, **by: float) -> None:
        """Let time pass in both."""
        for world in (self.quiet, self.full):
            world.now += timedelta(**by)

    def record(self, label: str, by: Person, new: NewIncident, *, joins: bool = False) -> None:
        """Record the same in both; a reporter with no part in the rest must be shown the same."""
        receipts = [world.record(label, by, new, joins=joins) for world in (self.quiet, self.full)]
        if by in {TARA, NOA}:
            lines = unified_diff(*(receipt.splitlines() for receipt in receipts), lineterm="")
            assert receipts[0] == receipts[1], "\n".join([label, *lines])

    def decide(self, client: str, deed) -> None:
        """Let an executive do the same in both, where it is open in both."""
        with self.quiet.database.read() as session:
            is_open = self.quiet.open_escalation(session, client)
        if is_open:
            for world in (self.quiet, self.full):
                with_refusal(lambda world=world: world.decide(client, deed))

    def deliver(self) -> None:
        """Send what waits in both."""
        self.quiet.deliver()
        self.full.deliver()


def with_refusal(deed) -> None:
    """Do it; that somebody did it before is as well."""
    with ExitStack() as stack:
        stack.enter_context(_refused())
        deed()


@contextmanager
def _refused():
    try:
        yield
    except UserError:
        return


def settle(session, escalation_id, by, *, now):
    """Settle it with some words."""
    act.settle(session, escalation_id, by, "Talked with the owner.", now=now)


class Story:
    """What happens in an office in some weeks, by chance, the same for the same seed."""

    def __init__(self, worlds: Worlds, seed: int) -> None:
        self.worlds, self.chance, self.step = worlds, Random(seed), 0
        self.open: list[tuple[str, Person]] = []

    def go_on(self) -> None:
        """Let one more thing happen."""
        self.step += 1
        self.worlds.forward(minutes=self.chance.choice((3, 50, 700, 2900)))
        deed = self.chance.choices(
            (self.recorded, self.confidential, self.sent_again, self.withdrawn, self.decided),
            weights=(8, 7, 1, 2, 2),
        )[0]
        deed()

    def recorded(self) -> None:
        """Somebody records something openly, or Tara between herself and the executives."""
        by = self.chance.choice((TARA, TARA, NOA, MIGUEL, SAM))
        own = by is TARA and self.chance.random() < 0.15
        new = replace(self.form(), confidential=own)
        joins = not own and self.chance.random() < 0.5
        self.worlds.record(f"#{self.step}", by, new, joins=joins)
        if not own:
            self.open.append((f"#{self.step}", by))

    def confidential(self) -> None:
        """A colleague records something that nobody else may notice; in one world alone."""
        by = self.chance.choice((MIGUEL, SAM, ERIN))
        severity = self.chance.choice((1, 2, 3, 3, 4))
        attention = self.chance.random() < 0.3
        new = replace(self.form(), confidential=True, severity=severity, attention=attention)
        joins = self.chance.random() < 0.5
        self.worlds.full.record(f"hidden {self.step}", by, new, joins=joins)

    def sent_again(self) -> None:
        """Somebody sends a form twice."""
        by, new = self.chance.choice((TARA, MIGUEL)), self.form()
        self.worlds.record(f"#{self.step}", by, new)
        self.worlds.forward(seconds=5)
        self.worlds.record(f"#{self.step}", by, replace(new, attention=self.chance.random() < 0.3))
        self.open.append((f"#{self.step}", by))

    def withdrawn(self) -> None:
        """Somebody takes back what they recorded."""
        if self.open:
            label, by = self.chance.choice(self.open)
            self.worlds.quiet.withdraw(label, by)
            self.worlds.full.withdraw(label, by)

    def decided(self) -> None:
        """An executive takes or settles what is open for reasons that everybody may see."""
        self.worlds.decide(self.chance.choice(NAMES), self.chance.choice((act.take, settle)))

    def form(self) -> NewIncident:
        """Return what somebody might write."""
        at = self.worlds.quiet.now - timedelta(minutes=self.chance.choice((1, 45, 1500, 60_000)))
        return NewIncident(
            f"K{self.step}",
            self.chance.choice(NAMES[: 2 + self.step // 5]),
            self.chance.choice(("abuse", "no_response", "other")),
            self.chance.choices((1, 2, 3, 4), weights=(6, 6, 4, 1))[0],
            "Shouted at me.",
            at,
            contact=self.chance.choice((None, "Karen Holt", "Ben")),
            comfort=self.chance.choice((None, "yes", "no")),
            minutes_lost=self.chance.choice((None, 20)),
        )
