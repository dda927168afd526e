"""Exports the directory as the CSV file that an import reads back."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clients.cells import COLUMNS, join_aliases, to_cell
from models import Alias, Client


AT_ONCE = 1000


def export_clients(session: Session, out: TextIO) -> int:
    """Write every client in the order of the names, as it is read; return how many there were."""
    return write(records(session), out)


def write(records: Iterable[Sequence[str]], out: TextIO) -> int:
    """Write the header and the records; return how many there were."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for record in records:
        writer.writerow(map(to_cell, record))
        count += 1
    return count


def records(session: Session) -> Iterator[tuple[str, ...]]:
    """Yield each client's cells in the order of COLUMNS.

    Confidential ones are left out: importing them again would name them openly.
    """
    query = (
        select(Client.id, Client.name, Client.psa_id, Client.slack_team_id, Alias.name)
        .outerjoin(Alias)
        .where(Client.confidential.is_(False))
        .order_by(Client.normalised, Client.id, Alias.normalised)
        .execution_options(yield_per=AT_ONCE)
    )
    for _, group in groupby(session.execute(query), key=itemgetter(0)):
        rows = list(group)
        _, name, psa_id, team, _ = rows[0]
        yield name, psa_id or "", join_aliases(row[4] for row in rows if row[4]), team or ""
