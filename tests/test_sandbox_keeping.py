"""A workspace remembers what was said in it, from one start to the next."""

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest

from sandbox.desk import Desk
from sandbox.driver import Slack
from sandbox.keeping import keep_in
from sandbox.seed import build_world, read_workspace
from sandbox.state.messages import Message
from sandbox.state.posting import post
from tests.conftest import ROOT
from tests.sandbox_bolt import actions, web_client


EVENT = {"event_type": "delivery", "event_payload": {"id": 7}}


@contextmanager
def started(path):
    """A stand-in in a process of its own, killed at the end."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--keep", str(path)]
    with subprocess.Popen(
        [*command, "--no-rate-limits"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Slack(process.stdout.readline().split()[-1])
        finally:
            process.kill()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "workspace.json"


@pytest.fixture
def opened(path):
    """Opens the workspace in this process, from the file."""

    def desk(base_url="http://127.0.0.1:3000", described=None):
        described = described or read_workspace()
        made = Desk(described, build_world(described))
        made.world.base_url = base_url
        keep_in(made, path)
        return made

    return desk


def say(desk, text, channel="C_GENERAL", **more):
    world = desk.world
    message = Message(world.clock.next_ts(), "U_TARA", text, **more)
    return post(world, world.channels[channel], message)


def words(desk, channel="C_GENERAL"):
    return [each.text for each in desk.world.channels[channel].messages.values()]


@pytest.mark.usefixtures("processes")
def test_all_that_was_said_is_there_after_a_kill(path):
    with started(path) as slack:
        client, tara = web_client(slack), slack.person("U_TARA")
        ts = client.chat_postMessage(
            channel="C_EXEC", text="First", blocks=[actions("go")], metadata=EVENT
        )["ts"]
        client.chat_update(channel="C_EXEC", ts=ts, text="Second", blocks=[actions("on")])
        client.chat_postMessage(channel="C_EXEC", text="In the thread", thread_ts=ts)
        client.reactions_add(channel="C_EXEC", timestamp=ts, name="eyes")
        client.files_upload_v2(channel="C_EXEC", filename="a.txt", content="as it was")
        tara.write(slack.dm("U_TARA"), "To the app alone")
        before, there = slack.messages("C_EXEC"), slack.base_url
    with started(path) as slack:
        now = slack.messages("C_EXEC")
        assert [each["text"] for each in now[-3:-1]] == ["Second", "In the thread"]
        assert now[-3]["metadata"] == EVENT
        assert json.dumps(now) == json.dumps(before).replace(there, slack.base_url)
        assert [each["text"] for each in slack.messages(slack.dm("U_TARA"))] == ["To the app alone"]
        assert web_client(slack).files_info(file=now[-1]["files"][0]["id"])["file"]["size"] == 9
        answer = web_client(slack).chat_update(channel="C_EXEC", ts=ts, text="Third")
        assert answer["message"]["text"] == "Third"


def test_links_lead_to_where_the_workspace_is_now(opened):
    say(opened("http://127.0.0.1:3000"), "see http://127.0.0.1:3000/files/F1 at :30001")
    assert words(opened("http://127.0.0.1:3100"))[-1] == (
        "see http://127.0.0.1:3100/files/F1 at :30001"
    )


def test_what_is_said_next_comes_after_what_was_said_before(opened):
    first = opened()
    first.world.clock.advance(3600)
    say(first, "an hour ahead")
    second = opened()
    say(second, "next")
    assert words(second)[-2:] == ["an hour ahead", "next"]
    stamps = list(second.world.channels["C_GENERAL"].messages)
    assert stamps == sorted(stamps)


def test_what_only_one_person_saw_is_gone_and_what_was_read_stays_read(opened):
    first = opened()
    say(first, "psst", only_for="U_TARA")
    said = say(first, "hello")
    first.world.channels["C_GENERAL"].last_read["U_SAM"] = said.ts
    say(first, "news")
    channel = opened().world.channels["C_GENERAL"]
    assert (channel.ephemerals, channel.unread("U_SAM")) == ([], 1)


def test_going_back_to_the_start_forgets(opened):
    first = opened()
    say(first, "hello")
    first.load(first.described)
    assert "hello" not in words(opened())


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "[1",
        "[]",
        "{}",
        '{"form": 0, "channels": []}',
        '{"form": 1, "base_url": "", "files": [], "channels": [{"id": "C_GENERAL", "x": 1}]}',
        '{"form": 1, "base_url": "", "files": [], "channels": [{"messages": [7]}]}',
        '{"form": 1, "base_url": "x", "files": [{}], "channels": []}',
        '{"form": 1, "base_url": "x", "files": [], "channels": null}',
    ],
)
def test_a_file_that_cannot_be_used_is_told_of_and_starts_afresh(opened, path, capsys, broken):
    path.write_text(broken)
    desk = opened()
    assert "start afresh" in capsys.readouterr().err
    say(desk, "hello")
    assert words(opened())[-1] == "hello"


def test_a_file_of_people_who_are_gone_is_not_used(opened, path, capsys):
    say(opened(), "hello")
    path.write_text(path.read_text().replace("U_TARA", "U_NOBODY"))
    assert "hello" not in words(opened())
    assert "nobody is called U_NOBODY" in capsys.readouterr().err


def test_a_channel_that_is_gone_is_left_out(opened):
    say(opened(), "hello")
    described = read_workspace()
    described["channels"] = [each for each in described["channels"] if each["id"] != "C_GENERAL"]
    assert "C_GENERAL" not in opened(described=described).world.channels


def test_whatever_is_cut_off_while_writing_leaves_the_last_whole_file(opened, path):
    say(opened(), "hello")
    path.with_name(f"{path.name}.new").write_text('{"form": 1, "chan')
    assert words(opened())[-1] == "hello"
