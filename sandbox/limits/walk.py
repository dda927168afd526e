"""Walking over blocks in the order of the screen."""

from collections.abc import Iterator

from sandbox.wire import Json


_PASSIVE = ("rich_text", "context")  # their elements are words and pictures


def elements_of(block: Json) -> Iterator[Json]:
    """Yield the elements a person can use in one block, in order, nested ones included."""
    if block.get("type") in _PASSIVE:
        return
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield block[name]
    for name in ("elements", "actions"):
        several = block.get(name)
        for each in several if isinstance(several, list) else ():
            if isinstance(each, dict) and each.get("type") == "card":
                yield from elements_of(each)
            elif isinstance(each, dict):
                yield each


def flat(blocks: list[Json]) -> Iterator[Json]:
    """Yield the blocks in order, those inside containers after their container."""
    for block in blocks:
        yield block
        children = block.get("child_blocks")
        if isinstance(children, list):
            yield from (each for each in children if isinstance(each, dict))
