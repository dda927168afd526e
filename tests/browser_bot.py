"""A tiny Bolt app for trying the workspace page: every element, the stack, errors, refusals."""

import time
from collections.abc import Mapping

from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


SECRET = "sandbox-signing-secret"
TOO_LONG = 0.6  # seconds, where the workspace is set to wait a third of one
MANIFEST = {
    "features": {
        "bot_user": {"display_name": "Tryout"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/everything", "description": "Every input there is"},
            {"command": "/stack", "description": "Modals on modals", "usage_hint": "[title]"},
            {"command": "/say", "description": "Post what is said", "usage_hint": "[words]"},
            {"command": "/whisper", "description": "Answer you alone", "usage_hint": "[words]"},
            {"command": "/broken", "description": "Send blocks that Slack refuses"},
            {"command": "/silent", "description": "Never answer"},
        ],
        "shortcuts": [
            {
                "name": "New thing",
                "type": "global",
                "callback_id": "new_thing",
                "description": "From anywhere",
            },
            {
                "name": "Keep this",
                "type": "message",
                "callback_id": "keep_this",
                "description": "This message",
            },
        ],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "channels:history", "im:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
}
FRUITS = ("Apple", "Apricot", "Banana", "Cherry", "Élderberry")


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


def option(text, description=""):
    told = {"text": plain(text), "value": text.lower()}
    return told | ({"description": plain(description)} if description else {})


def field(block_id, label, element, **more):
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "it", **element},
        **more,
    }


def button(text, action_id, **more):
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def modal(title, *blocks, submit="Send", **more):
    told = {"type": "modal", "title": plain(title), "blocks": list(blocks), **more}
    return told | ({"submit": plain(submit)} if submit else {})


