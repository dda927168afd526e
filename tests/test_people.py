import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.errors import Refused, SlackUnreachable
from bot.slack.http import web_client
from bot.slack.people import People, is_member, name_of
from sandbox.driver import running
from sandbox.seed import read_workspace
from tests.fakes import Seconds


EXECUTIVES, TECHNICIANS = "C_EXEC", "S_TECHS"
OUTSIDERS = {
    "a guest": "U_GUEST",
    "a guest of one channel": "U_SINGLE",
    "somebody deactivated": "U_GONE",
    "a bot": "U_OTHERBOT",
    "ourselves": "U_BOT",
    "Slackbot": "USLACKBOT",
    "a client's user in a shared channel": "U_KAREN",
    "nobody Slack knows": "U_NOBODY",
    "nobody at all": "",
}


@pytest.fixture(scope="module")
def workspace():
    with running() as slack:
        yield slack


@pytest.fixture
def slack(workspace):
    workspace.reset()
    workspace.clear_faults()
    workspace.clear_traffic()
    workspace.settings(rate_limits=True)
    return workspace


@pytest.fixture
def seconds():
    return Seconds()


def made(slack, seconds=time.monotonic, *, group="", timeout=2):
    client = web_client("xoxb-sandbox", slack.api_url, timeout)
    return People(
        client,
        lambda task: task(),
        executive_channel=EXECUTIVES,
        technician_group=group,
        clock=seconds,
    )


@pytest.fixture
def people(slack, seconds):
    return made(slack, seconds)


def asked(slack, method):
    return len(slack.calls(method))


def test_a_technician_may_come_in_and_is_no_executive(people):
    person = people.admit("U_TARA")
    assert (person.id, person.name, person.executive) == ("U_TARA", "Tara Lind", False)


def test_who_is_in_the_executive_channel_is_an_executive(people):
    assert people.admit("U_ERIN").executive


def test_an_administrator_outside_of_the_channel_is_no_executive(slack, people):
    slack.change_channel(EXECUTIVES, remove=["U_OMAR"])
    assert not people.admit("U_OMAR").executive


@pytest.mark.parametrize("user_id", OUTSIDERS.values(), ids=OUTSIDERS)
def test_everybody_else_is_refused(people, user_id):
    with pytest.raises(Refused, match="please ask one of the executives"):
        people.admit(user_id)


@pytest.mark.parametrize("user_id", ["U_GUEST", "U_KAREN", "U_GONE", "U_OTHERBOT"])
def test_an_outsider_in_the_executive_channel_is_refused_all_the_same(slack, people, user_id):
    slack.change_channel(EXECUTIVES, add=[user_id])
    with pytest.raises(Refused):
        people.admit(user_id)


@pytest.mark.parametrize("user_id", OUTSIDERS.values(), ids=OUTSIDERS)
def test_outsiders_are_refused_when_everybody_was_learnt_beforehand(people, user_id):
    people.warm()
    with pytest.raises(Refused):
        people.admit(user_id)


def test_with_a_group_only_its_members_and_executives_come_in(slack, seconds):
    slack.change_usergroup(TECHNICIANS, users=["U_TARA"])
    people = made(slack, seconds, group=TECHNICIANS)
    assert not people.admit("U_TARA").executive
    assert people.admit("U_ERIN").executive
    with pytest.raises(Refused):
        people.admit("U_MIGUEL")


def test_a_guest_in_the_group_is_refused(slack, seconds):
    slack.change_usergroup(TECHNICIANS, users=["U_GUEST", "U_TARA"])
    with pytest.raises(Refused):
        made(slack, seconds, group=TECHNICIANS).admit("U_GUEST")


def test_an_empty_group_leaves_the_executives_alone(slack, seconds):
    slack.change_usergroup(TECHNICIANS, users=[])
    people = made(slack, seconds, group=TECHNICIANS)
    assert people.admit("U_ERIN")
    with pytest.raises(Refused):
        people.admit("U_TARA")


@pytest.mark.parametrize("group", ["S_NONE", TECHNICIANS])
def test_a_group_that_cannot_be_read_lets_in_nobody_but_executives(slack, seconds, group):
    slack.fault("usergroups.users.list", "error", 9, code="missing_scope")
    people = made(slack, seconds, group=group)
    assert people.admit("U_ERIN")
    with pytest.raises(SlackUnreachable):
        people.admit("U_TARA")


def test_an_unreadable_executive_channel_makes_nobody_an_executive(slack, people):
    slack.fault("conversations.members", "error", 9, code="not_in_channel")
    assert not people.admit("U_ERIN").executive
    assert people.executives() == frozenset()


