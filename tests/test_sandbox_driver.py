"""What a driver sees and does, the workspace description, and the live feed."""

import json
import threading
import urllib.error
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import sandbox
from sandbox.driver import HOME, NotOnScreen, at, running
from sandbox.errors import BadWorkspace
from sandbox.seed import build_world, read_workspace
from tests import sandbox_room as room
from tests.sandbox_bolt import (
    actions,
    opened,
    options,
    plain,
    posted,
    question,
    web_client,
)


both, slack, bot, tara = room.both, room.slack, room.bot, room.tara
SELECT = {"type": "static_select", "options": options(3)}
BOXES = {"type": "checkboxes", "options": options(3)}


@pytest.mark.parametrize(
    ("element", "entered", "held"),
    [
        ({"type": "plain_text_input"}, "words", {"value": "words"}),
        ({"type": "number_input", "is_decimal_allowed": False}, 7, {"value": "7"}),
        (SELECT, "Option 2", {"selected_option": options(3)[2]}),
        (SELECT, "2", {"selected_option": options(3)[2]}),
        (SELECT, None, {"selected_option": None}),
        (BOXES, ["Option 0", "Option 2"], {"selected_options": options(3)[::2]}),
        (BOXES, [], {"selected_options": []}),
        ({"type": "datepicker"}, "2026-01-31", {"selected_date": "2026-01-31"}),
        ({"type": "timepicker"}, "09:30", {"selected_time": "09:30"}),
        ({"type": "datetimepicker"}, 1_700_000_000, {"selected_date_time": 1_700_000_000}),
        ({"type": "users_select"}, "U_SAM", {"selected_user": "U_SAM"}),
        ({"type": "multi_users_select"}, ["U_SAM"], {"selected_users": ["U_SAM"]}),
        ({"type": "channels_select"}, "C_EXEC", {"selected_channel": "C_EXEC"}),
    ],
)
def test_each_kind_of_input_keeps_its_own_kind_of_value(slack, tara, element, entered, held):
    opened(slack, question("q", element))
    tara.fill({"q": entered})
    assert tara.values["q"]["v"] == {"type": element["type"], **held}


@pytest.mark.parametrize(
    ("element", "entered"),
    [
        (SELECT, "Option 9"),
        ({"type": "datepicker"}, "31.1.2026"),
        ({"type": "timepicker"}, "half past nine"),
        ({"type": "datetimepicker"}, "now"),
        ({"type": "users_select"}, "U_NOBODY"),
        ({"type": "channels_select"}, "C_NOWHERE"),
        ({"type": "file_input"}, "F_NONE"),
        ({"type": "external_select"}, "not offered"),
    ],
)
def test_what_is_not_offered_cannot_be_entered(slack, tara, element, entered):
    opened(slack, question("q", element))
    with pytest.raises(NotOnScreen):
        tara.fill({"q": entered})


def test_rich_text_is_kept_as_a_block(slack, tara):
    opened(slack, question("q", {"type": "rich_text_input"}))
    tara.fill({"q": "words"})
    assert tara.values["q"]["v"]["rich_text_value"]["type"] == "rich_text"


def test_a_file_is_chosen_and_the_app_may_fetch_it(slack, tara):
    opened(slack, question("q", {"type": "file_input"}))
    tara.fill({"q": tara.upload("log.txt", b"evidence")})
    file = tara.values["q"]["v"]["files"][0]
    assert (file["name"], file["size"], file["user"]) == ("log.txt", 8, "U_TARA")
    token = {"Authorization": "Bearer xoxb-sandbox"}
    with urlopen(Request(file["url_private_download"], headers=token)) as answer:
        assert answer.read() == b"evidence"


def test_without_the_token_a_file_is_not_given(slack, tara):
    file = tara.upload("log.txt", b"evidence")
    with urlopen(f"{slack.base_url}/files/{file}") as answer:
        assert answer.url == f"{slack.base_url}/"
        assert b"evidence" not in answer.read()


@pytest.mark.parametrize(
    ("element", "entered", "told"),
    [
        ({"type": "plain_text_input", "max_length": 3}, "four", "3 characters or fewer"),
        ({"type": "plain_text_input", "min_length": 5}, "four", "5 characters or more"),
        ({"type": "plain_text_input"}, None, "complete this required field"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "valid number"),
        (
            {"type": "number_input", "is_decimal_allowed": True, "min_value": "2"},
            "1.5",
            "2 or more",
        ),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "1"}, "1.5", "1 or le"),
        ({"type": "email_text_input"}, "nobody", "valid email"),
        ({"type": "url_text_input"}, "nowhere", "valid URL"),
        (
            {"type": "multi_static_select", "options": options(3), "max_selected_items": 1},
            ["0", "1"],
            "no more than 1",
        ),
    ],
)
def test_slack_itself_asks_for_what_is_missing(slack, bot, tara, element, entered, told):
    opened(slack, question("q", element))
    tara.fill({"q": entered})
    assert told in tara.submit().errors["q"]
    assert bot.got == []


