import logging
import threading
import time

import pytest

from bot.background import Background, TooLate
from bot.logs import new_reference, reference


@pytest.fixture
def background():
    made = Background(calls=2, answers=2)
    yield made
    made.close(5)


def test_a_task_runs_on_a_thread_of_its_own(background):
    ran = threading.Event()
    names = []
    background.run(lambda: (names.append(threading.current_thread().name), ran.set()))
    assert ran.wait(2)
    assert names[0].startswith("call")


def test_a_task_logs_with_the_reference_of_its_request(background):
    seen = []
    done = threading.Event()
    wanted = new_reference()
    background.run(lambda: (seen.append(reference()), done.set()))
    assert done.wait(2)
    assert seen == [wanted]


def test_what_a_task_raises_is_logged_and_harms_no_other(background, caplog):
    done = threading.Event()
    background.run(lambda: 1 / 0)
    background.run(done.set)
    assert done.wait(2)
    background.close(2)
    assert [each.message for each in caplog.records] == ["background_task_failed"]


def test_an_answer_in_time_is_returned(background):
    assert background.within(1, lambda: "saved") == "saved"


def test_an_answer_too_late_is_said_at_once(background):
    started = time.monotonic()
    with pytest.raises(TooLate):
        background.within(0.05, lambda: time.sleep(0.5))
    assert time.monotonic() - started < 0.4


def test_what_an_answer_raises_is_raised(background):
    with pytest.raises(ZeroDivisionError):
        background.within(1, lambda: 1 / 0)


def test_a_timeout_of_the_work_itself_is_not_ours(background):
    def gives_up():
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        background.within(1, gives_up)


def test_answers_do_not_wait_for_calls(background):
    gate = threading.Event()
    for _ in range(10):
        background.run(lambda: gate.wait(5))
    assert background.within(1, lambda: "saved") == "saved"
    gate.set()


def test_closing_finishes_what_was_accepted():
    background, done = Background(calls=2), []
    for number in range(10):
        background.run(lambda number=number: (time.sleep(0.02), done.append(number)))
    background.close(5)
    assert sorted(done) == list(range(10))


def test_closing_gives_up_in_time_and_says_how_much(caplog):
    background, gate = Background(calls=1), threading.Event()
    for _ in range(5):
        background.run(lambda: gate.wait(5))
    started = time.monotonic()
    with caplog.at_level(logging.WARNING):
        background.close(0.1)
    assert time.monotonic() - started < 1
    assert [(each.message, each.tasks) for each in caplog.records] == [("work_given_up", 5)]
    gate.set()


def test_after_closing_work_is_done_on_the_spot():
    background, done = Background(), []
    background.close(1)
    background.run(lambda: done.append(threading.current_thread()))
    assert done == [threading.current_thread()]
    assert background.within(1, lambda: "saved") == "saved"
