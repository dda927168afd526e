"""The whole state of the stand-in, with its look-ups."""

import hashlib
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import TypeVar

from sandbox.clock import Clock
from sandbox.settings import Settings
from sandbox.state.app import App
from sandbox.state.conversations import Channel
from sandbox.state.feed import Feed
from sandbox.state.files import File
from sandbox.state.messages import Message
from sandbox.state.people import SLACKBOT, Person, Team, UserGroup
from sandbox.state.traffic import Call, Delivery
from sandbox.state.views import Trigger, View
from sandbox.wire import Json


MOST_KEPT = 20_000
Kept = TypeVar("Kept")


@dataclass
class ResponseUrl:
    """Leave to answer an interaction for a while."""

    channel: str
    person: str
    at: float
    uses: int = 0
    source: str = ""
    thread_ts: str = ""


@dataclass
class World:
    """Everything there is. One thread, the server's loop, reads and changes it."""

    team: Team
    app: App
    clock: Clock = field(default_factory=Clock)
    settings: Settings = field(default_factory=Settings)
    base_url: str = "http://127.0.0.1"
    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    calls: deque[Call] = field(default_factory=deque)
    deliveries: deque[Delivery] = field(default_factory=deque)
    feed: Feed = field(default_factory=Feed)

    def new_id(self, prefix: str) -> str:
        """Return an id nobody has had, also not before a restart."""
        return prefix + secrets.token_hex(5).upper()

    def is_foreign(self, person: Person) -> bool:
        return person.team != self.team.id

    def is_member(self, channel: Channel) -> bool:
        """Whether the app's bot is in the channel."""
        return self.app.bot_user in channel.members

    def is_stranger(self, person: Person) -> bool:
        """Whether a person of another workspace shares no channel with the bot."""
        return self.is_foreign(person) and not any(
            person.id in each.members and self.is_member(each)
            for each in self.channels.values()
            if not each.is_im
        )

    def user_object(self, person: Person) -> Json:
        return person.as_slack(
            self.base_url, foreign=self.is_foreign(person), stranger=self.is_stranger(person)
        )

    def view_object(self, view: View) -> Json:
        return view.as_slack(self.team.id, self.app.id, self.app.bot_id)

    def direct_message(self, *people: str) -> Channel:
        """Return the direct message between these people, opened where there was none."""
        members = sorted(set(people))
        digest = hashlib.blake2b(" ".join(members).encode(), digest_size=5).hexdigest().upper()
        pair = 2
        several = len(members) > pair
        channel_id = ("G" if several else "D") + digest
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                channel_id,
                name="mpdm-" + "--".join(members) if several else "",
                members=members,
                is_im=not several,
                is_mpim=several,
                created=int(self.clock.now()),
            )
            self.feed.publish("channel", channel=channel_id)
        return self.channels[channel_id]

    def bot_dm(self, person: str) -> Channel:
        """Return the direct message between a person and the app."""
        return self.direct_message(person, self.app.bot_user)

    def slackbot_dm(self, person: str) -> Channel:
        return self.direct_message(person, SLACKBOT)

    def channel_named(self, name: str) -> Channel | None:
        wanted = name.removeprefix("#")
        return next((each for each in self.channels.values() if each.name == wanted), None)

    def channels_of(self, person: str) -> list[Channel]:
        return [each for each in self.channels.values() if person in each.members]

    def top_view(self, person: str) -> View | None:
        stack = self.stacks.get(person)
        return stack[-1] if stack else None

    def mint_trigger(self, person: str, view: str = "") -> str:
        """Return a fresh trigger_id for a person."""
        trigger_id = f"{secrets.randbelow(10**13)}.{self.team.id}.{secrets.token_hex(16)}"
        self.triggers[trigger_id] = Trigger(person, self.clock.now(), view)
        _forget_oldest(self.triggers)
        return trigger_id

    def mint_response_url(self, given: ResponseUrl) -> str:
        """Return a URL under which the app may answer."""
        key = secrets.token_urlsafe(18)
        self.response_urls[key] = given
        _forget_oldest(self.response_urls)
        return f"{self.base_url}/response/{self.team.id}/{key}"

    def log_call(self, call: Call) -> None:
        """Keep a call the app made, the oldest giving way."""
        self.calls.append(call)
        if len(self.calls) > self.settings.traffic_kept:
            self.calls.popleft()
        self.feed.publish("call", call=call.seq, method=call.method, refused=call.refused)

    def log_delivery(self, delivery: Delivery) -> None:
        """Keep a request sent to the app, the oldest giving way."""
        self.deliveries.append(delivery)
        if len(self.deliveries) > self.settings.traffic_kept:
            self.deliveries.popleft()
        self.feed.publish("delivery", delivery=delivery.seq, type=delivery.type)

    def visible_messages(self, channel: Channel, person: str = "") -> list[Message]:
        """Return a channel's messages, oldest first, with the person's ephemeral ones.

        Without a person, every ephemeral message is among them.
        """
        mine = [each for each in channel.ephemerals if person in (each.only_for, "")]
        return sorted([*channel.messages.values(), *mine], key=lambda each: each.ts)


def _forget_oldest(kept: dict[str, Kept]) -> None:
    if len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]
