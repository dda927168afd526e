"""A real Bolt app on the other side, over signed HTTP and over Socket Mode, and over TLS."""

import signal
import ssl
import subprocess
import sys
import threading
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
import trustme
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.__main__ import main
from sandbox.driver import Address, Slack, at, running, words_of
from tests.sandbox_bolt import (
    TOKEN,
    actions,
    bolt_app,
    modal,
    options,
    plain,
    question,
    serving,
    web_client,
)


CLIENT = {"type": "external_select", "min_query_length": 1}


def make_app(slack, **more):
    """Take a note about a client: a command, a form, a typeahead, a post, a button, a home."""
    app = bolt_app(slack, **more)
    app.command("/note")(open_form)
    app.options("v")(offer)
    app.view("form")(save)
    app.action("seen")(seen)
    app.event("app_home_opened")(home)
    return app


def open_form(ack, body, client):
    ack()
    form = modal(question("client", CLIENT), question("what"))
    client.views_open(trigger_id=body["trigger_id"], view=form)


def offer(ack, payload):
    ack(options=[each for each in options(3) if payload["value"] in each["text"]["text"]])


def save(ack, view, client):
    values = view["state"]["values"]
    if values["what"]["v"]["value"] == "nothing":
        ack(response_action="errors", errors={"what": "Something, please."})
        return
    ack(response_action="update", view=modal({"type": "header", "text": plain("Thank you")}))
    client.chat_postMessage(channel="C_EXEC", text="A note", blocks=[actions("seen")])


def seen(ack, respond):
    ack()
    respond(text="Seen.", replace_original=True)


def home(event, client):
    view = {"type": "home", "blocks": [{"type": "header", "text": plain("Your notes")}]}
    client.views_publish(user_id=event["user"], view=view)


@contextmanager
def over_http(slack):
    with serving(make_app(slack)) as url:
        slack.reach(url)
        yield


@contextmanager
def over_socket(slack):
    slack.app(socket_mode=True)
    handler = SocketModeHandler(make_app(slack), "xapp-sandbox", web_client=web_client(slack))
    handler.connect()
    try:
        slack.wait_for(lambda: slack.get("workspace")["app"]["connections"] or None, 5)
        yield
    finally:
        handler.close()
        handler.app.listener_runner.listener_executor.shutdown()


WAYS = {"signed HTTP": over_http, "Socket Mode": over_socket}


@pytest.fixture(params=WAYS, scope="module")
def connected(request):
    with running() as slack, WAYS[request.param](slack):
        yield slack


@pytest.fixture
def slack(connected):
    connected.reset()
    return connected


def test_a_note_is_taken_seen_and_shown(slack):
    tara, erin = slack.person("U_TARA"), slack.person("U_ERIN")
    assert tara.command("/note").ok
    assert tara.type_ahead("client", "2") == ["Option 2"]
    tara.fill({"client": "Option 2", "what": "nothing"})
    assert tara.submit().errors == {"what": "Something, please."}
    tara.fill({"what": "They shouted."})
    assert tara.submit().ok
    assert words_of(tara.modal["blocks"]) == "Thank you"
    message = slack.wait_for_message("C_EXEC", "A note")
    assert erin.press("seen", at(message)).ok
    assert slack.wait_for_message("C_EXEC", "Seen.")["ts"] == message["ts"]
    assert words_of(tara.home()["blocks"]) == "Your notes"
    assert slack.refused() == []


def test_a_form_is_not_sent_with_a_question_open(slack):
    tara = slack.person("U_TARA")
    tara.command("/note")
    tara.fill({"what": "They shouted."})
    assert tara.submit().errors == {"client": "Please complete this required field."}
    assert slack.deliveries("view_submission") == []


def test_a_wrong_secret_reaches_nobody():
    with running() as slack, serving(make_app(slack, secret="another")) as url:
        slack.reach(url)
        outcome = slack.person("U_TARA").command("/note")
        assert outcome.trouble == "dispatch_failed"
        assert slack.deliveries()[0]["status"] == 401


def test_an_app_connects_again_when_sent_away_and_nobody_answers_once_it_is_gone():
    with running() as slack:
        tara = slack.person("U_TARA")
        with over_socket(slack):
            slack.disconnect()
            assert slack.wait_for(lambda: tara.command("/note").ok or None, 15)
        assert tara.command("/note").trouble == "dispatch_failed"


def test_a_listener_that_takes_too_long_is_a_timeout():
    with running() as slack:
        slack.settings(ack_seconds=0.2)
        app = make_app(slack)
        waiting = threading.Event()
        app.command("/slow")(lambda ack: (waiting.wait(2), ack()))
        with serving(app) as url:
            slack.reach(url)
            assert slack.person("U_TARA").command("/slow").trouble == "operation_timeout"
            waiting.set()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(folder / "cert.pem", append=number > 0)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return folder / "cert.pem", folder / "key.pem", context


def test_everything_works_over_tls(certificate):
    chain, key, context = certificate
    address = Address(certificate=str(chain), key=str(key))
    with running(address=address, context=context) as slack:
        assert slack.api_url.startswith("https://localhost:")
        client = web_client(slack, ssl=context)
        assert client.auth_test()["ok"]
        slack.fault("chat.postMessage", "lost")
        with pytest.raises(OSError, match=r"closed|EOF|reset"):
            client.chat_postMessage(channel="C_EXEC", text="done")
        assert words_of(slack.messages("C_EXEC")) == "done"


@pytest.mark.usefixtures("processes")
def test_it_runs_on_its_own_from_a_workspace_and_a_manifest(tmp_path):
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"features": {"slash_commands": [{"command": "/only"}]}}')
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--manifest", str(manifest)]
    command += ["--bot-token", "xoxb-mine", "--no-rate-limits"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent
    )
    with closing(process.stdout), ExitStack() as ending:
        ending.callback(process.kill)
        slack = Slack(process.stdout.readline().split()[-1])
        assert WebClient("xoxb-mine", base_url=slack.api_url).auth_test()["ok"]
        assert web_client(slack, TOKEN).api_test()["ok"]
        assert slack.get("workspace")["app"]["commands"][0]["command"] == "/only"
        assert slack.get("workspace")["settings"]["rate_limits"] is False
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_a_workspace_that_cannot_be_loaded_is_used_wrongly(tmp_path, capsys):
    assert main(["--workspace", str(tmp_path / "none.json")]) == 2
    assert "cannot be loaded" in capsys.readouterr().err
