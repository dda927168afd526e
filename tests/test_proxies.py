"""Proxies: real Slack is reached by one, our own machine never is, whatever the variables say."""

import shutil
import socket
import threading

import pytest

from bot.__main__ import main
from bot.config import drop_useless_proxies
from sandbox.driver import running
from sandbox.pictures import started as workspace_started
from tests.bot_process import person, web, worker


NOBODY = "http://127.0.0.1:9"
NAMES = ("http_proxy", "https_proxy", "all_proxy")
PROXIES = {each: NOBODY for name in NAMES for each in (name, name.upper())}
PROXIES |= {"no_proxy": "example.com", "NO_PROXY": "example.com"}


@pytest.fixture
def proxies(monkeypatch):
    """Every proxy there can be, and none answers."""
    for name, value in PROXIES.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:3000", "127.9.9.9", "[::1]:3000"])
def test_where_slack_is_a_stand_in_on_this_machine_every_proxy_is_forgotten(host):
    environ = {"SLACK_API_URL": f"http://{host}/api/", "PATH": "/bin", **PROXIES}
    drop_useless_proxies(environ)
    assert not [name for name in environ if name.lower() in NAMES]
    assert environ["PATH"] == "/bin"


@pytest.mark.parametrize("host", ["slack.com", "10.0.0.1", "localhost.example.com", "x]", ""])
def test_where_slack_is_elsewhere_every_proxy_stays(host):
    environ = {"SLACK_API_URL": f"https://{host}/api/", **PROXIES}
    before = dict(environ)
    drop_useless_proxies(environ)
    assert environ == before
    drop_useless_proxies(PROXIES)
    assert PROXIES["HTTPS_PROXY"] == NOBODY


def test_real_slack_is_asked_through_the_proxy(monkeypatch, tmp_path, capsys):
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        thread = threading.Thread(target=listen, args=(proxy, asked))
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-x")
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'on_record.db'}")
        assert main(["check"]) == 1
        thread.join()
    assert asked == [b"CONNECT slack.com:443"]
    assert "cannot be reached" in capsys.readouterr().out


def listen(proxy: socket.socket, asked: list[bytes]) -> None:
    """Note what the first request asks for, and hang up once the tunnel stands."""
    connection, _ = proxy.accept()
    with connection:
        asked.append(b" ".join(connection.recv(1000).split(b" ")[:2]))
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")


@pytest.mark.usefixtures("proxies", "processes")
def test_whoever_drives_the_stand_in_asks_it_directly():
    with running() as slack:
        assert slack.seq() >= 0
        with workspace_started("sleep 30", slack.base_url, 5):
            pass


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("run", [web, worker])
def test_the_bot_asks_a_stand_in_directly(run, migrated_sqlite, tmp_path):
    url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}"
    with running(socket_mode=run is worker) as slack:
        slack.settings(ack_seconds=15, trigger_seconds=15)
        with run(slack, url, tmp_path, **PROXIES) as bot:
            if run is worker:
                bot.wait_for("connected")
            tara = person(slack)
            assert tara.command("/client-incident").ok
            assert tara.modal