UNFIT = {
    "public": {"is_private": False},
    "shared with another organisation": {"shared_with": ["T_CLIENT"]},
    "being shared": {"pending_with": ["T_CLIENT"]},
    "archived": {"is_archived": True},
}


@pytest.mark.parametrize("change", UNFIT.values(), ids=UNFIT)
def test_to_be_in_an_executive_channel_that_others_read_makes_nobody_an_executive(
    slack, people, caplog, change
):
    slack.change_channel(EXECUTIVES, add=["U_MIGUEL"], **change)
    for user_id in ("U_MIGUEL", "U_ERIN"):
        person = people.admit(user_id)
        assert (person.executive, person.certain) == (False, False)
    assert people.executives() == frozenset()
    assert "executives_unknown" in {each.message for each in caplog.records}


def test_a_channel_that_becomes_public_makes_nobody_an_executive_two_minutes_later(
    slack, people, seconds
):
    assert people.admit("U_ERIN").executive
    slack.change_channel(EXECUTIVES, is_private=False, add=["U_MIGUEL"])
    seconds.now += 61
    assert not people.admit("U_MIGUEL").executive
    seconds.now += 60
    assert not people.admit("U_ERIN").executive
    slack.change_channel(EXECUTIVES, is_private=True)
    seconds.now += 6
    assert people.admit("U_ERIN").executive


def test_the_channel_is_looked_at_while_its_members_are_read(slack):
    slack.latency(0.5)
    people = made(slack)
    started = time.perf_counter()
    people.executives()
    assert time.perf_counter() - started < 0.9


def test_an_unreadable_executive_channel_does_not_turn_an_executive_into_a_stranger(slack, seconds):
    slack.fault("conversations.members", "error", 9, code="internal_error")
    people = made(slack, seconds, group=TECHNICIANS)
    assert people.admit("U_TARA")
    with pytest.raises(SlackUnreachable):
        people.admit("U_ERIN")


def test_nothing_is_allowed_on_a_guess(slack, people):
    slack.fault("users.info", "status", 9, status=503)
    with pytest.raises(SlackUnreachable):
        people.admit("U_TARA")


@pytest.mark.parametrize("kind", ["lost", "dropped", "error", "ratelimited", "status"])
def test_every_kind_of_failure_is_said_in_one_way(slack, people, kind):
    slack.fault("*", kind, 99)
    with pytest.raises(SlackUnreachable):
        people.admit("U_TARA")


def test_slack_that_does_not_say_our_team_lets_nobody_in(slack, people):
    slack.fault("auth.test", "error", 9, code="internal_error")
    with pytest.raises(SlackUnreachable):
        people.admit("U_TARA")


def test_many_who_come_at_once_wait_for_a_hanging_slack_only_once(slack):
    slack.fault("users.info", "hang", 20, seconds=1.5)
    people = made(slack, timeout=1)
    started = time.perf_counter()
    with ThreadPoolExecutor(20) as pool:
        tries = [pool.submit(people.admit, "U_TARA") for _ in range(20)]
    assert {type(each.exception()) for each in tries} == {SlackUnreachable}
    assert time.perf_counter() - started < 2.5
    assert len(slack.wait_for(lambda: slack.calls("users.info"), 3)) == 1


def test_who_was_let_in_comes_in_while_slack_is_away(slack, people, seconds):
    people.admit("U_ERIN")
    slack.fault("*", "dropped", 99)
    seconds.now += 119
    assert people.admit("U_ERIN").executive


def test_when_slack_is_away_for_long_nobody_stays_an_executive(slack, people, seconds):
    people.admit("U_ERIN")
    slack.fault("*", "dropped", 99)
    seconds.now += 121
    erin = people.admit("U_ERIN")
    assert (erin.executive, erin.certain) == (False, False)


def test_when_slack_is_away_for_very_long_nobody_comes_in(slack, people, seconds):
    people.admit("U_TARA")
    slack.fault("*", "dropped", 99)
    seconds.now += 601
    with pytest.raises(SlackUnreachable):
        people.admit("U_TARA")


def test_who_left_the_executive_channel_is_no_executive_a_minute_later(slack, people, seconds):
    assert people.admit("U_ERIN").executive
    slack.change_channel(EXECUTIVES, remove=["U_ERIN"])
    seconds.now += 61
    people.admit("U_TARA")  # the first who asks has the list renewed
    assert not people.admit("U_ERIN").executive


def test_who_was_deactivated_is_refused_after_five_minutes(slack, people, seconds):
    people.admit("U_TARA")
    slack.change_person("U_TARA", deleted=True)
    seconds.now += 301
    people.admit("U_TARA")  # has it renewed
    with pytest.raises(Refused):
        people.admit("U_TARA")


