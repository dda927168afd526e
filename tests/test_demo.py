"""The demo: what its sample MSP has been through, and that everything it prints works."""

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import files
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.__main__ import main
from bot.demo.seed import is_empty, seed
from bot.demo.stories import HERE, clients
from bot.escalations.posts import SUMMARY
from models import Client, ConductType, Delivery, DeliveryStatus, Escalation, Incident
from sandbox.driver import Slack, at, words_of
from sandbox.seed import read_workspace
from tests.bot_process import PATIENCE, ROOT, free_port, person
from tests.test_house import imports
from tests.waiting import wait_until


pytestmark = pytest.mark.usefixtures("processes")
PARTS = (
    *("alembic", "alembic.ini", "bot", "gunicorn.conf.py", "manifest.json", "models", "sandbox"),
    "requirements-demo.in",
)
TOOLS = {"browser", "pictures"}  # these are for tests and pictures, not for the demo
NOBODY = "http://127.0.0.1:9"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


class Demo:
    """A running demo, and what it has printed."""

    def __init__(self, process, log, port):
        self.process, self.log, self.port = process, log, port

    @property
    def said(self):
        return self.log.read_text()

    def wait_until_ready(self):
        until = time.monotonic() + PATIENCE
        while "Ctrl-C" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < until, self.said
            time.sleep(0.02)

    @property
    def slack(self):
        """The workspace at the address that was printed."""
        return Slack(re.search(r"http://[\d.:]+", self.said)[0])

    def interrupt(self):
        """Press Ctrl-C, which reaches the whole process group; returns the exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE)


class Checkout:
    """A copy of the program, so that the demo of the person who runs the tests stays as it is."""

    def __init__(self, folder):
        self.folder = folder
        for name in PARTS:
            (folder / name).symlink_to(ROOT / name)

    @contextmanager
    def run(self, *, flags=(), **settings):
        before = set(self.running())
        port = free_port()
        log = self.folder / f"demo-{port}.log"
        told = {"DEMO_PORT": str(port), "PYTHON_DOTENV_DISABLED": "1", **settings}
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, *flags, "-m", "bot", "demo"],
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], **told},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        try:
            yield Demo(process, log, port)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(PATIENCE)
            assert set(self.running()) <= before

    def running(self):
        """The processes that know this folder, with their commands."""
        found = {}
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                command = path.read_bytes().decode()
            except OSError:
                continue
            if str(self.folder) in command:
                found[int(path.parent.name)] = command
        return found


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """One demo for all that only look and try."""
    with Checkout(tmp_path_factory.mktemp("demo")).run() as running:
        running.wait_until_ready()
        yield running


@pytest.fixture(scope="module")
def slack(demo):
    return demo.slack


def shows(slack, somebody, words):
    """Whether the modal on top has these words, waited for."""
    return slack.wait_for(lambda: words in words_of(somebody.modal), PATIENCE)


def only(messages):
    assert len(messages) == 1, [words_of(each) for each in messages]
    return messages[0]


def test_the_sample_msp_has_its_people_and_its_clients():
    people = read_workspace(HERE / "workspace.json")
    executives = next(each for each in people["channels"] if each["id"] == "C_EXEC")["members"]
    general = next(each for each in people["channels"] if each["id"] == "C_GENERAL")["members"]
    executives = set(executives) - {"U_ONRECORD"}
    guests = {each["id"] for each in people["people"] if each.get("is_restricted")}
    assert len(set(general) - executives - guests - {"U_ONRECORD"}) == 12
    assert len(executives) == 3
    assert len({each.name for each in clients(NOW)}) == 40


def test_its_record_tells_fourteen_months_of_different_clients(database):
    with database.write() as session:
        assert is_empty(session)
        seed(session, now=NOW)
        assert not is_empty(session)
    with database.read() as session:
        rows = session.execute(
            select(Client.name, ConductType.code, Incident.contact, Incident.occurred_at)
            .join(Incident.client)
            .join(Incident.conduct_type)
        ).all()
        named = session.scalar(select(func.count()).select_from(Client))
        waiting = session.scalars(
            select(Client.name)
            .join(Escalation.client)
            .join(Delivery, Delivery.subject_id == Escalation.id)
            .where(Delivery.kind == SUMMARY, Delivery.status == DeliveryStatus.PENDING)
        ).all()
    assert named == 40
    days = (NOW - min(each.occurred_at for each in rows)) / timedelta(days=1)
    assert 400 < days < 430
    assert len(rows) > 25
    told = Counter((each.name, each.code) for each in rows)
    assert told["Brightwater Dental", "abuse"] >= 4
    assert told["Linden Property Group", "no_response"] >= 4
    assert told["Kestrel Fitness", "non_payment"] >= 3
    assert told["Vantage Recruiting", "unethical"] == 1
    assert told["Orchard Montessori", "excessive_demands"] >= 3
    assert {each.contact for each in rows if each.code == "abuse"} == {"Karen Holt"}
    assert len({each.name for each in rows}) < 15
    assert waiting == ["Brightwater Dental"]


def test_it_prints_where_it_is_and_three_things_to_try(demo):
    assert f"http://127.0.0.1:{demo.port}\n" in demo.said
    assert re.findall(r"^  (\d)\. ", demo.said, re.MULTILINE) == ["1", "2", "3"]
    assert "Traceback" not in demo.said


def test_tara_puts_something_on_record_and_is_asked_about_judging_words(slack):
    tara = person(slack)
    tara.command("/client-incident", "brightwater", channel="C_GENERAL")
    assert shows(slack, tara, "Brightwater Dental")
    tara.fill({"What kind of conduct?": "Abusive towards staff"})
    tara.fill({"How serious?": "2 · Moderate"})
    tara.fill({"What happened, in order": "He called about a printer. He is an idiot."})
    tara.submit()
    assert shows(slack, tara, "idiot")
    tara.close()
    tara.fill({"What happened, in order": "He called about a printer and shouted."})
    tara.submit()
    assert shows(slack, tara, "is on record")


def test_erin_takes_the_one_explained_message_and_tara_is_told(slack):
    erin = person(slack, "U_ERIN")
    slack.wait_for_message("C_EXEC", "Brightwater Dental", PATIENCE)
    message = only([each for each in erin.reads("C_EXEC") if each["in_channel"]])
    assert erin.press("I'll take it", at(message)).ok
    assert "Erin Walsh" in words_of(
        slack.wait_for_message(slack.dm("U_TARA"), "Brightwater Dental", PATIENCE)
    )


def test_erin_searches_the_history_and_gail_is_refused(slack):
    erin, gail = person(slack, "U_ERIN"), person(slack, "U_GUEST")
    erin.command("/client-history", "brightwater printer", channel="C_GENERAL")
    assert shows(slack, erin, "my private mobile")
    gail.command("/client-history", "brightwater printer", channel="C_GENERAL")
    slack.wait_for(gail.ephemerals, PATIENCE)
    assert "printer" not in words_of(only(gail.ephemerals()))
    assert gail.modals == []


def test_karens_message_goes_on_record_and_she_sees_nothing_of_it(slack):
    tara, karen = person(slack), person(slack, "U_KAREN")
    said = next(each for each in karen.reads("C_CONNECT") if "monkey" in each["text"])
    before = karen.reads("C_CONNECT")
    tara.message_shortcut("log_client_incident", "C_CONNECT", said["ts"])
    assert shows(slack, tara, "trained monkey")
    tara.fill({"What kind of conduct?": "Abusive towards staff"})
    tara.fill({"How serious?": "2 · Moderate"})
    tara.fill({"What happened, in order": "She wrote this in our channel."})
    tara.submit()
    assert shows(slack, tara, "is on record")
    assert karen.reads("C_CONNECT") == before
    assert slack.refused() == []


def test_it_remembers_from_start_to_start_until_it_is_told_to_start_afresh(checkout):
    with checkout.run() as demo:
        demo.wait_until_ready()
        slack = demo.slack
        message = slack.wait_for_message("C_EXEC", "Brightwater Dental", PATIENCE)
        person(slack, "U_ERIN").press("I'll take it", at(message))
        slack.wait_for_message(slack.dm("U_TARA"), "Erin Walsh", PATIENCE)
        person(slack).write("C_GENERAL", "Good evening")
        assert demo.interrupt() == 0
        assert checkout.running() == {}
    with checkout.run() as demo:
        demo.wait_until_ready()
        slack = demo.slack
        assert slack.wait_for_message("C_EXEC", "Erin Walsh", PATIENCE)["ts"] == message["ts"]
        only([each for each in slack.messages("C_EXEC") if each["in_channel"]])
        assert "Erin Walsh" in words_of(slack.messages(slack.dm("U_TARA")))
        assert slack.messages("C_GENERAL")[-1]["text"] == "Good evening"
        person(slack, "U_ERIN").home()
        assert demo.interrupt() == 0
    with checkout.run(RESET="1") as demo:
        demo.wait_until_ready()
        slack = demo.slack
        slack.wait_for_message("C_EXEC", "Brightwater Dental", PATIENCE)
        assert person(slack, "U_ERIN").press("I'll take it").ok
        assert "Good evening" not in words_of(slack.messages("C_GENERAL"))
        found = checkout.running()
        os.kill(next(each for each in found if "sandbox" in found[each]), signal.SIGKILL)
        assert demo.process.wait(PATIENCE) == 1
        assert "ended by itself" in demo.said


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "3000.5"])
def test_a_port_that_is_none_is_used_wrongly_and_it_says_what_to_do(port, monkeypatch, capsys):
    monkeypatch.setenv("DEMO_PORT", port)
    assert main(["demo"]) == 2
    told = capsys.readouterr().err
    assert f"DEMO_PORT is “{port}”" in told
    assert "make demo DEMO_PORT=3100" in told


def test_where_the_port_is_taken_it_says_what_to_do_and_loses_nothing(checkout):
    kept = checkout.folder / ".demo" / "on_record.db"
    kept.parent.mkdir()
    kept.touch()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with checkout.run(DEMO_PORT=port, RESET="1") as demo:
            assert demo.process.wait(PATIENCE) == 1
            assert demo.said.splitlines() == [
                f"Port {port} is taken. Try: make demo DEMO_PORT=3100"
            ]
    assert kept.exists()


def test_a_second_demo_leaves_the_data_of_the_first_alone_and_says_where_that_is(checkout):
    with checkout.run() as first:
        first.wait_until_ready()
        with checkout.run(RESET="1") as second:
            assert second.process.wait(PATIENCE) == 1
            first_at = f"A demo runs from here already, at http://127.0.0.1:{first.port}"
            assert second.said == f"{first_at}; use that one, or stop it first.\n"
        tara = person(first.slack)
        tara.command("/client-incident", "brightwater", channel="C_GENERAL")
        assert shows(first.slack, tara, "Brightwater Dental")


def test_a_demo_in_a_folder_of_its_own_touches_no_other(checkout):
    with checkout.run(DEMO_FOLDER=str(checkout.folder / "apart"), RESET="1") as demo:
        demo.wait_until_ready()
    assert (checkout.folder / "apart" / "on_record.db").exists()
    assert not (checkout.folder / ".demo").exists()
    told = subprocess.run(["make", "-n", "pictures"], cwd=ROOT, capture_output=True, check=True)
    assert b'DEMO_FOLDER="$folder"' in told.stdout


def test_nothing_of_it_listens_to_other_machines(checkout):
    with checkout.run() as demo:
        demo.wait_until_ready()
        heard = [each for pid in checkout.running() for each in listening(pid)]
    assert len(set(heard)) == 2
    assert {each.split(":")[0] for each in heard} == {"0100007F"}


def listening(pid):
    """The addresses, as Linux writes them, on which a process takes connections."""
    files = [
        each.readlink().name for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink()
    ]
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in files]


def test_data_that_is_none_of_ours_ends_with_what_to_do(checkout):
    (checkout.folder / ".demo").mkdir()
    (checkout.folder / ".demo" / "on_record.db").write_bytes(b"no database" * 100)
    with checkout.run() as demo:
        assert demo.process.wait(PATIENCE) == 1
        assert demo.said.endswith("start afresh: make demo RESET=1\n")


def test_no_proxy_is_asked_for_what_is_on_this_machine(checkout):
    proxies = {"http_proxy": NOBODY, "HTTP_PROXY": NOBODY, "all_proxy": NOBODY, "no_proxy": "x"}
    with checkout.run(**proxies) as demo:
        demo.wait_until_ready()
        assert demo.interrupt() == 0


@pytest.mark.parametrize("folder", ["/proc/nowhere", "/proc/self", "taken"])
def test_a_folder_that_takes_no_files_is_said_in_one_line(checkout, folder):
    (checkout.folder / "taken").touch()
    with checkout.run(DEMO_FOLDER=str(checkout.folder / folder)) as demo:
        assert demo.process.wait(PATIENCE) == 1
    [line] = demo.said.splitlines()
    assert line.startswith(f"The demo cannot keep its data in {checkout.folder / folder}: ")
    assert line.endswith("Try: DEMO_FOLDER=/tmp/on-record-demo make demo")


@pytest.mark.parametrize("missing", [["uvloop"], ["jinja2", "starlette", "uvicorn"]])
def test_without_its_packages_it_names_make_demo_at_once(checkout, missing, tmp_path):
    link_packages(tmp_path / "packages", without=missing)
    with checkout.run(flags=["-S"], PYTHONPATH=str(tmp_path / "packages")) as demo:
        assert demo.process.wait(PATIENCE / 2) == 1
    assert demo.said == (
        f"The demo needs packages that are not here: {', '.join(missing)}. Run: make demo\n"
    )
    assert not (checkout.folder / ".demo").exists()


def link_packages(folder, without):
    """Make a folder of all that is installed here, but for some packages."""
    folder.mkdir()
    left_out = {Path(each).parts[0] for name in without for each in files(name)}
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if path.name not in left_out:
            (folder / path.name).symlink_to(path)


def test_it_looks_for_every_package_that_the_stand_in_imports():
    looked_for = (ROOT / "requirements-demo.in").read_text().splitlines()
    modules = [path for path in (ROOT / "sandbox").rglob("*.py") if path.stem not in TOOLS]
    imported = {name.split(".")[0] for path in modules for name in imports(path)}
    foreign = imported - {"sandbox", *sys.stdlib_module_names}
    assert "starlette" in foreign
    assert foreign <= set(looked_for)


@pytest.mark.parametrize("part", ["sandbox", "gunicorn.conf.py"])
def test_a_part_that_dies_at_its_start_ends_the_demo_at_once(checkout, part):
    broken = checkout.folder / part
    broken.unlink()
    if part == "sandbox":
        broken.mkdir()
        broken /= "__main__.py"
    broken.write_text("raise SystemExit('It is broken.')\n")
    with checkout.run() as demo:
        assert demo.process.wait(PATIENCE / 2) == 1
    assert demo.said.splitlines()[-2:] == [
        "It is broken.",
        "The demo did not start: the lines above say why.",
    ]


def test_ctrl_c_while_it_starts_ends_it_calmly(checkout):
    with checkout.run() as demo:
        wait_until(
            lambda: any("sandbox" in each for each in checkout.running().values()), seconds=PATIENCE
        )
        assert demo.interrupt() == 0
    assert "did not start" not in demo.said
