"""Writes everything on record to files that any program can read, a row at a time.

One file for each kind of record, as it is at one moment; all of them, or none.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from bot.clients.commands import AWAY
from bot.history.export_files import WRITERS, give_names, open_private, part_of, refuse_folder
from bot.output import printing
from models import (
    Addendum,
    Alias,
    AuditEvent,
    Base,
    Client,
    ConductType,
    Database,
    DatabaseUnavailable,
    Escalation,
    Evidence,
    Incident,
    Witness,
)


DONE, FAILED = 0, 1
AT_ONCE = 1000
TOLD_EVERY = 100_000
LEFT_OUT = frozenset({"search_text"})
"""Words folded for the search: each stands in another column as it was written."""


def export_command(database: Database, out: Path, progress: TextIO, *, form: str = "jsonl") -> int:
    """Write every record to the folder `out`, tell of it on `progress`, return the exit code.

    `form` is a key of WRITERS.
    """

    def tell(line: str) -> None:
        progress.write(f"{line}\n")
        progress.flush()

    try:
        count = export(database, out, tell, form=form)
    except DatabaseUnavailable:
        tell(f"Nothing was exported. {AWAY}")
    except OSError as error:
        tell(f"Nothing was exported: {error.strerror}. Name another folder than {out}.")
    except KeyboardInterrupt:
        tell("Nothing was exported. Stopped as you asked.")
    else:
        tell(f"{count:,} rows stand in {out} now. They are confidential: only you can read them.")
        if older := older_files(out, form):
            tell(f"Not of this export, from an earlier one: {', '.join(older)}.")
        return DONE
    return FAILED


def older_files(out: Path, form: str) -> list[str]:
    """Return the names of the files in `out` that an export in another form left there."""
    others = [f"{name}.{other}" for other in WRITERS if other != form for name in queries()]
    return [name for name in others if (out / name).exists()]


def print_command(database: Database, out: TextIO, told: TextIO, *, form: str = "jsonl") -> int:
    """Write the incidents alone to `out`, in the order of recording; return the exit code.

    Raises OutputLost.
    """
    try:
        with printing(out), database.read() as session:
            query = queries()["incidents"].execution_options(yield_per=AT_ONCE)
            found = session.execute(query)
            WRITERS[form](found, list(found.keys()), out)
    except DatabaseUnavailable:
        told.write(f"The export is not complete. {AWAY}\n")
        return FAILED
    return DONE


def export(
    database: Database, out: Path, tell: Callable[[str], None], *, form: str = "jsonl"
) -> int:
    """Write every record to `out` and return how many rows there are.

    A file gets its name once all of them are whole. Raises DatabaseUnavailable and OSError.
    """
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    parts = {out / f"{name}.{form}": query for name, query in queries().items()}
    for path in parts:
        refuse_folder(path)
    with ExitStack() as leftovers, database.read() as session:
        if not database.is_sqlite:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        count = 0
        for path, query in parts.items():
            leftovers.callback(part_of(path).unlink, missing_ok=True)
            count += _write(session, query, path, tell)
        give_names(parts)
    return count


def queries() -> Mapping[str, Select[*tuple[Any, ...]]]:
    """Return what is exported by the name of its file, in the order in which it was recorded."""
    client, conduct = Client.name.label("client_name"), ConductType.name.label("conduct_name")
    return {
        "clients": _whole(Client),
        "client_aliases": _whole(Alias),
        "conduct_types": _whole(ConductType),
        "incidents": _whole(Incident, client, conduct).join(Client).join(ConductType),
        "witnesses": _of_incident(Witness),
        "evidence": _of_incident(Evidence),
        "addenda": _of_incident(Addendum),
        "escalations": _whole(Escalation, client).join(Client),
        "audit_events": _whole(AuditEvent),
    }


def _whole(kind: type[Base], *more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    table = kind.__table__
    columns = [column for column in table.columns if column.name not in LEFT_OUT]
    return select(*columns, *more).select_from(kind).order_by(table.c.id)


def _of_incident(kind: type[Base]) -> Select[*tuple[Any, ...]]:
    return _whole(kind, Incident.number.label("incident_number")).join(Incident)


def _write(
    session: Session,
    query: Select[*tuple[Any, ...]],
    path: Path,
    tell: Callable[[str], None],
) -> int:
    found = session.execute(query.execution_options(yield_per=AT_ONCE))
    count = _Count()
    with open_private(part_of(path)) as out:
        rows = count.telling(found, path.name, tell)
        WRITERS[path.suffix.removeprefix(".")](rows, list(found.keys()), out)
        out.flush()
        os.fsync(out.fileno())
    return count.done


class _Count:
    """Counts rows on their way, and tells of them now and then."""

    def __init__(self) -> None:
        self.done = 0

    def telling(
        self, rows: Iterable[Sequence[Any]], name: str, tell: Callable[[str], None]
    ) -> Iterator[Sequence[Any]]:
        for row in rows:
            self.done += 1
            yield row
            if self.done % TOLD_EVERY == 0:
                tell(f"{name}: {self.done:,} …")
        tell(f"{name}: {self.done:,}")
