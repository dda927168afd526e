"""The command line: reads .env into the environment, and does what the arguments say."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from dotenv import load_dotenv

from bot.config import ROOT, UNREADABLE, drop_useless_proxies
from bot.errors import BadSettings, OutputLost
from bot.logs import set_up
from bot.output import make_ready, printing


FAILED, USED_WRONGLY = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; return 0 for done, 1 for failed, 2 for used wrongly."""
    from bot import cli  # noqa: PLC0415 - gunicorn reads .env by this module, and needs no more

    chosen = cli.parser().parse_args(arguments)
    try:
        load_settings(ROOT / ".env")
        status: int = chosen.do(chosen, os.environ)
        with printing(sys.stdout):  # what is held back still
            return status
    except OutputLost as lost:
        sys.stderr.write(f"{lost}\n" if str(lost) else "")
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return USED_WRONGLY
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
    return FAILED


def load_settings(path: Path) -> None:
    """Put what the file says into the environment, which wins; raises BadSettings.

    Proxies stay only where they can reach Slack.
    """
    try:
        load_dotenv(path)
    except (OSError, ValueError):  # its words may be a secret
        raise BadSettings(UNREADABLE) from None
    drop_useless_proxies(os.environ)


if __name__ == "__main__":
    make_ready()
    set_up("WARNING", "console")
    sys.exit(main())
