"""The stand-in Slack of a benchmark, in a process of its own, and what arrived there."""

import contextlib
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import trustme

from bench.server import PATIENCE, ROOT
from bench.signed import SIGNING_SECRET
from sandbox.driver import Slack


REPORTER, EXECUTIVE_CHANNEL = "U_TARA", "C_EXEC"
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
"""The authorities that Debian's openssl knows, in the one file that it looks for."""


@dataclass(frozen=True)
class StandIn:
    """A running stand-in, and the settings with which an app finds it."""

    slack: Slack
    environ: dict[str, str]

    def triggers(self, count: int) -> list[str]:
        return self.slack.triggers(REPORTER, count)

    def lines(self) -> int:
        """Return how many Socket Mode lines are open."""
        return int(self.slack.get("workspace")["app"]["connections"])

    def arrivals(self, triggers: Sequence[str], seconds: float = PATIENCE) -> dict[str, float]:
        """Return when views.open arrived for each trigger, in seconds since 1970.

        Waits for the last, `seconds` at most: those that never came are left out.
        """
        until = time.monotonic() + seconds
        while True:
            time.sleep(0.05)
            calls = self.slack.calls("views.open")
            came = {call["args"]["trigger_id"]: call["at"] for call in calls}
            found = {trigger: came[trigger] for trigger in triggers if trigger in came}
            if len(found) == len(triggers) or time.monotonic() > until:
                self.slack.clear_traffic()
                return found


@contextlib.contextmanager
def standing_in(folder: Path, *, tls: bool = False) -> Iterator[StandIn]:
    """Serve a stand-in while the block runs; it limits no rates and lets a trigger live long."""
    options = ["--port", "0", "--manifest", "manifest.json", "--no-rate-limits"]
    environ, context = {}, None
    if tls:
        certified, trusted = _certificates(folder)
        options += certified
        environ["SSL_CERT_FILE"] = str(trusted)
        context = ssl.create_default_context(cafile=str(trusted))
    with _process(options, folder / "slack.log") as base_url:
        slack = Slack(base_url, context)
        slack.settings(trigger_seconds=60.0, ack_seconds=60.0)  # the machine may be busy
        yield StandIn(slack, _environ(slack) | environ)


def _environ(slack: Slack) -> dict[str, str]:
    return {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_APP_TOKEN": "xapp-sandbox",
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "EXECUTIVE_CHANNEL": EXECUTIVE_CHANNEL,
        "LOG_LEVEL": "INFO",
    }


@contextlib.contextmanager
def _process(options: Sequence[str], log: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "sandbox", *options]
    with (
        log.open("ab") as told,
        subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            assert process.stdout
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def _certificates(folder: Path) -> tuple[list[str], Path]:
    """Return the options for serving over TLS, and the file of the authorities to be trusted."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    chain, key, trusted = folder / "chain.pem", folder / "key.pem", folder / "trusted.pem"
    for number, blob in enumerate(certificate.cert_chain_pems):
        blob.write_to_path(str(chain), append=number > 0)
    certificate.private_key_pem.write_to_path(str(key))
    trusted.write_bytes(
        (BUNDLE.read_bytes() if BUNDLE.exists() else b"") + authority.cert_pem.bytes()
    )
    return ["--tls-cert", str(chain), "--tls-key", str(key)], trusted
