"""The command line: reads .env into the environment, and does what the arguments say."""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from dotenv import load_dotenv

from bot.config import ROOT, UNREADABLE
from bot.errors import BadSettings
from bot.logs import watch_uncaught


FAILED, USED_WRONGLY = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; return 0 for done, 1 for failed, 2 for used wrongly."""
    from bot import cli  # noqa: PLC0415 - gunicorn reads .env by this module, and needs no more

    chosen = cli.parser().parse_args(arguments)
    try:
        load_settings(ROOT / ".env")
        status: int = chosen.do(chosen, os.environ)
        sys.stdout.flush()
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return USED_WRONGLY
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return FAILED
    except BrokenPipeError:
        # Whoever read our output went away; what Python still holds of it has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return status


def load_settings(path: Path) -> None:
    """Put what the file says into the environment, which wins; raises BadSettings."""
    try:
        load_dotenv(path)
    except (OSError, ValueError):  # its words may be a secret
        raise BadSettings(UNREADABLE) from None


if __name__ == "__main__":
    watch_uncaught()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a ✓ must not end it on an old terminal
    sys.exit(main())
