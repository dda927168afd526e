"""Every view and message that the bot can show, in every state, each text being `said`.

`views(said)` and `messages(said)` cut `said` to what the database, Slack's own fields or the form
let through, and no further: what is longer still must be cut by the code that draws it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.clients.choice import client_option, options
from bot.clients.directory import SEEDED_CONDUCT, Conduct, Entry, Listing
from bot.delivery.message import Message
from bot.escalations import letters, settle_form, take_over_form, thread
from bot.escalations.gone import Gone
from bot.escalations.standing import Act, Later, Latest, OurPart, Reports, Settlement, Standing
from bot.escalations.summary import summary
from bot.glance.counts import Glance
from bot.history.filters import Filters, Place, Turn
from bot.history.overview import Before, Going, Overview
from bot.history.overview_screen import near_view, overview_view
from bot.history.page import HistoryPage, Line, Matter
from bot.history.screen import history_view
from bot.home.page import BEGUN, GOING, Begun, HomePage, Own, State
from bot.home.screen import home_view
from bot.incidents import form, note_form
from bot.incidents.card import card
from bot.incidents.confirmation import confirmation
from bot.incidents.evidence import MESSAGE_LENGTH
from bot.incidents.new import NewEvidence, Recorded
from bot.incidents.questions import QUESTIONS
from bot.incidents.same_event_form import question
from bot.incidents.standing import Account, Candidate, Exhibit, Note, Record
from bot.incidents.words import Judgement
from bot.incidents.words_form import words_view
from bot.slack import blocks
from bot.slack.answers import notice, with_notice
from bot.slack.blocks import View
from bot.slack.budget import fit, preview
from models import ClientStatus, EscalationStatus, Medium, Severity
from tests.factories import NOW


HIGHEST = 2**31 - 1
NUMBER = "INC-2026-1000000"
GONE = Gone((NUMBER,) * 9, everything=True)
LINK = "https://acme-msp.slack.com/archives/C1/p1700000000000000"


def views(said: str) -> Iterator[View]:
    """Return every modal and home."""
    yield from _forms(said)
    yield from _questions(said)
    yield from _confirmations(said)
    yield from _cards(said)
    yield from _small_forms(said)
    yield from _histories(said)
    yield from _homes(said)
    yield from _notices(said)
    yield from _previews(said)


def messages(said: str) -> Iterator[Message]:
    """Return every message."""
    for reports in (_reports(said), replace(_reports(said), latest=None, named=None), _nothing()):
        for standing in _standings(said):
            yield summary(standing, reports, _glance(said), 10**6)
            yield summary(replace(standing, why=standing.why[:1]), reports, QUIET, 1)
    for standing in _standings(said):
        yield thread.reminder(standing)
        yield letters.seen(standing, HIGHEST)
        yield letters.settled(standing, HIGHEST)
        yield letters.handed_back(standing, HIGHEST)
        yield letters.reopened(standing, HIGHEST)
        yield letters.held(standing, "missing_scope:chat:write")
    for later in _laters(said):
        yield thread.reply(later, ())
        yield thread.reply(later, (said or "x",) * 9)


def _forms(said: str) -> Iterator[View]:
    kinds = [Conduct(n, code, said[:75] or "x", "x", said[:75]) for n, code in enumerate(QUESTIONS)]
    entry = Entry(HIGHEST, said[:150] or "x", ("x",), None, ClientStatus.FORMER)
    message = NewEvidence("message", said[:MESSAGE_LENGTH], "U1", said[:150], NOW, LINK)
    files = (NewEvidence("file", file_id=f"F{n}", file_name=said[:300]) for n in range(10))
    full = form.Form(
        NOW,
        client=client_option(entry),
        hint=said[:500],
        more=True,
        evidence=(message, *files),
        answers={"abuse.kind": said[:500], "no_response.days_waiting": "7"},
    )
    yield form.build(form.Form(NOW), SEEDED_CONDUCT)
    for code in QUESTIONS:
        yield form.build(replace(full, conduct=code), kinds)
    # What the typeahead offers is no view: a select holds it here.
    listing = Listing((entry,), SEEDED_CONDUCT)
    offered = [found for typed in ("x", "y", said) for found in options(listing, typed)]
    unlike = list({each["value"]: each for each in offered}.values())
    yield blocks.modal("x", "x", [blocks.actions(blocks.select("x", unlike))])


def _previews(said: str) -> Iterator[View]:
    """What travels in an acknowledgement of what is too long for one."""
    for page in pages(full_record(said)):
        yield preview(page)
    options = [blocks.option("\N{SNOWMAN}" * 75, str(n)) for n in range(100)]
    fitted = fit({"options": options}).answer["options"]
    yield blocks.modal("x", "x", [blocks.actions(blocks.select("x", fitted))])


def _questions(said: str) -> Iterator[View]:
    event = Candidate(HIGHEST, NUMBER, said[:50], said[:150], NOW, said[:3000])
    for count in (1, 3):
        yield question([replace(event, incident_id=n) for n in range(count)], "x" * 3000)
    for count in (1, 5, 9):
        yield words_view([Judgement(said[:3000], said[:200])] * count, "x" * 3000)


def _confirmations(said: str) -> Iterator[View]:
    for escalated in ("", said[:2900]):
        for other in ("", NUMBER):
            for late in (0, 90):
                at = NOW - timedelta(days=late)
                yield confirmation(Recorded(HIGHEST, NUMBER, at, NOW, escalated, other))


def _cards(said: str) -> Iterator[View]:
    yield card(_bare_record(said))
    yield from pages(full_record(said))


def _bare_record(said: str) -> Record:
    return Record(
        incident_id=HIGHEST,
        number=NUMBER,
        client_id=HIGHEST,
        client_name=said[:150] or "x",
        conduct=said[:75] or "x",
        severity=Severity.CRITICAL,
        reporter_name=said[:150],
        occurred_at=NOW - timedelta(days=9),
        recorded_at=NOW,
        confidential=False,
        withdrawn=False,
        further=False,
        facts=(),
        passages=(),
        witness_ids=(),
        witness_names=(),
        exhibits=(),
        notes=(),
        accounts=(),
        may_withdraw=False,
    )


def full_record(said: str) -> Record:
    """A record with everything that can be in it."""
    message = Exhibit(
        "Message", said[:MESSAGE_LENGTH], said[:200], "U1", NOW, f"{LINK}?{said[:200]}"
    )
    file = Exhibit(f"{said[:300]}, 9 kB", "", "", "U1", None, said[:200])
    return replace(
        _bare_record(said),
        confidential=True,
        withdrawn=True,
        further=True,
        facts=(("Contact", said[:200] or "x"),) * 12,
        passages=(("What happened", said[:3000] or "x"),) * 8,
        witness_ids=("U1", said[:32], "<!channel>"),
        witness_names=(said[:200] or "x",) * 30,
        exhibits=(message, *(file,) * 10),
        notes=tuple(Note(kind, said[:150], NOW, said or "x") for kind in (True, *(False,) * 9)),
        accounts=(Account(HIGHEST, NUMBER, said[:150]),) * 5,
        may_withdraw=True,
    )


def pages(record: Record) -> Iterator[View]:
    """Return each page of the card, turned as one turns it."""
    at, before = 0, None
    while (view := card(record, at)) != before:
        yield view
        at, before = at + 1, view


def _small_forms(said: str) -> Iterator[View]:
    yield note_form.note_form(HIGHEST, "V" * 30)
    yield note_form.withdrawal_form(HIGHEST, said[:200], "V" * 30)
    yield settle_form.build(HIGHEST)
    yield take_over_form.build(HIGHEST, "U" * 32)


def _notices(said: str) -> Iterator[View]:
    yield notice(said or "x", said or "x")
    below = notice("x") | {"id": "V1", "team_id": "T1", "private_metadata": "x" * 3000}
    yield with_notice(below, said or "x")["view"]
    full = below | {"blocks": [blocks.divider()] * 100}
    yield with_notice(full, said or "x")["view"]


SEVERITIES = tuple((each.label, 10**9) for each in Severity)
SPAN = (202512, 202611)
QUIET = Glance(0, (), (), (0,) * 12, None, 0, 0, SPAN)


def _why(said: str) -> tuple[str, ...]:
    return (f"{said[:150]} asked for the executives to look at {NUMBER}",) * 9


def _glance(said: str) -> Glance:
    counts = tuple((said[:50], 10**9) for _ in range(40))
    months = (10**9,) * 12
    return Glance(10**9, counts, SEVERITIES, months, (said[:200] or "x", 5), 5, 10**9, SPAN)


def _standings(said: str) -> Iterator[Standing]:
    is_open = Standing(
        escalation_id=HIGHEST,
        client_id=HIGHEST,
        client_name=said[:150] or "x",
        status=EscalationStatus.OPEN,
        why=(said or "x",) * 9,
        opened_at=NOW,
        owner_id="",
        owner_name="",
        owned_at=None,
        snoozed_until=None,
        snoozer_id="",
        settled_at=None,
        outcome="",
        handed_back=Act("U_ERIN", NOW),
        reopened=None,
        last_settled=Settlement(NOW, said[:150] or "x", said[:500] or "x"),
    )
    owner = {"owner_id": "U_ERIN", "owner_name": said[:150] or "x", "owned_at": NOW}
    yield is_open
    yield replace(is_open, snoozed_until=NOW, snoozer_id="U_ERIN")
    yield replace(is_open, status=EscalationStatus.OWNED, **owner)
    outcome = {"settled_at": NOW, "outcome": said[:500] or "x"}
    opened = {"reopened": Act("U_ERIN", NOW), "outcome": said[:500] or "x"}
    yield replace(is_open, status=EscalationStatus.OWNED, **owner | opened)
    yield replace(is_open, status=EscalationStatus.SETTLED, **owner, **outcome)


def _latest(said: str) -> Latest:
    words = said[:3000] or "x"
    kind, contact = said[:50] or "x", said[:200]
    return Latest(
        number=NUMBER,
        occurred_at=NOW,
        medium=Medium.CALL,
        conduct=kind,
        severity="critical",
        contact=contact,
        confidential=True,
        further=True,
        what_happened=words,
    )


def _reports(said: str) -> Reports:
    ours = (OurPart(said[:3000] or "x", NOW),) * 9
    latest, reporters = _latest(said), (said[:150] or "x",) * 9
    named = replace(latest, further=False)
    return Reports(latest, named, 10**6, reporters, 9, 9, 9, ours, (NUMBER,) * 9)


def _nothing() -> Reports:
    return Reports(None, None, 0, (), 0, 0, 0, (), ())


def _laters(said: str) -> Iterator[Later]:
    later = Later(
        HIGHEST,
        _latest(said),
        said[:150] or "x",
        withdrawn=False,
        owner_id="U_ERIN",
        gone=(NUMBER,) * 9,
    )
    yield later
    yield replace(later, owner_id="")
    yield replace(later, withdrawn=True)


def _histories(said: str) -> Iterator[View]:
    line = Line(
        incident_id=HIGHEST,
        number=NUMBER,
        conduct=said[:50] or "x",
        severity=Severity.SERIOUS,
        occurred_at=NOW,
        late=timedelta(days=90),
        reporter_name=said[:150],
        opening=said[:500],
        confidential=True,
        withdrawn=True,
        further_of=NUMBER,
        pieces=99,
        found="elsewhere in the record",
    )
    lines = tuple(replace(line, incident_id=n) for n in range(8))
    page = HistoryPage(
        client_id=HIGHEST,
        client_name=said[:150] or "x",
        status=ClientStatus.WATCH,
        matter=Matter(_why(said), NOW, said[:150], GONE),
        glance=_glance(said),
        filters=Filters("x" * 50, 4, "year", said[:200]),
        lines=lines,
        has_newer=True,
        has_older=True,
        passed=8,
        total=10**6,
        settled=(Settlement(NOW, said[:150] or "x", said[:500] or "x"),) * 3,
    )
    kinds = [Conduct(n, f"{n}" * 10, said[:75] or "x", said[:50], "") for n in range(120)]
    place = Place(NOW, HIGHEST)
    bare = replace(page, matter=None, glance=QUIET, lines=(), filters=Filters())
    yield history_view(page, kinds)
    yield history_view(replace(page, lines=(), horizon=place), kinds)
    yield history_view(
        replace(bare, matter=Matter(), settled=(Settlement(NOW, "Erin", "x"),)), SEEDED_CONDUCT
    )
    yield history_view(replace(bare, filters=Filters(turn=Turn(older=True, place=place))), kinds)
    yield overview_view(_overview(said))
    yield overview_view(Overview((), (), 0))
    yield near_view(said, [Conduct(1, "", said[:150] or "x", "", "")] * 5, said)
    yield near_view(said, [])


def _overview(said: str) -> Overview:
    counts = tuple((said[:50], 10**9) for _ in range(40))
    going = Going(HIGHEST, said[:150] or "x", ClientStatus.WATCH, SEVERITIES, counts, NOW)
    before = Before(_why(said), NOW, said[:150], yours=False, gone=GONE)
    matters = (before, replace(before, owner_name=""), replace(before, yours=True))
    others = (going, replace(going, last_at=None), replace(going, by_conduct=counts[:1]))
    raised = tuple(replace(going, before=each) for each in matters)
    return Overview(raised * 3, others * 3, 10**6)


def _homes(said: str) -> Iterator[View]:
    own = tuple(
        Own(
            incident_id=HIGHEST,
            number=NUMBER,
            client_name=said[:150] or "x",
            conduct=said[:50] or "x",
            severity=Severity.CRITICAL,
            occurred_at=NOW,
            confidential=True,
            state=state,
            owner_name=said[:150],
        )
        for state in State
    )
    going = replace(_overview(said), others=_overview(said).others[:GOING])
    begun = Begun(said[:150] or "x", NOW, said[:3000] or "x")
    for records in ((own * 2)[:10], own[:1], ()):
        for overview in (going, Overview((), (), 0), None):
            for waiting in ((), (begun,) * BEGUN):
                yield home_view(
                    HomePage(waiting, records, has_more=bool(records), overview=overview)
                )
