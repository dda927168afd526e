"""Teams, the people in them, and the groups they are in, as Slack describes them."""

import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.wire import Json


SLACKBOT = "USLACKBOT"
_SIZES = (24, 32, 48, 72, 192, 512)
_COLOURS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c")


@dataclass
class Team:
    """A workspace: our own, or one that shares a channel with it."""

    id: str
    name: str
    domain: str

    def as_slack(self, base_url: str) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "url": base_url + "/",
            "domain": self.domain,
            "email_domain": "",
            "icon": {"image_default": True},
            "is_verified": False,
        }


@dataclass
class Person:
    """Somebody with an account, a bot's user among them."""

    id: str
    name: str
    real_name: str
    team: str = ""
    display_name: str = ""
    title: str = ""
    email: str = ""
    tz: str = "Europe/London"
    image: str = ""
    deleted: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_app_user: bool = False
    bot_id: str = ""
    app_id: str = ""
    updated: int = 0

    @property
    def colour(self) -> str:
        return _COLOURS[zlib.crc32(self.id.encode()) % len(_COLOURS)]

    def as_slack(self, base_url: str, *, foreign: bool, stranger: bool) -> Json:
        """Return the user object; `foreign` people belong to another workspace.

        Slack leaves the membership flags out for deactivated and for foreign people.
        """
        told: Json = {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": self.deleted,
            "profile": self._profile(base_url),
            "is_bot": self.is_bot,
            "is_app_user": self.is_app_user,
            "updated": self.updated,
        }
        if foreign:
            told["is_stranger"] = stranger
        if not self.deleted:
            told |= self._account()
        if not self.deleted and not foreign:
            told |= self._membership()
        return told

    def _account(self) -> Json:
        offset, label = _zone(self.tz)
        return {
            "color": self.colour,
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": label,
            "tz_offset": offset,
            "is_email_confirmed": True,
            "who_can_share_contact_card": "EVERYONE",
        }

    def _membership(self) -> Json:
        return {
            "is_admin": self.is_admin or self.is_owner,
            "is_owner": self.is_owner,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted or self.is_ultra_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
        }

    def _profile(self, base_url: str) -> Json:
        picture = self.image or f"{base_url}/avatars/{self.id}"
        told: Json = {
            "title": self.title,
            "phone": "",
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.display_name,
            "display_name_normalized": self.display_name,
            "status_text": "",
            "status_emoji": "",
            "avatar_hash": self.colour,
            "team": self.team,
            **{f"image_{size}": picture for size in _SIZES},
        }
        if self.email:
            told["email"] = self.email
        if self.is_bot:
            told |= {"bot_id": self.bot_id, "api_app_id": self.app_id, "always_active": True}
        return told


def _zone(name: str) -> tuple[int, str]:
    try:
        now = datetime.now(ZoneInfo(name))
    except ZoneInfoNotFoundError:
        return 0, "Coordinated Universal Time"
    offset = now.utcoffset() or timedelta()
    return int(offset.total_seconds()), now.tzname() or name


@dataclass
class UserGroup:
    """A group one can mention, such as @techs."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    disabled: bool = False
    description: str = ""

    def as_slack(self, team: str, *, with_users: bool) -> Json:
        told: Json = {
            "id": self.id,
            "team_id": team,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "description": self.description,
            "handle": self.handle,
            "is_external": False,
            "date_create": 1,
            "date_update": 1,
            "date_delete": int(self.disabled),
            "auto_type": None,
            "user_count": len(self.users),
            "prefs": {"channels": [], "groups": []},
        }
        if with_users:
            told["users"] = list(self.users)
        return told
