"""How often a submission asks the database: each statement is a way there and back."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count

from slack_bolt import BoltRequest
from sqlalchemy import Engine, event

from bench.databases import KINDS
from bench.escalation import APART, CRITICAL
from bench.figures import Figure
from bench.scale import Scale
from bench.server import PATIENCE
from bench.sides import Stage, stage
from bench.submissions import Forms, a_filled_form
from bot.app import Runtime, build
from bot.config import Mode, from_env


MINOR = 1
TIMES, WIDE = 3, 150


def run(scale: Scale) -> Iterator[Figure]:
    """Count in this process, behind Bolt's dispatcher; BEGIN and COMMIT are not counted."""
    for kind in KINDS:
        with stage(scale, "submission", kind) as staged:
            minor, critical = _forms(staged)
            with _runtime(staged) as runtime:
                found = {
                    "a minor submission": _repeated(runtime, minor),
                    "a critical submission": _repeated(runtime, critical),
                    "to claim, render and note a post": _posting(runtime),
                }
        for name, rounds in found.items():
            counts = [float(len(statements)) for statements in rounds]
            yield Figure(f"statements, {name}, {kind}", "", counts)
            if scale.profile:
                print("\n".join(f"    {statement[:WIDE]}" for statement in rounds[-1]))


def _forms(staged: Stage) -> tuple[Forms, Forms]:
    """Return forms of a minor and of a critical incident; no two are about one client."""
    with staged.serving("ours") as server:
        minor, critical = (
            a_filled_form(staged.stand_in, server, severity) for severity in (MINOR, CRITICAL)
        )
    numbers = count()
    return Forms(minor, numbers), Forms(critical, numbers)


@contextmanager
def _runtime(staged: Stage) -> Iterator[Runtime]:
    """Give a process of ours that is not started: nothing asks the database but what we do."""
    _, environ = staged.starts["ours"]
    runtime = build(from_env(environ, Mode.WEB))
    try:
        yield runtime
    finally:
        runtime.close()


def _repeated(runtime: Runtime, forms: Forms) -> list[Sequence[str]]:
    return [_submission(runtime, request) for request in forms.take(TIMES)]


def _submission(runtime: Runtime, request: bytes) -> Sequence[str]:
    head, _, body = request.decode().partition("\r\n\r\n")
    lines = (line.partition(": ") for line in head.splitlines()[1:])
    headers: dict[str, str | Sequence[str]] = {name: value for name, _, value in lines}
    with listening(runtime.deps.database.engine) as statements:
        answer = runtime.app.dispatch(BoltRequest(body=body, headers=headers))
    assert '"update"' in answer.body, answer.body
    return statements


def _posting(runtime: Runtime) -> list[Sequence[str]]:
    return [_post(runtime) for _ in range(TIMES)]


def _post(runtime: Runtime) -> Sequence[str]:
    """Return what it takes to send what waits longest, once its conversation is free."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with listening(runtime.deps.database.engine) as statements:
            if runtime.outbox.step():
                return statements
        time.sleep(APART / 4)
    raise AssertionError("nothing was posted")


@contextmanager
def listening(engine: Engine) -> Iterator[list[str]]:
    """Give a list of the statements while the block runs, a line each."""
    heard: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            heard.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", note)