def test_an_optional_question_may_stay_open(slack, tara):
    opened(slack, question("q", optional=True))
    assert tara.submit().ok


def test_things_are_found_by_label_id_or_words(slack, tara):
    button = {"type": "button", "action_id": "go", "value": "7", "text": plain("I'll take it")}
    opened(
        slack,
        question("what", label="What happened"),
        question("who", {"type": "plain_text_input", "placeholder": plain("A name")}),
        {"type": "actions", "block_id": "row", "elements": [button]},
    )
    for name in ("What happened", "what happened", "what"):
        tara.fill({name: name})
        assert tara.values["what"]["v"]["value"] == name
    tara.fill({"A name": "Karen"})
    for name in ("go", "7", "I'll take it", "row"):
        assert tara.press(name).ok


def test_what_two_things_are_called_is_not_clear(slack, tara):
    opened(slack, question("one"), question("two"))
    with pytest.raises(NotOnScreen, match="2 things are called “v”"):
        tara.fill({"v": "x"})
    with pytest.raises(NotOnScreen, match="sees nothing called “three”"):
        tara.fill({"three": "x"})
    with pytest.raises(NotOnScreen, match="is no button"):
        tara.press("one")


def test_menus_dialogs_and_links_do_what_they_do_in_slack(slack, bot, tara):
    dialog = {name: plain("Sure?") for name in ("title", "text", "confirm", "deny")}
    menu = {"type": "overflow", "action_id": "menu", "options": options(2)}
    sure = {"type": "button", "action_id": "sure", "text": plain("Delete"), "confirm": dialog}
    away = {"type": "button", "action_id": "away", "text": plain("Docs"), "url": "https://x.org"}
    posted(slack, {"type": "actions", "elements": [menu, sure, away]})
    tara.press("Option 1")
    assert bot.payload["actions"][0]["selected_option"]["value"] == "1"
    tara.press("Delete", confirm=False)
    assert len(bot.got) == 1
    tara.press("Delete")
    assert len(bot.got) == 2
    assert tara.press("Docs").url == "https://x.org"


def test_a_modal_hides_what_is_behind_it(slack, tara):
    posted(slack, actions("behind"))
    opened(slack, question("q"))
    with pytest.raises(NotOnScreen):
        tara.press("behind")
    tara.close()
    assert tara.press("behind").ok


def test_the_newest_message_is_meant_unless_another_is_named(slack, bot, tara):
    older, newer = posted(slack, actions("go")), posted(slack, actions("go"))
    tara.press("go")
    assert bot.payload["message"]["ts"] == newer["ts"]
    tara.press("go", at(older))
    assert bot.payload["message"]["ts"] == older["ts"]


def test_home_is_pressed_when_it_is_meant(slack, bot, tara):
    posted(slack, actions("go"))
    home = {"type": "home", "blocks": [actions("go")]}
    web_client(slack).views_publish(user_id="U_TARA", view=home)
    tara.press("go", HOME)
    assert bot.payload["view"]["type"] == "home"


def test_choosing_in_a_message_is_kept_in_it(slack, bot, tara):
    message = posted(
        slack, {"type": "actions", "block_id": "b", "elements": [{**SELECT, "action_id": "s"}]}
    )
    tara.choose("s", "Option 1", at(message))
    state = bot.payload["state"]["values"]
    assert state["b"]["s"]["selected_option"]["value"] == "1"


def test_a_person_waits_for_what_is_on_its_way(slack):
    tara = slack.person("U_TARA")
    later = threading.Timer(0.2, opened, (slack, question("q")))
    later.start()
    tara.fill({"q": "words"})
    later.join()
    assert tara.values["q"]["v"]["value"] == "words"


def test_a_person_does_not_wait_for_ever(slack, tara):
    with pytest.raises(NotOnScreen, match="no modal open"):
        assert tara.modal
    with pytest.raises(NotOnScreen, match="no new Home"):
        tara.home()
    with pytest.raises(NotOnScreen, match="ephemeral message"):
        tara.told("anything")
    with pytest.raises(AssertionError, match="no message with"):
        slack.wait_for_message("C_EXEC", "anything", seconds=0)


def test_messages_are_unread_until_they_are_read(slack, tara):
    def unread():
        return {each["id"]: each["unread"] for each in tara.screen()["channels"]}["C_GENERAL"]

    tara.read("C_GENERAL")
    assert unread() == 0
    posted(slack, actions("go"))
    slack.person("U_SAM").write("C_GENERAL", "me too")
    assert unread() == 2
    tara.read("C_GENERAL")
    assert unread() == 0


