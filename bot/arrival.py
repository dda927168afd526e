"""How much of a request has arrived."""

import re
from enum import Enum


LARGEST = 4_000_000
"""Bytes of a request: a form filled to its limits with emoji has over a million, escaped twice."""

LARGEST_HEAD = 65_536
_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]+)[ \t]*(?:\r\n|$)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_DIGITS = 15


class Arrival(Enum):
    """Whether more of it must come, or none, or whether it is more than we take."""

    PARTIAL = "partial"
    WHOLE = "whole"
    TOO_LARGE = "too large"


def arrival(data: bytes | bytearray) -> Arrival:
    """Return what these first bytes of a connection are.

    It only says when a parser can begin: what is malformed counts as whole, and is the parser's.
    """
    end = data.find(_HEAD_END)
    if end < 0:
        return Arrival.PARTIAL if len(data) <= LARGEST_HEAD else Arrival.TOO_LARGE
    head, begin = bytes(data[:end]), end + len(_HEAD_END)
    if _CHUNKED.search(head):
        whole = data.endswith(_LAST_CHUNK, begin - 2)  # an empty body has the head's own line end
        return Arrival.WHOLE if whole else _unless_too_large(len(data) - begin)
    wanted = _wanted(head)
    return Arrival.WHOLE if len(data) - begin >= wanted else _unless_too_large(wanted)


def _wanted(head: bytes) -> int:
    told = _LENGTH.search(head)
    return int(told[1][:_DIGITS]) if told else 0


def _unless_too_large(size: int) -> Arrival:
    return Arrival.TOO_LARGE if size > LARGEST else Arrival.PARTIAL
