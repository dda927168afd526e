"""The client field: what is offered while somebody types, right or with a slip of the finger."""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median
from time import perf_counter

from bench.figures import Figure, at_least, at_most, percentile
from bench.names import client_names, with_a_slip
from bench.rounds import interleaved
from bench.scale import Scale
from bot.clients.choice import options
from bot.clients.directory import SEEDED_CONDUCT, Entry, Listing
from models import ClientStatus
from models.text import fold


BOUNDS = {5_000: 10.0, 100_000: 60.0}
"""Clients, and the milliseconds that 99 of 100 keystrokes may take."""

FIRST = 10
"""Further down hardly anybody looks on a phone."""


def run(scale: Scale) -> Iterator[Figure]:
    """Measure against a plain scan for the letters, which finds no slip."""
    luck = random.Random(5)  # noqa: S311 - no secret: the same words each time
    for count, bound in BOUNDS.items():
        names = client_names(count)
        listing = _listing(names)
        typed = [_typed(luck, luck.choice(names)) for _ in range(scale.pick(300, 150))]
        yield from _figures(listing, typed, scale.pick(7, 3), bound)
        yield from _found(luck, listing, names, scale.pick(300, 150))


def _listing(names: Sequence[str]) -> Listing:
    entries = [
        Entry(number, name, (fold(name),), None, ClientStatus.ACTIVE)
        for number, name in enumerate(names, 1)
    ]
    listing = Listing(tuple(sorted(entries, key=lambda each: each.folded)), SEEDED_CONDUCT)
    options(listing, "warm")  # the index is made before anybody types
    return listing


def _typed(luck: random.Random, name: str) -> str:
    """Return what stands in the field at some keystroke: a beginning, perhaps with a slip."""
    word = name[: luck.randint(1, min(12, len(name)))]
    return with_a_slip(luck, word) if len(word) > 1 and luck.random() < 1 / 3 else word


def _figures(listing: Listing, typed: Sequence[str], rounds: int, bound: float) -> Iterator[Figure]:
    sides = {
        "ours": partial(_times, partial(options, listing), typed),
        "floor": partial(_times, partial(_scan, [one.folded[0] for one in listing.clients]), typed),
    }
    found = interleaved(rounds, sides)
    ours, floor = ([percentile(times, 0.5) for times in found[side]] for side in sides)
    clients = f"{len(listing.clients):,} clients"
    yield Figure(f"a keystroke, p50, {clients}", "ms", ours, floor)
    # Of each keystroke its usual time: else the slowest of 100 is whatever else ran just then.
    ours, floor = ([percentile(_usual(found[side]), 0.99)] for side in sides)
    yield Figure(f"a keystroke, p99, {clients}", "ms", ours, floor, at_most(bound))


def _usual(rounds: Sequence[Sequence[float]]) -> list[float]:
    return [median(times) for times in zip(*rounds, strict=True)]


def _scan(names: Sequence[str], typed: str) -> list[str]:
    letters = fold(typed)
    return [name for name in names if letters in name][:50]


def _times(work: Callable[[str], object], typed: Sequence[str]) -> list[float]:
    took = []
    for text in typed:
        started = perf_counter()
        work(text)
        took.append(1000 * (perf_counter() - started))
    return took


def _found(
    luck: random.Random, listing: Listing, names: Sequence[str], tries: int
) -> Iterator[Figure]:
    """Return how many slips are seen through, of a hundred."""
    wanted = [luck.choice(names) for _ in range(tries)]
    whole = [_place(listing, with_a_slip(luck, name), name) for name in wanted]
    words = [name.split()[0] for name in wanted]
    first = [_place(listing, with_a_slip(luck, word), word) for word in words]
    for what, places in (("a slip in the name", whole), ("a slip in its first word", first)):
        offered = [100 * sum(place is not None for place in places) / tries]
        early = [100 * sum(place is not None and place < FIRST for place in places) / tries]
        clients = f"{len(names):,} clients"
        yield Figure(f"{what}, offered, {clients}", "%", offered, (), at_least(95))
        yield Figure(f"{what}, among the first {FIRST}, {clients}", "%", early)


def _place(listing: Listing, typed: str, wanted: str) -> int | None:
    """Return where a client with these words at its beginning stands among what is offered."""
    offered = (option["text"]["text"] for option in options(listing, typed))
    found = (place for place, text in enumerate(offered) if f"{text} ".startswith(f"{wanted} "))
    return next(found, None)
