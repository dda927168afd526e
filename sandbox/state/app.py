"""The app under trial, as Slack knows it from its manifest and its installation."""

from dataclasses import dataclass, field

from sandbox.wire import Json


@dataclass(frozen=True)
class Command:
    """A slash command the app has registered."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    """A shortcut; `type` is "global" or "message"."""

    callback_id: str
    name: str
    type: str
    description: str = ""


@dataclass
class App:
    """Identity, secrets and features. None for commands, shortcuts or scopes: any goes."""

    id: str = "A0SANDBOX"
    name: str = "Bot"
    bot_user: str = "U_BOT"
    bot_id: str = "B_BOT"
    bot_token: str = "xoxb-sandbox"  # noqa: S105 - a token of the stand-in, worth nothing
    app_token: str = "xapp-sandbox"  # noqa: S105 - the same
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 - the same
    verification_token: str = "sandbox-verification"  # noqa: S105 - the same
    scopes: list[str] | None = None
    commands: list[Command] | None = None
    shortcuts: list[Shortcut] | None = None
    events: list[str] = field(default_factory=lambda: ["app_home_opened"])
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
    link_url: str = ""
    """Where the app is sent for Socket Mode; empty: to the stand-in itself."""

    def follow_manifest(self, manifest: Json) -> None:
        """Take over features, scopes and events from a Slack app manifest."""
        features = manifest.get("features", {})
        self.name = features.get("bot_user", {}).get("display_name", self.name)
        self.commands = [
            Command(
                each["command"],
                each.get("description", ""),
                each.get("usage_hint", ""),
                each.get("should_escape", False),
            )
            for each in features.get("slash_commands", ())
        ]
        self.shortcuts = [
            Shortcut(each["callback_id"], each["name"], each["type"], each["description"])
            for each in features.get("shortcuts", ())
        ]
        home = features.get("app_home", {})
        self.home_tab = home.get("home_tab_enabled", False)
        self.messages_tab = home.get("messages_tab_enabled", False)
        self.messages_read_only = home.get("messages_tab_read_only_enabled", False)
        self.scopes = list(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ()))
        subscribed = manifest.get("settings", {}).get("event_subscriptions", {})
        self.events = list(subscribed.get("bot_events", ()))

    def as_bot(self, base_url: str) -> Json:
        """Return the bot object of bots.info."""
        picture = f"{base_url}/avatars/{self.bot_user}"
        return {
            "id": self.bot_id,
            "deleted": False,
            "name": self.name,
            "updated": 1,
            "app_id": self.id,
            "user_id": self.bot_user,
            "icons": {f"image_{size}": picture for size in (36, 48, 72)},
        }

    def bot_profile(self, base_url: str, team: str) -> Json:
        """Return the bot_profile that Slack puts on the bot's messages."""
        told = self.as_bot(base_url)
        del told["user_id"]
        return told | {"team_id": team}
