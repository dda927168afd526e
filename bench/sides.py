"""Our web process and a floor beside it, on equal databases and the same stand-in Slack."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
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
class Stage:
    """A stand-in Slack, and for each side how its server is started."""

    stand_in: StandIn
    folder: Path
    starts: dict[str, tuple[Sequence[str], dict[str, str]]]

    def serving(self, side: str) -> AbstractContextManager[Server]:
        """Serve "ours" or "floor" while the block runs."""
        arguments, environ = self.starts[side]
        return serving(arguments, environ, self.folder / f"{side}.log")


@dataclass(frozen=True)
class Sides:
    """Both servers, running."""

    stand_in: StandIn
    ours: Server
    floor: Server


@contextmanager
def stage(floor_name: str, kind: str = "SQLite", *, tls: bool = False) -> Iterator[Stage]:
    """Give both sides a migrated database with 5,000 clients, though a floor may not care."""
    with ExitStack() as stack:
        folder = stack.enter_context(databases.temporary_folder())
        stand_in = stack.enter_context(standing_in(folder, tls=tls))
        make = stack.enter_context(databases.KINDS[kind]())
        environ = stand_in.environ | {"BENCH_VIEW": str(_form_in(folder))}
        starts: dict[str, tuple[Sequence[str], dict[str, str]]] = {}
        for side, arguments in (("ours", OURS), ("floor", floor(floor_name))):
            url = stack.enter_context(make())
            with databases.opened(url) as database:
                databases.add_clients(database, CLIENTS)
            starts[side] = (arguments, environ | {"DATABASE_URL": url})
        yield Stage(stand_in, folder, starts)


@contextmanager
def sides(floor_name: str, kind: str = "SQLite", *, tls: bool = False) -> Iterator[Sides]:
    """Serve both while the block runs."""
    with (
        stage(floor_name, kind, tls=tls) as staged,
        staged.serving("ours") as ours,
        staged.serving("floor") as other,
    ):
        yield Sides(staged.stand_in, ours, other)


def _form_in(folder: Path) -> Path:
    """Return a file with our own form as it opens: the floors send the same one."""
    file = folder / "view.json"
    file.write_text(json.dumps(build(Form(datetime.now(UTC)), SEEDED_CONDUCT)), encoding="utf-8")
    return file
