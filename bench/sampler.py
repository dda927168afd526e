"""Where a server's time goes: looks at every thread a thousand times a second.

What a thread used of the CPU since the last look is put down to where it is now.
"""

import cProfile
import json
import os
import pstats
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from bench.floors import Wsgi

SERVED = "bench.sampler:application()"
"""What gunicorn serves in place of ours."""

FILE = "BENCH_PROFILE"
"""Names the file with what was seen, rewritten every second."""

PAUSE = 0.001
Seconds = defaultdict[str, float]
OURS = ("bot/", "models/", "bench/")


def application() -> "Wsgi":
    """Return our own WSGI application, looked at."""
    from bot.web import application as ours  # noqa: PLC0415 - the sampler is begun before

    begin(Path(os.environ[FILE]))
    return ours()


def begin(file: Path) -> None:
    """Look from now on, on a thread of its own."""
    threading.Thread(target=lambda: Sampler(file).run(), daemon=True, name="sampler").start()


class Sampler:
    """Counts seconds of CPU by the place a thread was in, and by all that led there."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._used: dict[int, int] = {}
        self._places: Seconds = defaultdict(float)
        self._callers: Seconds = defaultdict(float)
        self._packages: Seconds = defaultdict(float)

    def run(self) -> None:
        """Look until the process ends."""
        sys.setswitchinterval(0.0001)  # else it looks only where others rest of their own accord
        while True:
            until = time.monotonic() + 1.0
            while time.monotonic() < until:
                time.sleep(PAUSE)
                self._look()
            self._write()

    def _look(self) -> None:
        frames = sys._current_frames()  # noqa: SLF001 - its documented purpose
        for thread in threading.enumerate():
            if thread.name != "sampler" and thread.ident in frames:
                self._note(thread.ident, frames[thread.ident])

    def _note(self, thread: int, frame: FrameType) -> None:
        # It lives: to end it would need the interpreter's lock, which we hold.
        used = time.clock_gettime_ns(time.pthread_getcpuclockid(thread))
        spent = used - self._used.get(thread, used)
        self._used[thread] = used
        if not spent:
            return
        seconds, path = spent / 1e9, list(_names(frame))
        self._places[path[0]] += seconds
        self._packages[_package(path)] += seconds
        for name in dict.fromkeys(path):
            self._callers[name] += seconds

    def _write(self) -> None:
        seen = {
            "packages": _largest(self._packages),
            "places": _largest(self._places),
            "callers": _largest(self._callers),
        }
        self._file.write_text(json.dumps(seen), encoding="utf-8")


def _largest(found: Seconds) -> list[tuple[str, float]]:
    return sorted(found.items(), key=lambda each: -each[1])


def table(file: Path) -> None:
    """Print what was seen, the largest first."""
    time.sleep(1.1)  # the last second is on its way
    seen = json.loads(file.read_text(encoding="utf-8"))
    total = sum(seconds for _, seconds in seen["packages"])
    ours = [each for each in seen["callers"] if each[0].startswith(OURS)]
    print(f"  where {total:.1f} s of our CPU went: by the package last entered, by what of ours")
    print("  was under way, by the innermost function")
    for rows in (seen["packages"][:14], ours[:32], seen["places"][:20]):
        print()
        for name, seconds in rows:
            print(f"    {100 * seconds / total:5.1f} %  {name}")


def in_process(title: str, work: Callable[[], object], times: int = 200) -> None:
    """Do the work often and print where its time went."""
    profile = cProfile.Profile()
    with profile:
        for _ in range(times):
            work()
    print(f"  {title}, {times} times:")
    pstats.Stats(profile).sort_stats("cumulative").print_stats("bot/|models/|/sqlite3|psycopg", 40)


def _names(frame: FrameType | None) -> Iterator[str]:
    """Return the functions from here outwards, each as file and name."""
    while frame:
        yield f"{_short(frame.f_code.co_filename)} {frame.f_code.co_qualname}"
        frame = frame.f_back


def _short(path: str) -> str:
    for mark in ("site-packages/", "lib/python3."):
        _, found, after = path.partition(mark)
        if found:
            return after
    return path.removeprefix(f"{Path.cwd()}/")


def _package(path: Iterable[str]) -> str:
    """Return the innermost package that is not the standard library's."""
    for name in path:
        head, _, rest = name.partition("/")
        if rest and not head.isdigit() and head != "concurrent":
            return f"bot/{rest.partition('/')[0]}" if head == "bot" else head
    return "the standard library"
