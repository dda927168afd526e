import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.slack.cache import Cache
from tests.fakes import Seconds


class Source:
    """Loads by counting; raises what it is given, and can be made to wait."""

    def __init__(self):
        self.asked = []
        self.error = None
        self.open = threading.Event()
        self.open.set()

    def load(self, key):
        self.asked.append(key)
        self.open.wait(5)
        if self.error:
            raise self.error
        return f"{key}{len(self.asked)}"


class Later:
    """Keeps renewals until they are run."""

    def __init__(self):
        self.tasks = []

    def __call__(self, task):
        self.tasks.append(task)

    def run(self):
        tasks, self.tasks = self.tasks, []
        for task in tasks:
            task()


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def later():
    return Later()


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def cache(source, later, seconds):
    return Cache(source.load, later, fresh=60, stale=900, pause=5, clock=seconds)


def test_what_is_fresh_is_not_asked_again(cache, source, later, seconds):
    assert cache.get("a") == "a1"
    seconds.now += 60
    assert cache.get("a") == "a1"
    assert (source.asked, later.tasks) == (["a"], [])


def test_what_is_older_is_given_at_once_and_renewed_behind(cache, source, later, seconds):
    cache.get("a")
    seconds.now += 61
    assert cache.get("a") == "a1"
    assert source.asked == ["a"]
    later.run()
    assert cache.get("a") == "a2"


def test_one_renewal_at_a_time(cache, later, seconds):
    cache.get("a")
    seconds.now += 61
    for _ in range(10):
        cache.known("a")
    assert len(later.tasks) == 1
    later.run()
    seconds.now += 61
    cache.known("a")
    assert len(later.tasks) == 1


def test_what_is_too_old_is_asked_before_it_is_given(cache, seconds):
    cache.get("a")
    seconds.now += 901
    assert cache.known("a") is None
    assert cache.get("a") == "a2"


def test_a_failed_renewal_leaves_what_was_known(cache, source, later, seconds):
    cache.get("a")
    source.error = OSError()
    seconds.now += 61
    cache.known("a")
    later.run()
    assert cache.get("a") == "a1"


def test_after_a_failed_renewal_there_is_a_pause(cache, source, later, seconds):
    cache.get("a")
    source.error = OSError()
    seconds.now += 61
    cache.known("a")
    later.run()
    cache.known("a")
    assert later.tasks == []
    seconds.now += 6
    cache.known("a")
    assert len(later.tasks) == 1


def test_nothing_known_and_nothing_heard_is_an_error(cache, source):
    source.error = OSError("away")
    with pytest.raises(OSError, match="away"):
        cache.get("a")


def test_a_failure_is_shared_for_a_while_then_asked_again(cache, source, seconds):
    source.error = OSError("away")
    for _ in range(3):
        with pytest.raises(OSError, match="away"):
            cache.get("a")
    assert source.asked == ["a"]
    source.error = None
    seconds.now += 6
    assert cache.get("a") == "a2"


def test_a_failure_for_one_is_none_for_another(cache, source):
    source.error = OSError()
    with pytest.raises(OSError):  # noqa: PT011 - any
        cache.get("a")
    source.error = None
    assert cache.get("b") == "b2"


def test_what_was_learnt_another_way_is_known(cache, source):
    source.error = OSError()
    with pytest.raises(OSError):  # noqa: PT011 - any
        cache.get("a")
    cache.put("a", "told")
    assert cache.get("a") == "told"


def test_many_who_ask_at_once_ask_once(cache, source):
    source.open.clear()
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(cache.get, "a") for _ in range(20)]
        while not source.asked:
            time.sleep(0.001)
        source.open.set()
    assert {each.result() for each in answers} == {"a1"}
    assert source.asked == ["a"]


def test_many_who_ask_at_once_fail_once(cache, source):
    source.open.clear()
    source.error = OSError("away")
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(cache.get, "a") for _ in range(20)]
        while not source.asked:
            time.sleep(0.001)
        source.open.set()
    assert {str(each.exception()) for each in answers} == {"away"}
    assert source.asked == ["a"]


def test_who_asks_for_one_does_not_wait_for_another(cache, source):
    cache.put("b", "here")
    source.open.clear()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(cache.get, "a")
        assert cache.get("b") == "here"
        source.open.set()
    assert slow.result() == "a1"
