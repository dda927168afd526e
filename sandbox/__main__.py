"""Run a stand-in: python -m sandbox [options]."""

import argparse
import contextlib
import json
import logging
import sys
from pathlib import Path

from sandbox.deliver.http import posting_to
from sandbox.desk import Desk
from sandbox.errors import BadWorkspace
from sandbox.keeping import keep_in
from sandbox.seed import DEFAULT, build_world, read_workspace
from sandbox.serving import Address, prepare


FAILED, USED_WRONGLY = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; returns the exit status."""
    chosen = _parser().parse_args(arguments)
    try:
        desk = make_desk(chosen)
    except (BadWorkspace, OSError, KeyError) as error:
        sys.stderr.write(f"That workspace cannot be loaded: {error}\n")
        return USED_WRONGLY
    logging.basicConfig(level=logging.WARNING)
    address = Address(chosen.host, chosen.port, chosen.tls_cert, chosen.tls_key)
    try:
        server, listening = prepare(desk, address)
    except OSError as error:
        sys.stderr.write(f"Port {chosen.port} of {chosen.host} cannot be used: {error.strerror}\n")
        return FAILED
    if chosen.keep:
        keep_in(desk, chosen.keep)
    sys.stdout.write(f"The stand-in workspace is at {desk.world.base_url}\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        server.run([listening])
    return 0


def make_desk(chosen: argparse.Namespace) -> Desk:
    """Return the desk that the options ask for."""
    described = read_workspace(chosen.workspace)
    if chosen.manifest:
        described["manifest"] = json.loads(chosen.manifest.read_text(encoding="utf-8"))
    secrets = {
        "signing_secret": chosen.signing_secret,
        "bot_token": chosen.bot_token,
        "app_token": chosen.app_token,
    }
    given = {name: value for name, value in secrets.items() if value}
    described["app"] = {**described.get("app", {}), **given}
    if chosen.no_rate_limits:
        described["settings"] = {**described.get("settings", {}), "rate_limits": False}
    desk = Desk(described, build_world(described), socket_mode=chosen.socket_mode)
    if chosen.request_url:
        desk.http.post = posting_to(chosen.request_url)
    return desk


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("sandbox", description="A stand-in Slack workspace.")
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=3000, help="0 takes a free one")
    add("--workspace", type=Path, default=DEFAULT, help="a JSON file that describes it")
    add("--keep", type=Path, help="a file to keep the conversations in, from start to start")
    add("--manifest", type=Path, help="the app's Slack manifest: commands, scopes, events")
    add("--request-url", default="", help="where the app takes Slack's requests")
    add("--socket-mode", action="store_true", help="the app connects by WebSocket instead")
    add("--signing-secret", default="")
    add("--bot-token", default="")
    add("--app-token", default="")
    add("--tls-cert", default="", help="a certificate file; serves over TLS")
    add("--tls-key", default="", help="its key")
    add("--no-rate-limits", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
