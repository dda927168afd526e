"""Opens the form, from wherever somebody is, and unfolds it in place."""

import re
import secrets
from contextlib import suppress
from dataclasses import replace

from slack_sdk.errors import SlackApiError

from bot.clients.choice import client_option
from bot.clients.directory import Entry, Listing
from bot.clients.find import Named
from bot.clients.find import named as client_named
from bot.deps import Deps
from bot.errors import UserError
from bot.incidents.evidence import author_team, from_message, named
from bot.incidents.fields import CONDUCT
from bot.incidents.form import MORE, Form, build, shown, with_conduct
from bot.incidents.form_parse import chosen_conduct, typed_answers
from bot.slack.answers import respond, show
from bot.slack.blocks import View
from bot.slack.commands import typed, wants_help
from bot.slack.door import Body, Door
from bot.slack.ids import NEW_INCIDENT
from bot.slack.people import Person
from bot.slack.text import cut


COMMAND = "/client-incident"
USAGE = (
    "Put a difficult moment with a client on record; it takes less than a minute.\n"
    "• /client-incident opens the form\n"
    "• /client-incident Brightwater Dental opens it with the client filled in\n"
    "• /client-incident Brightwater Dental hung up on me also begins your account\n"
    "On a message, “Put on record” in its menu keeps the message as evidence.\n"
    "Only your team and the executives see what you record. The client never will."
)


def register(door: Door[Deps]) -> None:
    """Open the form for the command, both shortcuts and the buttons; follow what is chosen."""
    door.command(COMMAND, from_command)
    door.action(CONDUCT, conduct_chosen)
    door.action(MORE, more_wanted)
    door.shortcut("log_client_incident", from_message_menu)
    door.shortcut("new_client_incident", from_anywhere)
    door.action(NEW_INCIDENT, from_button)


def from_command(deps: Deps, body: Body, person: Person) -> None:
    """Open the form, the client filled in where the text names one; `help` prints usage."""
    text = typed(body)
    if wants_help(text):
        respond(deps.slack, body["response_url"], USAGE)
        return
    _open(deps, body, Form(deps.now()), person, text=text)


def from_anywhere(deps: Deps, body: Body, person: Person) -> None:
    """Open an empty form."""
    _open(deps, body, Form(deps.now()), person)


def from_message_menu(deps: Deps, body: Body, person: Person) -> None:
    """Open the form with the message copied in as evidence, dated when it was written."""
    evidence, team = named(from_message(body), deps.people), author_team(body)
    author = body["message"].get("user") or ""
    form = Form(
        evidence[0].written_at or deps.now(), evidence=evidence, contact_id=author if team else ""
    )
    view, form = _open(deps, body, form, person, team=team)
    if author and not evidence[0].author_name:
        _name_later(deps, view, form, author)


def from_button(deps: Deps, body: Body, person: Person) -> None:
    """Open the form for the client that the button names, if it names one."""
    value = str(body["actions"][0].get("value") or "")
    is_id = re.fullmatch("[0-9]{1,9}", value)
    entry = deps.directory.listing().of_id(int(value), person) if is_id else None
    _open(deps, body, _filled(Form(deps.now()), entry), person)


def conduct_chosen(deps: Deps, body: Body, _person: Person) -> None:
    """Show the questions of the chosen kind of conduct; what was typed stays."""
    view = body["view"]
    form = with_conduct(shown(view), chosen_conduct(view), typed_answers(view))
    _rebuild(deps, view, form)


def more_wanted(deps: Deps, body: Body, _person: Person) -> None:
    """Unfold the optional fields in place."""
    view = body["view"]
    form = with_conduct(shown(view), chosen_conduct(view), typed_answers(view))
    _rebuild(deps, view, replace(form, more=True))


def _open(
    deps: Deps,
    body: Body,
    form: Form,
    person: Person,
    *,
    text: str = "",
    team: str | None = None,
) -> tuple[Body, Form]:
    listing = deps.directory.listing()
    is_read = bool(listing.clients)
    form = _resolved(form, listing, person, text, team) if is_read else replace(form, what=text)
    form = replace(form, key=secrets.token_hex(12))
    view = _put_up(deps, body, build(form, listing.conduct))
    if not is_read and (text or team):
        return _fill_in_later(deps, view, form, person, text, team)
    return view, form


def _put_up(deps: Deps, body: Body, view: View) -> Body:
    """Open the form so that one question still fits on top of it: Slack stacks three modals."""
    below = body.get("view") or {}
    if below.get("type") != "modal" or below["id"] == below.get("root_view_id"):
        return show(deps.slack, body, view)
    if below.get("previous_view_id") != below.get("root_view_id"):
        raise UserError("Please close this window first, then press “New incident” again.")
    return _put_in_place(deps, below["id"], view)


def _put_in_place(deps: Deps, view_id: str, view: View, **only_if: str) -> Body:
    return dict(deps.slack.views_update(view_id=view_id, view=view, **only_if)["view"])


def _name_later(deps: Deps, view: Body, form: Form, author: str) -> None:
    """Say whose message it is now that Slack was asked: the form opened before."""
    deps.people.name(author)
    told = replace(form, evidence=named(form.evidence, deps.people))
    built = build(told, deps.directory.listing().conduct)
    with suppress(SlackApiError):  # somebody who chose something meanwhile keeps the form as it is
        _put_in_place(deps, view["id"], built, hash=view["hash"])


def _fill_in_later(
    deps: Deps, view: Body, form: Form, person: Person, text: str, team: str | None
) -> tuple[Body, Form]:
    """Fill in the client now that the directory is read: the form opened before.

    The field gets a new block id, since Slack keeps what an old one holds; for the same reason
    the account goes on beginning with all that was typed.
    """
    listing = deps.directory.loaded()
    found = replace(_resolved(form, listing, person, text, team), what=form.what)
    if found.client:
        found = replace(found, client_block="client_found")
    if found != form:
        view = _put_in_place(deps, view["id"], build(found, listing.conduct))
    return view, found


def _resolved(form: Form, listing: Listing, person: Person, text: str, team: str | None) -> Form:
    if team:
        match = next((one for one in listing.clients if one.slack_team_id == team), None)
        return _filled(form, match)
    return _understood(form, client_named(listing, text, viewer=person), text) if text else form


def _understood(form: Form, found: Named, text: str) -> Form:
    """Return the form with the client that was named, and the other words begun with."""
    form = replace(_filled(form, found.client), what=found.words)
    if found.client:
        other = "Not the client you meant? Choose another."
        return replace(form, hint=other if found.words else "")
    if not found.near:
        return replace(form, hint="No client was found in what you typed.")
    name = cut(text.removesuffix(found.words).strip(' "“”'), 100)
    near = ", ".join(f"“{entry.name}”" for entry in found.near[:3])
    return replace(form, hint=f"No client is called “{name}”. Did you mean {near}?")


def _filled(form: Form, entry: Entry | None) -> Form:
    return replace(form, client=client_option(entry)) if entry else form


def _rebuild(deps: Deps, view: Body, form: Form) -> None:
    kinds = deps.directory.listing().conduct
    try:
        _put_in_place(deps, view["id"], build(form, kinds), hash=view["hash"])
    except SlackApiError as error:
        if error.response.get("error") != "hash_conflict":
            raise
        # Another press came first, perhaps “More detail”: folding would lose what is typed there.
        _put_in_place(deps, view["id"], build(replace(form, more=True), kinds))
