"""The card of one record: everything in it, in pages where Slack's limits ask for them."""

import json
import re
from collections.abc import Iterator

from bot.incidents.standing import Exhibit, Note, Record
from bot.slack import blocks
from bot.slack.blocks import Block, View
from bot.slack.ids import ADD_NOTE, OPEN_HISTORY, OPEN_RECORD
from bot.slack.text import Markup, date, joined, lateness, markup


CALLBACK = "incident_card"
TURN_PAGE = "record_page"
WITHDRAW = "withdraw"
LONGEST = 3000
MOST_BLOCKS = 80
MOST_BYTES = 150_000
"""Slack takes 100 blocks and 250 kB; the rest is room for the frame and its buttons."""

_USER_ID = re.compile(r"[UW][A-Z0-9_]+", re.ASCII)


def card(record: Record, page: int = 0) -> View:
    """Return one page of the record; a page that is not there shows the last one."""
    pages = _pages(list(_body(record)))
    at = min(max(page, 0), len(pages) - 1)
    return blocks.modal(
        CALLBACK,
        record.number,
        [*_head(record), *pages[at], *_turn(record, at, len(pages)), *_foot(record)],
        metadata=json.dumps({"incident": record.incident_id, "page": at}),
    )


def about(view: View) -> str:
    """Return which record a card shows, by its client and number, as far as the view says so."""
    headers = (block["text"]["text"] for block in view["blocks"] if block["type"] == "header")
    title = view.get("title") or {}
    return " · ".join(filter(None, [next(headers, ""), title.get("text", "")]))


def _head(record: Record) -> Iterator[Block]:
    yield blocks.header(record.client_name)
    kind = markup("*{}* · {}", record.conduct, record.severity.label)
    marks = [mark for mark in _marks(record) if mark]
    yield blocks.section(joined(" · ", [kind, *map(markup, marks)]))
    yield blocks.context(
        markup(
            "{} · by {}, {}",
            date(record.occurred_at),
            record.reporter_name,
            lateness(record.recorded_at - record.occurred_at),
        )
    )


def _marks(record: Record) -> Iterator[str]:
    yield ":lock: confidential" if record.confidential else ""
    yield "withdrawn, no longer counts" if record.withdrawn else ""
    yield "a further account of the same event" if record.further else ""


def _body(record: Record) -> Iterator[Block]:
    for label, text in record.passages:
        yield blocks.section(markup("*{}*", label))
        yield from _quotes(text)
    yield from _facts(record)
    for exhibit in record.exhibits:
        yield from _exhibit(exhibit)
    for account in record.accounts:
        named = f"Open {account.number}"
        button = blocks.button("Open", OPEN_RECORD, str(account.incident_id), label=named)
        told = markup("*Also told by* {} · {}", account.reporter_name, account.number)
        yield blocks.section(told, accessory=button)
    for note in record.notes:
        yield from _note(note)


def _facts(record: Record) -> Iterator[Block]:
    facts = [markup("*{}*\n{}", label, text) for label, text in record.facts]
    for start in range(0, len(facts), 10):
        yield blocks.section(fields=facts[start : start + 10])
    people = [Markup(f"<@{name}>") for name in record.witness_ids if _USER_ID.fullmatch(name)]
    names = [markup("{}", name) for name in record.witness_names]
    if people or names:
        yield blocks.section(markup("*Witnesses*\n{}", joined(", ", [*people, *names])))


def _exhibit(exhibit: Exhibit) -> Iterator[Block]:
    told = [markup("*{}*", exhibit.name)]
    if exhibit.author:
        told.append(markup("by {}", exhibit.author))
    elif _USER_ID.fullmatch(exhibit.author_id):
        told.append(Markup(f"by <@{exhibit.author_id}>"))
    if exhibit.written_at:
        told.append(date(exhibit.written_at))
    if exhibit.link.startswith("https://"):
        told.append(markup("<{}|open in Slack>", exhibit.link.replace("|", "%7C")))
    yield blocks.context(joined(" · ", told))
    yield from _quotes(exhibit.text)


def _note(note: Note) -> Iterator[Block]:
    what = "Withdrawn" if note.withdrawal else "Note"
    yield blocks.section(markup("*{} by {}* · {}", what, note.author_name, date(note.added_at)))
    yield from _quotes(note.text)


def _quotes(text: str) -> Iterator[Block]:
    """Return the whole text, however long, in blocks that Slack takes."""
    for start in range(0, len(text), LONGEST):
        yield blocks.quote(text[start : start + LONGEST], LONGEST)


def _pages(body: list[Block]) -> list[list[Block]]:
    pages: list[list[Block]] = [[]]
    size = 0
    for block in body:
        length = len(json.dumps(block))
        if pages[-1] and (len(pages[-1]) >= MOST_BLOCKS or size + length > MOST_BYTES):
            pages.append([])
            size = 0
        pages[-1].append(block)
        size += length
    return pages


def _turn(record: Record, at: int, count: int) -> Iterator[Block]:
    steps = (("Back", at - 1), ("Read on", at + 1))
    buttons = [
        blocks.button(text, f"{TURN_PAGE}.{to}", f"{record.incident_id}:{to}")
        for text, to in steps
        if 0 <= to < count
    ]
    if buttons:
        yield blocks.actions(*buttons)


def _foot(record: Record) -> Iterator[Block]:
    value = str(record.incident_id)
    buttons = [
        blocks.button("Add something", ADD_NOTE, value),
        blocks.button("Client history", OPEN_HISTORY, str(record.client_id)),
    ]
    if record.may_withdraw:
        buttons.append(blocks.button("Withdraw…", WITHDRAW, value))
    yield blocks.actions(*buttons)
    yield blocks.context("The original stays as it was written. Opening it is noted in its log.")
