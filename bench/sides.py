"""Our web process and a floor beside it, on equal databases and the same stand-in Slack."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import databases, floors, sampler
from bench.scale import Scale
from bench.server import OURS, Server, floor, serving
from bench.slack import StandIn, standing_in
from bot.clients.directory import SEEDED_CONDUCT
from bot.incidents.form import Form, build


CLIENTS = 5000
PROFILE = "profile.json"


@dataclass(frozen=True)
class Stage:
    """A stand-in Slack, and for each side how its server is started."""

    stand_in: StandIn
    folder: Path
    starts: dict[str, tuple[Sequence[str], dict[str, str]]]

    @property
    def profile(self) -> Path:
        """Where our server says where its time goes, if it is asked to."""
        return self.folder / PROFILE

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
def stage(
    scale: Scale, floor_name: str, kind: str = "SQLite", *, tls: bool = False
) -> Iterator[Stage]:
    """Give both sides a migrated database with 5,000 clients, though a floor may not care."""
    with ExitStack() as stack:
        folder = stack.enter_context(databases.temporary_folder())
        stand_in = stack.enter_context(standing_in(folder, tls=tls))
        make = stack.enter_context(databases.KINDS[kind]())
        environ = stand_in.environ | {
            floors.VIEW: str(_form_in(folder)),
            sampler.FILE: str(folder / PROFILE),
        }
        starts: dict[str, tuple[Sequence[str], dict[str, str]]] = {}
        ours = (*OURS, sampler.SERVED) if scale.profile else OURS
        for side, arguments in (("ours", ours), ("floor", floor(floor_name))):
            url = stack.enter_context(make())
            with databases.opened(url) as database:
                databases.add_clients(database, CLIENTS)
            starts[side] = (arguments, environ | {"DATABASE_URL": url})
        yield Stage(stand_in, folder, starts)


@contextmanager
def sides(
    scale: Scale, floor_name: str, kind: str = "SQLite", *, tls: bool = False
) -> Iterator[Sides]:
    """Serve both while the block runs; then say where ours spent its time, if that is wanted."""
    with (
        stage(scale, floor_name, kind, tls=tls) as staged,
        staged.serving("ours") as ours,
        staged.serving("floor") as other,
    ):
        yield Sides(staged.stand_in, ours, other)
        if scale.profile:
            sampler.table(staged.profile)


def _form_in(folder: Path) -> Path:
    """Return a file with our own form as it opens: the floors send the same one."""
    file = folder / "view.json"
    file.write_text(json.dumps(build(Form(datetime.now(UTC)), SEEDED_CONDUCT)), encoding="utf-8")
    return file