def test_people_see_what_they_are_in(slack, tara):
    assert "C_EXEC" not in {each["id"] for each in tara.screen()["channels"]}
    with pytest.raises(NotOnScreen, match="cannot see C_EXEC"):
        tara.write("C_EXEC", "x")
    with pytest.raises(NotOnScreen, match="cannot see C_RANDOM"):
        slack.person("U_GUEST").hurried().write("C_RANDOM", "x")
    with pytest.raises(NotOnScreen, match="cannot post"):
        tara.write("C_OLD", "x")


def test_the_driver_itself_changes_who_there_is(slack):
    slack.change_person("U_SAM", is_restricted=True)
    assert web_client(slack).users_info(user="U_SAM")["user"]["is_restricted"]
    slack.change_channel("C_EXEC", add=["U_SAM"])
    assert "U_SAM" in web_client(slack).conversations_members(channel="C_EXEC")["members"]
    with pytest.raises(ValueError, match="cannot change colour"):
        slack.change_person("U_SAM", colour="red")
    with pytest.raises(NotOnScreen, match="nobody called U_NOBODY"):
        slack.change_channel("C_EXEC", add=["U_NOBODY"])


def test_time_only_moves_on(slack):
    with pytest.raises(ValueError, match="only moves on"):
        slack.advance(-1)


def test_a_foreign_page_cannot_send_orders(slack):
    request = Request(f"{slack.base_url}/sandbox/reset", b"{}", {"Content-Type": "text/plain"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urlopen(request)
    with caught.value:
        assert caught.value.code == 415


def test_changes_are_told_as_they_happen(slack, tara):
    place = slack.base_url.replace("http", "ws")
    with connect(f"{place}/sandbox/live") as feed:
        tara.write("C_GENERAL", "hello")
        change = json.loads(feed.recv(5))
        assert (change["kind"], change["what"]) == ("message", "posted")
        assert (change["channel"], change["user"]) == ("C_GENERAL", "U_TARA")
    with connect(f"{place}/sandbox/live?since={change['seq'] - 1}") as feed:
        assert json.loads(feed.recv(5)) == change


def test_a_page_from_elsewhere_may_not_watch(slack):
    place = slack.base_url.replace("http", "ws")
    with connect(f"{place}/sandbox/live", origin=slack.base_url):
        pass
    with pytest.raises(InvalidStatus), connect(f"{place}/sandbox/live", origin="https://x.org"):
        pass


def test_pictures_are_drawn(slack):
    with urlopen(f"{slack.base_url}/avatars/U_TARA") as answer:
        assert b">TL<" in answer.read()


def test_another_workspace_can_be_loaded(slack):
    other = {"team": {"id": "T_NEW", "name": "New", "domain": "new"}, "people": []}
    slack.load(other)
    assert web_client(slack).auth_test()["team_id"] == "T_NEW"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"people": [{"id": "U_X", "shoe_size": 7}]}, "people, U_X: .*shoe_size"),
        ({"channels": [{"id": "C_X", "members": ["U_NOBODY"]}]}, "C_X: no such person U_NOBODY"),
        (
            {
                "people": [{"id": "U_X", "name": "x", "real_name": "X"}],
                "channels": [
                    {
                        "id": "C_X",
                        "messages": [{"user": "U_X", "blocks": [{"type": "sparkle"}]}],
                    }
                ],
            },
            "C_X, .*: unsupported type: sparkle",
        ),
    ],
)
def test_a_workspace_that_cannot_be_is_refused(change, problem):
    team = {"id": "T_X", "name": "X", "domain": "x"}
    with pytest.raises(BadWorkspace, match=problem):
        build_world({"team": team, **change})


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_workspace_file_that_is_no_json_object_is_refused(tmp_path, text):
    file = tmp_path / "workspace.json"
    file.write_text(text)
    with pytest.raises(BadWorkspace, match=r"workspace\.json"):
        read_workspace(file)


def test_a_workspace_brings_its_own_conversations():
    described = read_workspace()
    described["channels"][0]["messages"] = [
        {
            "user": "U_ERIN",
            "text": "old",
            "minutes_ago": 90,
            "replies": [{"user": "U_TARA", "text": "answer", "minutes_ago": 80}],
        }
    ]
    with running(described) as slack:
        first, answer = slack.messages("C_GENERAL")
        assert (first["reply_count"], answer["thread_ts"]) == (1, first["ts"])


def test_the_stand_in_knows_nothing_of_the_app():
    for file in Path(sandbox.__file__).parent.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for foreign in ("bot", "models"):
            assert f"\nfrom {foreign}" not in text, file
            assert f"\nimport {foreign}" not in text, file
