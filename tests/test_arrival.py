"""How much of a request has arrived: only then is it given to a thread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arrival import LARGEST, LARGEST_HEAD, Arrival, arrival


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", Arrival.PARTIAL),
        (HEAD, Arrival.PARTIAL),
        (HEAD + b"\r\n", Arrival.WHOLE),
        (HEAD + b"Content-Length: 3\r\n\r\nab", Arrival.PARTIAL),
        (HEAD + b"Content-Length: 3\r\n\r\nabc", Arrival.WHOLE),
        (HEAD + b"content-length:3\r\n\r\nabcGET /", Arrival.WHOLE),
        (HEAD + b"X-Content-Length: 9\r\n\r\n", Arrival.WHOLE),
        (HEAD + b"Content-Length: %d\r\n\r\n" % LARGEST, Arrival.PARTIAL),
        (HEAD + b"Content-Length: %d\r\n\r\n" % (LARGEST + 1), Arrival.TOO_LARGE),
        (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", Arrival.TOO_LARGE),
        (HEAD + b"Content-Length: many\r\n\r\n", Arrival.WHOLE),
        (b"x" * LARGEST_HEAD, Arrival.PARTIAL),
        (b"x" * (LARGEST_HEAD + 1), Arrival.TOO_LARGE),
        (CHUNKED, Arrival.PARTIAL),
        (CHUNKED + b"3\r\nabc\r\n", Arrival.PARTIAL),
        (CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", Arrival.WHOLE),
        (CHUNKED + b"0\r\n\r\n", Arrival.WHOLE),
        (CHUNKED + b"x" * (LARGEST + 1), Arrival.TOO_LARGE),
    ],
)
def test_a_request_is_whole_when_its_head_and_all_of_its_body_are_there(data, found):
    assert arrival(data) is found


@given(st.binary(max_size=200), st.integers(0, 300))
def test_a_request_is_partial_until_its_last_byte(body, at):
    whole = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    assert arrival(whole) is Arrival.WHOLE
    assert arrival(whole[: min(at, len(whole) - 1)]) is Arrival.PARTIAL
