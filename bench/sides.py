"""Our web process and a floor beside it, on equal databases and the same stand-in Slack."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import databases
from bench.server import OURS, Server, floor, serving
from bench.slack import StandIn, standing_in
from bot.clients.directory import SEEDED_CONDUCT
from bot.incidents.form import Form, build


CLIENTS = 5000


@dataclass(frozen=True)
class Sides:
    """Both know 5,000 clients, though a floor may not care."""

    stand_in: StandIn
    ours: Server
    floor: Server


@contextlib.contextmanager
def sides(floor_name: str, kind: str = "SQLite", *, tls: bool = False) -> Iterator[Sides]:
    """Serve both while the block runs."""
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        folder = enter(databases.temporary_folder())
        stand_in = enter(standing_in(folder, tls=tls))
        make = enter(databases.KINDS[kind]())
        view = {"BENCH_VIEW": str(_form_in(folder))}
        servers = []
        for name, arguments in (("ours", OURS), ("floor", floor(floor_name))):
            url = enter(make())
            with databases.opened(url) as database:
                databases.add_clients(database, CLIENTS)
            environ = stand_in.environ | {"DATABASE_URL": url} | view
            servers.append(enter(serving(arguments, environ, folder / f"{name}.log")))
        yield Sides(stand_in, *servers)


def _form_in(folder: Path) -> Path:
    """Return a file with our own form as it opens: the floors send the same one."""
    file = folder / "view.json"
    file.write_text(json.dumps(build(Form(datetime.now(UTC)), SEEDED_CONDUCT)), encoding="utf-8")
    return file
