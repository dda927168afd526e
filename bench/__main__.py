"""Run the benchmarks: python -m bench [name …] [--quick] [--profile]."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench import (
    burst,
    commands,
    escalation,
    footprint,
    history,
    idle,
    statements,
    submissions,
    typeahead,
)
from bench.figures import HEAD, MISSED, Figure, line, row
from bench.scale import Scale


@dataclass(frozen=True)
class Bench:
    """What is measured, against which floor."""

    title: str
    run: Callable[[Scale], Iterator[Figure]]


BENCHES = {
    "command": Bench(
        "/client-incident until its form is open; floor: Bolt alone with a constant view",
        commands.run,
    ),
    "documented": Bench(
        "the same over TLS; floor: Bolt set up as in its own documentation",
        commands.run_documented,
    ),
    "submission": Bench(
        "a form until it is saved and answered; floor: Bolt alone with a two-row transaction",
        submissions.run,
    ),
    "escalation": Bench(
        "a critical form until it is saved and until it is posted; floor: the same without "
        "an escalation, then a bare client's chat.postMessage",
        escalation.run,
    ),
    "statements": Bench("what a submission asks the database", statements.run),
    "history": Bench(
        "/client-history looked up and rendered; floor: last 20 and 90-day counts by the driver",
        history.run,
    ),
    "typeahead": Bench(
        "what the client field offers; floor: a plain scan for the letters", typeahead.run
    ),
    "footprint": Bench(
        "memory and start; floor: Bolt alone with SQLAlchemy and psycopg", footprint.run
    ),
    "idle": Bench("CPU of an idle process; floor: Bolt alone", idle.run),
    "burst": Bench(
        "200 commands in a second, Slack answering in 0.3 s; floor: Bolt alone", burst.run
    ),
}


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    scale = Scale(quick=chosen.quick, profile=chosen.profile)
    started = time.monotonic()
    _say(_how_busy())
    _say(row(HEAD))
    figures = {name: list(_measured(name, scale)) for name in chosen.names or BENCHES}
    _say(_summary([each for found in figures.values() for each in found], started))
    if not scale.profile:
        for name, found in figures.items():
            _explain(name, found)
    return 0


def _explain(name: str, found: Sequence[Figure]) -> None:
    """Show where the time goes in what has missed a target, in a short run of its own."""
    if any(figure.verdict == MISSED for figure in found):
        _say(f"\nWhere the time goes in {name}:")
        for _ in BENCHES[name].run(Scale(quick=True, profile=True)):
            pass  # its figures are dearer by the looking; what is printed is where it looked


def _measured(name: str, scale: Scale) -> Iterator[Figure]:
    started = time.monotonic()
    _say(f"\n{name}: {BENCHES[name].title}")
    for figure in BENCHES[name].run(scale):
        _say(line(figure))
        yield figure
    _say(f"  ({time.monotonic() - started:.0f} s)")


def _summary(figures: Sequence[Figure], started: float) -> str:
    missed = [figure.name for figure in figures if figure.verdict == MISSED]
    told = f"\n{len(figures)} figures in {time.monotonic() - started:.0f} s. {_how_busy()}"
    if not missed:
        return f"{told}\nEvery target is met."
    return "\n".join([told, "Missed:", *missed])


def _how_busy() -> str:
    return f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"


def _say(text: str) -> None:
    print(text, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("bench", description="Measure against the targets.")
    add = parser.add_argument
    add("names", nargs="*", choices=[*BENCHES, []], metavar="name", help=", ".join(BENCHES))
    add("--quick", action="store_true", help="fewer rounds and less data: about four minutes")
    add("--profile", action="store_true", help="say where the time goes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
