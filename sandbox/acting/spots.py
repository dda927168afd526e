"""Where on a person's screen something is: a modal, App Home, or a message."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.deliver import payloads
from sandbox.errors import NotPossible
from sandbox.state.conversations import Channel
from sandbox.state.inputs import Control, controls
from sandbox.state.messages import Message
from sandbox.state.people import Person
from sandbox.state.posting import find
from sandbox.state.views import View
from sandbox.state.world import World
from sandbox.wire import Json


_PRESSED_BY_WORDS = ("button", "icon_button", "overflow")


@dataclass(frozen=True)
class ViewSpot:
    """A modal or App Home."""

    view: View

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        return self.view.blocks

    @property
    def values(self) -> Json:
        """What is entered in it."""
        return self.view.values

    @property
    def offered(self) -> dict[str, list[Json]]:
        """The options its typeaheads showed last, by action_id."""
        return self.view.offered

    def actions(self, world: World, person: Person, action: Json) -> Json:
        """Return the payload of an action in it."""
        return payloads.block_actions_in_view(world, person, self.view, action)

    def suggestion(self, world: World, person: Person, asked: Json) -> Json:
        """Return the payload of typing in it."""
        return payloads.suggestion_in_view(world, person, self.view, asked)


@dataclass(frozen=True)
class MessageSpot:
    """A message in a conversation."""

    channel: Channel
    message: Message

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        return self.message.blocks

    @property
    def values(self) -> Json:
        """What is entered in it."""
        return self.message.values

    @property
    def offered(self) -> dict[str, list[Json]]:
        """The options its typeaheads showed last, by action_id."""
        return self.message.offered

    def actions(self, world: World, person: Person, action: Json) -> Json:
        """Return the payload of an action in it."""
        return payloads.block_actions_in_message(world, person, self.channel, self.message, action)

    def suggestion(self, world: World, person: Person, asked: Json) -> Json:
        """Return the payload of typing in it."""
        return payloads.suggestion_in_message(world, person, self.channel, self.message, asked)


Spot = ViewSpot | MessageSpot


@dataclass(frozen=True)
class Place:
    """Where to look: `{"home": true}`, `{"channel", "ts"}`, or nowhere in particular."""

    home: bool = False
    channel: str = ""
    ts: str = ""


def require_modal(world: World, person: Person) -> View:
    """Return the modal on top of a person's screen."""
    view = world.top_view(person.id)
    if view is None:
        raise NotPossible(f"{person.real_name} has no modal open.")
    return view


def locate(world: World, person: Person, place: Place, name: str) -> tuple[Spot, Control]:
    """Return the control of this name and where it is.

    A modal hides everything else; otherwise the newest message that has it, then App Home.
    """
    doubt = ""
    for spot in _spots(world, person, place):
        found = named(spot.blocks, name)
        if len(found) == 1:
            return spot, found[0]
        doubt = doubt or (f"{len(found)} things are called “{name}”." if found else "")
    raise NotPossible(doubt or f"{person.real_name} sees nothing called “{name}”.")


def named(blocks: list[Json], name: str) -> list[Control]:
    """Return the controls that go by a name: id, label, or the words on them, ids first."""
    every = list(controls(blocks))
    for names in (_ids, _words):
        found = [each for each in every if name in names(each)]
        if len(found) == 1:
            return found
    folded = [each for each in every if name.casefold() in {w.casefold() for w in _words(each)}]
    return folded or found or [each for each in every if name in _ids(each)]


def _spots(world: World, person: Person, place: Place) -> Iterator[Spot]:
    if place.ts:
        yield _message_spot(world, person, place)
        return
    modal = world.top_view(person.id)
    home = world.homes.get(person.id)
    if place.home and home:
        yield ViewSpot(home)
    elif modal and not place.channel:
        yield ViewSpot(modal)
    elif not place.home:
        yield from _newest_messages(world, person, place.channel)
        if home and not place.channel:
            yield ViewSpot(home)


def _newest_messages(world: World, person: Person, channel: str) -> Iterator[Spot]:
    seen = [
        MessageSpot(each, message)
        for each in world.channels_of(person.id)
        if channel in ("", each.id)
        for message in world.visible_messages(each, person.id)
        if message.blocks
    ]
    yield from sorted(seen, key=lambda each: each.message.ts, reverse=True)


def _message_spot(world: World, person: Person, place: Place) -> MessageSpot:
    channel = world.channels.get(place.channel)
    message = find(channel, place.ts) if channel else None
    hidden = message and message.only_for not in ("", person.id)
    if channel is None or message is None or hidden:
        raise NotPossible(f"{person.real_name} sees no message {place.ts} in {place.channel}.")
    return MessageSpot(channel, message)


def _ids(control: Control) -> set[str]:
    return {control.action_id, control.block_id}


def _words(control: Control) -> set[str]:
    block, element = control.block, control.element
    said = [element.get("text"), block.get("label"), element.get("placeholder")]
    if block["type"] == "section":
        said.append(block.get("text"))
    words = {str(each["text"]) for each in said if each}
    if control.kind == "overflow":
        words |= {str(each["text"]["text"]) for each in element["options"]}
    if control.kind in _PRESSED_BY_WORDS and element.get("value"):
        words.add(str(element["value"]))
    return words