def test_a_second_look_asks_nothing(slack, people):
    people.admit("U_TARA")
    before = len(slack.calls())
    people.admit("U_TARA")
    assert len(slack.calls()) == before


def test_everybody_learnt_beforehand_is_not_asked_for(slack, people):
    people.warm()
    people.admit("U_TARA")
    people.admit("U_MIGUEL")
    assert asked(slack, "users.list") == 1
    assert asked(slack, "users.info") == 0


def test_learning_beforehand_fails_quietly(slack, people):
    slack.fault("*", "hang", 2, seconds=0.1)
    slack.fault("*", "status", 99)
    people.warm()
    slack.clear_faults()
    assert people.known("U_TARA") is None


def test_more_people_than_slack_answers_single_questions_for_come_in(slack, seconds):
    crowd = [f"U_TECH{number}" for number in range(450)]
    workspace = read_workspace()
    workspace["people"] += [{"id": each, "name": each.lower(), "real_name": each} for each in crowd]
    slack.load(workspace)
    people = made(slack, seconds)
    with ThreadPoolExecutor(32) as pool:
        admitted = list(pool.map(people.admit, crowd[:150]))
    assert [each.id for each in admitted] == crowd[:150]
    assert asked(slack, "users.list") == 3  # pages of 200, and only one roll call
    assert people.known(crowd[449]).member


def test_a_workspace_too_large_to_read_is_read_in_part(slack, seconds):
    crowd = [f"U_TECH{number}" for number in range(4100)]
    workspace = read_workspace()
    workspace["people"] += [{"id": each, "name": each.lower(), "real_name": each} for each in crowd]
    slack.load(workspace)
    slack.settings(rate_limits=False)
    people = made(slack, seconds)
    people.warm()
    assert asked(slack, "users.list") == 20
    assert people.admit(crowd[-1]).name == crowd[-1]


def test_a_large_executive_channel_is_read_to_the_end(slack, people):
    crowd = [f"U_EXEC{number}" for number in range(450)]
    workspace = read_workspace()
    workspace["people"] += [{"id": each, "name": each.lower(), "real_name": each} for each in crowd]
    next(each for each in workspace["channels"] if each["id"] == EXECUTIVES)["members"] += crowd
    slack.load(workspace)
    assert set(crowd) <= people.executives()


def test_a_name_is_shown_as_slack_shows_it_or_as_the_id(slack, people):
    assert people.name("U_KAREN") == "Karen Moss"
    assert people.name("U_NOBODY") == "U_NOBODY"
    slack.fault("users.info", "dropped", 9)
    assert people.name("U_TARA") == "U_TARA"


def test_what_is_known_is_told_without_asking(slack, people):
    assert people.known("U_TARA") is None
    people.admit("U_TARA")
    assert people.known("U_TARA").member
    assert asked(slack, "users.info") == 1


def test_a_colleague_is_a_full_member_and_nobody_else(slack, people):
    assert people.is_colleague("U_TARA")
    assert not people.is_colleague("U_GUEST")
    assert not people.is_colleague("U_KAREN")
    slack.fault("users.info", "dropped", 9)
    with pytest.raises(SlackUnreachable):
        people.is_colleague("U_MIGUEL")


def test_a_wait_for_slack_holds_nobody_up_who_is_known(slack):
    people = made(slack, timeout=1)
    people.admit("U_TARA")
    slack.latency(1.5, "users.info")
    waiting = threading.Thread(target=lambda: people.name("U_MIGUEL"))
    waiting.start()
    started = time.perf_counter()
    people.admit("U_TARA")
    assert time.perf_counter() - started < 0.2
    waiting.join()


@pytest.mark.parametrize(
    "user",
    [
        {"id": "U1", "team_id": "T_OTHER"},
        {"id": "U1"},
        {"team_id": "T_HOME"},
        {"id": "U1", "team_id": None, "enterprise_user": {"teams": ["T_OTHER"]}},
        {"id": "U1", "team_id": "T_HOME", "is_stranger": True},
    ],
)
def test_in_doubt_an_account_is_none_of_ours(user):
    assert not is_member(user, "T_HOME")


def test_an_enterprise_account_belongs_to_each_of_its_workspaces():
    user = {"id": "U1", "team_id": "T_MAIN", "enterprise_user": {"teams": ["T_MAIN", "T_HOME"]}}
    assert is_member(user, "T_HOME")


def test_a_name_is_found_wherever_slack_puts_it():
    assert name_of({"profile": {"real_name": "A"}, "real_name": "B"}) == "A"
    assert name_of({"profile": {}, "real_name": "B", "name": "c"}) == "B"
    assert name_of({"profile": None, "name": "c"}) == "c"
    assert name_of({}) == "somebody"
