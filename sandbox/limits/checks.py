"""A small vocabulary for saying what a payload may hold.

A check looks at one value and tells the report what is wrong with it, in Slack's words and
with the JSON pointer that Slack gives.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


At: TypeAlias = "str | tuple[At, str | int]"


@dataclass
class Report:
    """What one payload broke, gathered while it is walked.

    A place is "/view" or the like, or a pair of the place around it and the name within.
    """

    surface: str
    problems: list[str] = field(default_factory=list)

    def add(self, at: At, message: str) -> None:
        """Note a problem at a place."""
        self.problems.append(f"{message} [json-pointer:{_pointer(at)}]")


Check: TypeAlias = Callable[[Report, At, object], None]


def _pointer(at: At) -> str:
    if isinstance(at, str):
        return at
    around, name = at
    return f"{_pointer(around)}/{name}"


def anything(report: Report, at: At, value: object) -> None:
    """Accept every value."""


def boolean(report: Report, at: At, value: object) -> None:
    if not isinstance(value, bool):
        report.add(at, "must be a boolean")


def text(most: int, least: int = 1) -> Check:
    """Return a check for a string of `least` to `most` characters (code points)."""

    def check(report: Report, at: At, value: object) -> None:
        if not isinstance(value, str):
            report.add(at, "must be a string")
        elif len(value) > most:
            report.add(at, f"must be less than {most + 1} characters")
        elif len(value) < least:
            report.add(at, f"must be more than {least - 1} characters")

    return check


def integer(low: int, high: int) -> Check:
    def check(report: Report, at: At, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            report.add(at, "must be an integer")
        elif not low <= value <= high:
            report.add(at, f"must be between {low} and {high}")

    return check


def one_of(*allowed: object) -> Check:
    wanted = ", ".join(str(each) for each in allowed)

    def check(report: Report, at: At, value: object) -> None:
        if value not in allowed:
            report.add(at, f"must be a valid enum value: {wanted}")

    return check


def matching(pattern: str, words: str) -> Check:
    shape = re.compile(pattern)

    def check(report: Report, at: At, value: object) -> None:
        if not isinstance(value, str) or not shape.fullmatch(value):
            report.add(at, f"must be {words}")

    return check


def many(item: Check, least: int, most: int) -> Check:
    """Return a check for a list of `least` to `most` items that each pass `item`."""

    def check(report: Report, at: At, value: object) -> None:
        if not isinstance(value, list):
            report.add(at, "must be an array")
            return
        if len(value) > most:
            report.add(at, f"no more than {most} items allowed")
        if len(value) < least:
            report.add(at, f"no less than {least} items allowed")
        for place, each in enumerate(value):
            item(report, (at, place), each)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Return a check for an object with these fields and no others."""
    known = {**required, **(optional or {})}
    needed = set(required)

    def check(report: Report, at: At, value: object) -> None:
        if not isinstance(value, dict):
            report.add(at, "must be an object")
            return
        for name, each in value.items():
            rule = known.get(name)
            if rule is None:
                report.add(at, f"invalid additional property: {name}")
            else:
                rule(report, (at, name), each)
        if not value.keys() >= needed:
            for name in required:
                if name not in value:
                    report.add(at, f"missing required field: {name}")

    return check


def by_type(table: Mapping[str, Check]) -> Check:
    """Return a check that follows the object's `type`; unknown types are refused."""

    def check(report: Report, at: At, value: object) -> None:
        if not isinstance(value, dict):
            report.add(at, "must be an object")
            return
        kind = value.get("type")
        rule = table.get(kind) if isinstance(kind, str) else None
        if rule is None:
            report.add(at, f"unsupported type: {kind}")
        else:
            rule(report, at, value)

    return check


def every(*checks: Check) -> Check:
    """Return a check that makes all of these in turn."""

    def check(report: Report, at: At, value: object) -> None:
        for each in checks:
            each(report, at, value)

    return check


def only_on(surfaces: tuple[str, ...], rule: Check) -> Check:
    """Return a check that refuses the object on any other surface."""

    def check(report: Report, at: At, value: object) -> None:
        if report.surface in surfaces:
            rule(report, at, value)
        else:
            kind = value.get("type") if isinstance(value, dict) else value
            report.add(at, f"unsupported type: {kind}")

    return check


def exactly_one(*names: str) -> Check:
    """Return a check that one of these fields, and only one, is there."""

    def check(report: Report, at: At, value: object) -> None:
        if isinstance(value, dict) and sum(name in value for name in names) != 1:
            report.add(at, f"must have exactly one of: {', '.join(names)}")

    return check


def at_least_one(*names: str) -> Check:
    def check(report: Report, at: At, value: object) -> None:
        if isinstance(value, dict) and not any(name in value for name in names):
            report.add(at, f"must have at least one of: {', '.join(names)}")

    return check
