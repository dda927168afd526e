"""The commands of `python -m bot`: each takes its arguments and the environment, returns 0, 1 or 2.

0: done. 1: it failed. 2: used wrongly, bad settings among it.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot import check, config, socket_mode, verify
from bot.clients.commands import export_command, import_command
from bot.config import ROOT, Mode
from bot.demo import run as demo
from bot.history import export
from bot.history.export_files import WRITERS
from bot.logs import set_up
from bot.output import printing
from models import Database


DONE, FAILED = 0, 1
Environ = Mapping[str, str]
Command = Callable[[argparse.Namespace, Environ], int]

SETTINGS_HELP = "Settings come from the environment, else from .env; see the README."
DATABASE_HELP = "Needs DATABASE_URL alone, no Slack settings."
EXAMPLES = """\
examples:
  python -m bot check                     what is set up wrongly, and the mend
  python -m bot verify                    whether the record is whole
  python -m bot                           work, as `python -m bot run` does
  python -m bot clients import CLIENTS.csv
  python -m bot export backup
  python -m bot export > incidents.jsonl
"""
RUN_HELP = f"""\
{SETTINGS_HELP}
Ends with status 0 on SIGTERM or Ctrl-C, once what was accepted is finished; with status 2
where settings are bad, and says which.

example:
  SLACK_APP_TOKEN=xapp-... python -m bot run
"""
WORKER_HELP = f"""\
Needs SLACK_APP_TOKEN, and no public address.
{SETTINGS_HELP}

example:
  SLACK_APP_TOKEN=xapp-... python -m bot worker
"""
WEB_HELP = f"""\
Serves /slack/events, /healthz and /readyz on 0.0.0.0:$PORT with gunicorn.
{SETTINGS_HELP}

example:
  PORT=8080 python -m bot web
"""
DEMO_HELP = """\
Needs no Slack and no settings. Serves http://127.0.0.1:3000, or the port of DEMO_PORT; keeps
its database in .demo, and starts afresh with RESET=1. `make demo` installs what it needs.

example:
  DEMO_PORT=3100 RESET=1 python -m bot demo
"""
CHECK_HELP = f"""\
{SETTINGS_HELP}
Looks at everything, even if some of it fails; status 1 if anything does.

example:
  python -m bot check
"""
VERIFY_HELP = f"""\
Looks for numbers that are missing, records without a trace of their recording, accounts,
escalations and messages that lead nowhere, and at an SQLite file itself. Changes nothing;
status 1 if anything is not as it should be. {DATABASE_HELP}

example:
  python -m bot verify
"""
CLIENTS_HELP = f"""\
{DATABASE_HELP}

examples:
  python -m bot clients import CLIENTS.csv
  python -m bot clients export > CLIENTS.csv
"""
IMPORT_HELP = f"""\
The file has a column `name` and may have `psa_id`, `aliases` (with | between them, like
AC|Acme Labs) and `slack_team_id`. All of it is taken or nothing; each line that cannot be
taken is named. {DATABASE_HELP}

example:
  python -m bot clients import CLIENTS.csv
"""
EXPORT_HELP = f"""\
Writes what `import` reads, to standard output.
{DATABASE_HELP}

example:
  python -m bot clients export > CLIENTS.csv
"""

RECORDS_HELP = f"""\
Writes a file for each kind of record into the folder; all of them or none. They are
confidential: nobody else on this machine may read them. Without a folder it writes the
incidents alone, to standard output.
{DATABASE_HELP}

examples:
  python -m bot export backup
  python -m bot export backup --form csv