SIZES = [option("Small", "Fits anywhere"), option("Large", "Needs a van")]
EVERYTHING = [
    field(
        "name", "Name", {"type": "plain_text_input", "max_length": 40}, hint=plain("As on the door")
    ),
    field("story", "Story", {"type": "plain_text_input", "multiline": True}, optional=True),
    field("size", "Size", {"type": "static_select", "options": SIZES}),
    field("fruit", "Fruit", {"type": "external_select", "min_query_length": 1}),
    field(
        "fruits",
        "More fruit",
        {"type": "multi_external_select", "min_query_length": 0, "max_selected_items": 2},
        optional=True,
    ),
    field("tags", "Tags", {"type": "multi_static_select", "options": SIZES}, optional=True),
    field("who", "Who", {"type": "users_select"}, optional=True),
    field("team", "Team", {"type": "multi_users_select"}, optional=True),
    field("where", "Where", {"type": "conversations_select"}, optional=True),
    field("channel", "Channel", {"type": "channels_select"}, optional=True),
    field("how", "How", {"type": "radio_buttons", "options": SIZES}),
    field("extras", "Extras", {"type": "checkboxes", "options": SIZES}, optional=True),
    field("day", "Day", {"type": "datepicker", "initial_date": "2026-11-23"}),
    field("hour", "Hour", {"type": "timepicker", "initial_time": "09:30"}),
    field("moment", "Moment", {"type": "datetimepicker", "initial_date_time": 1_795_000_200}),
    field("count", "Count", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
    field("email", "Email", {"type": "email_text_input"}, optional=True),
    field("url", "Address", {"type": "url_text_input"}, optional=True),
    field("rich", "Rich", {"type": "rich_text_input"}, optional=True),
    field("files", "Files", {"type": "file_input", "max_files": 2}, optional=True),
]


def everything():
    return modal("Everything", *EVERYTHING, callback_id="everything", notify_on_close=True)


def first(title="First"):
    return modal(
        title,
        {"type": "section", "block_id": "told", "text": mrkdwn("*One* of three.")},
        field("note", "Note", {"type": "plain_text_input"}, optional=True),
        field(
            "kind",
            "Kind",
            {"type": "static_select", "options": SIZES},
            dispatch_action=True,
            optional=True,
        ),
        {"type": "actions", "block_id": "ways", "elements": [button("Push", "push")]},
        callback_id="first",
    )


def spoken(words):
    return [
        {"type": "header", "block_id": "h", "text": plain("Said")},
        {"type": "section", "block_id": "s", "text": mrkdwn(words)},
        {
            "type": "actions",
            "block_id": "a",
            "elements": [
                button("Agree", "agree", style="primary"),
                button(
                    "Remove",
                    "remove",
                    style="danger",
                    confirm={
                        "title": plain("Remove it?"),
                        "text": plain("It will be gone."),
                        "confirm": plain("Yes, remove"),
                        "deny": plain("Keep it"),
                    },
                ),
                {
                    "type": "static_select",
                    "action_id": "pick",
                    "placeholder": plain("Pick a size"),
                    "options": SIZES,
                },
                {
                    "type": "overflow",
                    "action_id": "more",
                    "options": [option("Reply"), option("Fail")],
                },
            ],
        },
    ]


class Tryout:
    """The app, and what it heard: (type, what) in order."""

    def __init__(self) -> None:
        self.heard = []
        self.app = None

    def connect(self, api_url):
        client = WebClient("xoxb-sandbox", base_url=api_url, retry_handlers=[])
        self.app = App(
            client=client,
            signing_secret=SECRET,
            token_verification_enabled=False,
            process_before_response=True,
        )
        self._commands(self.app)
        self._views(self.app)
        self._actions(self.app)
        self.app.shortcut("new_thing")(self.new_thing)
        self.app.shortcut("keep_this")(self.keep_this)
        self.app.event("app_home_opened")(self.home)

    def __call__(self, body: bytes, headers: Mapping[str, str], _seconds: float):
        """Take a signed request without a socket between."""
        answer = self.app.dispatch(BoltRequest(body=body.decode(), headers=dict(headers)))
        kept = {name: values[0] for name, values in answer.headers.items()}
        return answer.status, answer.body or "", kept

    def said(self, kind):
        """What was heard of one kind, in order."""
        return [what for heard, what in self.heard if heard == kind]

    def _commands(self, app):
        app.command("/everything")(
            lambda ack, client, body: self._open(ack, client, body, everything())
        )
        app.command("/stack")(
            lambda ack, client, body: self._open(ack, client, body, first(body["text"] or "First"))
        )
        app.command("/say")(self.say)
        app.command("/whisper")(
            lambda ack, body: ack(text=body["text"] or "psst", response_type="ephemeral")
        )
        app.command("/broken")(self.broken)
        app.command("/silent")(lambda ack: (time.sleep(TOO_LONG), ack()))

    def _views(self, app):
        app.view("everything")(self.submitted)
        app.view_closed("everything")(
            lambda ack, view: (ack(), self.heard.append(("closed", view)))
        )
        app.view("first")(lambda ack: ack(response_action="push", view=self.second()))
        app.view("second")(lambda ack: ack(response_action="update", view=self.third()))
        app.view("third")(lambda ack: ack(response_action="clear"))

    def _actions(self, app):
        app.action("agree")(self.agree)
        app.action("push")(self.push)
        app.action("deeper")(self.deeper)
        app.action("more")(self.more)
        app.action("remove")(lambda ack, respond: (ack(), respond(delete_original=True)))
        app.action("pick")(self.note_action)
        app.action("count_up")(self.count_up)
        app.action({"block_id": "kind", "action_id": "it"})(self.change_kind)
        app.options("it")(lambda ack, payload: ack(options=self.fruits(payload["value"])))

    def fruits(self, typed):
        self.heard.append(("typed", typed))
        return [option(each, "a fruit") for each in FRUITS if typed.lower() in each.lower()]

    def _open(self, ack, client, body, view):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    def say(self, ack, client, body):
        ack()
        blocks = spoken(body["text"] or "Hello")
        client.chat_postMessage(
            channel=body["channel_id"], text=body["text"] or "Hello", blocks=blocks
        )

    def broken(self, ack, client, body):
        ack()
        blocks = [{"type": "header", "text": plain("x" * 151)}]
        try:
            client.chat_postMessage(channel=body["channel_id"], text="x", blocks=blocks)
        except SlackApiError as error:
            self.heard.append(("refused", error.response["error"]))

    def submitted(self, ack, view):
        values = {
            name: next(iter(block.values())) for name, block in view["state"]["values"].items()
        }
        self.heard.append(("values", values))
        if values["name"]["value"] == "Silence":
            time.sleep(TOO_LONG)
        if values["name"]["value"] == "Nobody":
            ack(response_action="errors", errors={"name": "We know nobody of that name."})
        else:
            ack()

    def second(self):
        return modal(
            "Second",
            {"type": "section", "text": mrkdwn("_Two_ of three.")},
            {"type": "actions", "elements": [button("Go deeper", "deeper")]},
            callback_id="second",
        )

    def third(self):
        return modal(
            "Third", {"type": "section", "text": mrkdwn("~Three~ of three.")}, callback_id="third"
        )

    def push(self, ack, client, body):
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=self.second())

    def deeper(self, ack, client, body):
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=self.third())

    def change_kind(self, ack, client, body, action):
        ack()
        view = first("Changed")
        chosen = action["selected_option"]["text"]["text"]
        view["blocks"].insert(
            1, {"type": "section", "block_id": "asked", "text": plain(f"About {chosen}")}
        )
        view["blocks"].insert(
            3, field("why", f"Why {chosen}?", {"type": "plain_text_input"}, optional=True)
        )
        client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

    def agree(self, ack, client, body):
        ack()
        who = body["user"]["id"]
        message = body["message"]
        client.chat_update(
            channel=body["channel"]["id"],
            ts=message["ts"],
            text="Agreed",
            blocks=[{"type": "section", "text": mrkdwn(f"<@{who}> agrees.")}],
        )
        client.chat_postMessage(
            channel=body["channel"]["id"], thread_ts=message["ts"], text="Noted in the thread"
        )

    def more(self, ack, respond, action):
        ack()
        self.heard.append(("chosen", action["selected_option"]["value"]))
        respond(text="Only you read this", replace_original=False)

    def note_action(self, ack, action):
        ack()
        self.heard.append(("chosen", action["selected_option"]["value"]))

    def new_thing(self, ack, client, body):
        self._open(ack, client, body, first("New thing"))

    def keep_this(self, ack, client, body):
        text = body["message"]["text"]
        view = modal("Keep this", {"type": "section", "text": plain(text)}, submit="")
        self._open(ack, client, body, view)

    def home(self, client, event):
        if event["tab"] == "home":
            client.views_publish(user_id=event["user"], view=self.home_view(0))

    def count_up(self, ack, client, body, action):
        ack()
        client.views_publish(user_id=body["user"]["id"], view=self.home_view(int(action["value"])))

    def home_view(self, count):
        return {
            "type": "home",
            "blocks": [
                {"type": "header", "text": plain("Home")},
                {"type": "section", "block_id": "n", "text": plain(f"Pressed {count} times")},
                {
                    "type": "actions",
                    "block_id": "b",
                    "elements": [button("Press", "count_up", value=str(count + 1))],
                },
            ],
        }
