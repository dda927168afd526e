"""Every way to a client's history. It opens at once and is filled when the database answered."""

import re
from dataclasses import replace
from functools import partial

from slack_sdk.errors import SlackApiError

from bot.clients.choice import chosen, client_option
from bot.clients.find import Named, named, suggest
from bot.deps import Deps
from bot.errors import UserError
from bot.history import overview_screen, screen
from bot.history.filters import LONGEST_WORDS, Filters, Shown, Turn, read
from bot.history.overview import overview
from bot.history.page import history_page, noted
from bot.slack.answers import respond
from bot.slack.blocks import Block, View
from bot.slack.commands import typed, wants_help
from bot.slack.door import Body, Door
from bot.slack.ids import OPEN_HISTORY
from bot.slack.loading import load
from bot.slack.people import Person


COMMAND = "/client-history"
USAGE = (
    "Look up what is on record about a client. Only you see the answer.\n"
    "• /client-history shows the clients with the most going on\n"
    "• /client-history Brightwater Dental opens that client's record\n"
    "• /client-history Brightwater Dental refund finds the records with “refund” in them\n"
    "• /client-history “Oak and Sons” printer keeps the words of a name together"
)
OUT_OF_DATE = "This view is out of date. Please close it and look the client up again."
_ID = re.compile("[0-9]{1,9}")
GONE = frozenset({"hash_conflict", "not_found"})
"""Slack's words for a view that was changed or closed meanwhile: there is nothing to do."""


def register(door: Door[Deps]) -> None:
    """Open histories from the command and from any button; follow what is chosen in them."""
    door.command(COMMAND, from_command)
    door.action(OPEN_HISTORY, from_button)
    door.action(screen.OLDER, older)
    door.action(screen.NEWER, newer)
    door.action(screen.CONDUCT, narrowed)
    door.action(screen.SEVERITY, narrowed)
    door.action(screen.PERIOD, narrowed)
    door.action(screen.EVERYTHING, everything)
    door.action(overview_screen.OVERVIEW, from_overview_button)
    door.action(overview_screen.LOOK_UP, looked_up)
    door.options(overview_screen.LOOK_UP, offer)


def from_command(deps: Deps, body: Body, person: Person) -> None:
    """Open the client that the text names, or the overview; `help` prints usage."""
    text = typed(body)
    if wants_help(text):
        respond(deps.slack, body["response_url"], USAGE)
        return
    make = partial(_meant, deps, person, text) if text else partial(_overview, deps, person)
    load(deps.slack, body, make, title=screen.TITLE)


def from_button(deps: Deps, body: Body, person: Person) -> None:
    """Open the client that the button names; inside a history, in its place."""
    value = str(body["actions"][0].get("value") or "")
    if not _ID.fullmatch(value):
        raise UserError(OUT_OF_DATE)
    _open_client(deps, body, person, int(value))


def looked_up(deps: Deps, body: Body, person: Person) -> None:
    """Open the client that was chosen in the typeahead."""
    try:
        client = chosen(body["actions"][0]["selected_option"]["value"])
    except (KeyError, TypeError, ValueError):
        raise UserError(OUT_OF_DATE) from None
    if isinstance(client, int):
        _open_client(deps, body, person, client)


def from_overview_button(deps: Deps, body: Body, person: Person) -> None:
    """Open the clients with the most going on."""
    load(deps.slack, body, partial(_overview, deps, person), title=screen.TITLE)


def offer(deps: Deps, body: Body, person: Person) -> list[Block]:
    """Return the clients that what is typed may mean."""
    found = suggest(deps.directory.listing(), body.get("value") or "", viewer=person)
    return [client_option(entry) for entry in found]


def older(deps: Deps, body: Body, person: Person) -> None:
    """Show the records before these."""
    shown = _shown(body)
    turn = Turn(older=True, place=shown.last) if shown.last else None
    _show_instead(deps, body, person, shown.client_id, replace(shown.filters, turn=turn))


def newer(deps: Deps, body: Body, person: Person) -> None:
    """Show the records after these."""
    shown = _shown(body)
    turn = Turn(older=False, place=shown.first) if shown.first else None
    _show_instead(deps, body, person, shown.client_id, replace(shown.filters, turn=turn))


def narrowed(deps: Deps, body: Body, person: Person) -> None:
    """Show what the chosen filters leave, from the newest on."""
    shown = _shown(body)
    filters = screen.chosen(shown.filters, body["view"])
    # Of two choices in quick succession the later knows both: it may overtake the earlier.
    _show_instead(deps, body, person, shown.client_id, filters, may_overtake=True)


def everything(deps: Deps, body: Body, person: Person) -> None:
    """Show all of the client's records."""
    _show_instead(deps, body, person, _shown(body).client_id, Filters())


def _shown(body: Body) -> Shown:
    shown = read(body["view"].get("private_metadata") or "")
    if shown is None:
        raise UserError(OUT_OF_DATE)
    return shown


def _open_client(deps: Deps, body: Body, person: Person, client_id: int) -> None:
    below = body.get("view") or {}
    if below.get("callback_id") == screen.CALLBACK:
        words = overview_screen.kept_words(below.get("private_metadata") or "")
        _show_instead(deps, body, person, client_id, Filters(words=words))
    else:
        make = partial(_history, deps, person, client_id, Filters())
        load(deps.slack, body, make, title=screen.TITLE)


def _show_instead(
    deps: Deps,
    body: Body,
    person: Person,
    client_id: int,
    filters: Filters,
    *,
    may_overtake: bool = False,
) -> None:
    """Put the page in place of the view that was pressed, unless that has changed meanwhile."""
    view, below = _history(deps, person, client_id, filters), body["view"]
    try:
        deps.slack.views_update(view_id=below["id"], hash=below["hash"], view=view)
    except SlackApiError as error:
        trouble = error.response.get("error")
        if trouble == "hash_conflict" and may_overtake:
            deps.slack.views_update(view_id=below["id"], view=view)
        elif trouble not in GONE:
            raise


def _history(deps: Deps, person: Person, client_id: int, filters: Filters) -> View:
    """Return the page, once the look at it is noted."""
    now, timezone = deps.now(), deps.settings.timezone
    with deps.database.read() as session:
        page = history_page(session, client_id, person, filters, now=now, timezone=timezone)
    deps.database.transact(lambda session: noted(session, client_id, person, now=now))
    return screen.history_view(page, deps.directory.listing().conduct)


def _overview(deps: Deps, person: Person) -> View:
    with deps.database.read() as session:
        found = overview(session, person, now=deps.now(), timezone=deps.settings.timezone)
    return overview_screen.overview_view(found)


def _meant(deps: Deps, person: Person, text: str) -> View:
    """Return the record of the client that the text names, or the question which one it is."""
    found = _named(deps, person, text)
    if found.client:
        filters = Filters(words=found.words[:LONGEST_WORDS])
        return _history(deps, person, found.client.id, filters)
    return overview_screen.near_view(text, found.near, found.words if found.near else "")


def _named(deps: Deps, person: Person, text: str) -> Named:
    found = named(deps.directory.loaded(), text, viewer=person)
    if found.client or found.near:
        return found
    deps.directory.renew()  # it may have been added elsewhere a moment ago
    return named(deps.directory.listing(), text, viewer=person)