"""


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line; `do` of what it returns is the function to call."""
    top = argparse.ArgumentParser(
        "python -m bot",
        description="On Record: difficult-client incidents, put on record in Slack.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.set_defaults(do=run)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    _add(
        commands, "run", run, "work: Socket Mode where SLACK_APP_TOKEN is set, else HTTP", RUN_HELP
    )
    _add(commands, "worker", worker, "work by Socket Mode", WORKER_HELP)
    _add(commands, "web", web, "work over HTTP, whichever tokens are set", WEB_HELP)
    _add(commands, "demo", try_out, "the bot in a stand-in Slack in your browser", DEMO_HELP)
    _add(commands, "check", look, "look at every setting, Slack and the database", CHECK_HELP)
    _add(commands, "verify", look_through, "look whether the record is whole", VERIFY_HELP)
    clients = _add(commands, "clients", None, "the directory of clients, as CSV", CLIENTS_HELP)
    of_clients = clients.add_subparsers(title="commands", metavar="COMMAND", required=True)
    taken = _add(of_clients, "import", take_clients, "add and change clients", IMPORT_HELP)
    taken.add_argument("file", metavar="FILE.csv", help="a CSV file with a column `name`")
    _add(of_clients, "export", give_clients, "write every client", EXPORT_HELP)
    records = _add(commands, "export", give_records, "write every record to files", RECORDS_HELP)
    records.add_argument(
        "folder", metavar="FOLDER", type=Path, nargs="?", help="made if it is not there"
    )
    records.add_argument(
        "--form", choices=sorted(WRITERS), default="jsonl", help="jsonl unless you say otherwise"
    )
    return top


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    do: Command | None,
    summary: str,
    more: str,
) -> argparse.ArgumentParser:
    made = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.set_defaults(do=do)
    return made


def run(_chosen: argparse.Namespace, environ: Environ) -> int:
    """Work until told to stop, by whichever way the tokens allow."""
    settings = config.from_env(environ)
    return _gunicorn() if settings.mode is Mode.WEB else _by_socket(settings)


def worker(_chosen: argparse.Namespace, environ: Environ) -> int:
    """Work by Socket Mode until told to stop."""
    return _by_socket(config.from_env(environ, Mode.SOCKET))


def web(_chosen: argparse.Namespace, environ: Environ) -> int:
    """Work over HTTP until told to stop."""
    config.from_env(environ, Mode.WEB)
    return _gunicorn()


def try_out(_chosen: argparse.Namespace, environ: Environ) -> int:
    """Show an invented MSP at work until told to stop."""
    return demo.run(environ, sys.stdout)


def look(_chosen: argparse.Namespace, environ: Environ) -> int:
    """Print a line for everything that was looked at; 1 if anything is to mend."""
    return _told(check.findings(environ))


def look_through(_chosen: argparse.Namespace, environ: Environ) -> int:
    """Print a line for everything that makes the record whole; 1 if anything is not."""
    with _database(environ) as database:
        return _told(verify.findings(database))


def _told(findings: Iterable[check.Finding]) -> int:
    failed = False
    for finding in findings:
        with printing(sys.stdout):
            sys.stdout.write(f"{finding}\n")
        failed = failed or bool(finding.mend)
    return FAILED if failed else DONE


def take_clients(chosen: argparse.Namespace, environ: Environ) -> int:
    """Import a CSV file of clients."""
    with _database(environ) as database:
        return import_command(chosen.file, database, datetime.now(UTC), sys.stdout)


def give_clients(_chosen: argparse.Namespace, environ: Environ) -> int:
    """Write the directory of clients as CSV."""
    with _database(environ) as database:
        return export_command(database, sys.stdout)


def give_records(chosen: argparse.Namespace, environ: Environ) -> int:
    """Write every record to files in a folder, or without one the incidents to standard output."""
    with _database(environ) as database:
        if chosen.folder is None:
            return export.print_command(database, sys.stdout, sys.stderr, form=chosen.form)
        return export.export_command(database, chosen.folder, sys.stderr, form=chosen.form)


@contextmanager
def _database(environ: Environ) -> Iterator[Database]:
    database = Database(config.database_from_env(environ), patience=None)
    try:
        yield database
    finally:
        database.dispose()


def _by_socket(settings: config.Settings) -> int:
    set_up(settings.log_level, settings.log_format)
    return socket_mode.run(settings)


def _gunicorn() -> int:
    os.chdir(ROOT)
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter; signals reach gunicorn itself
