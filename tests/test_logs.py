import json
import logging
import subprocess
import sys
import threading
from contextvars import Context

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from bot.logs import Console, Json, configuration, keep_quiet, new_reference, reference, trace
from models import Database


def record(message="saved", level=logging.INFO, name="bot.web", error=None, **extra):
    made = logging.LogRecord(name, level, "web.py", 1, message, (), None)
    made.exc_info = (type(error), error, error.__traceback__) if error else None
    vars(made).update(extra)
    return made


def raise_twice(words):
    try:
        return {}[words]
    except KeyError as cause:
        raise ValueError(words) from cause


def raised(words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - any words
        raise_twice(words)
    return caught.value


def in_new_context(work):
    return Context().run(work)


def test_json_is_one_object_a_line_with_the_reference_and_the_extras():
    def line():
        made = new_reference()
        return made, json.loads(Json().format(record(entry="/client-incident", ms=1.5)))

    made, told = in_new_context(line)
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "level": "INFO",
        "logger": "bot.web",
        "event": "saved",
        "reference": made,
        "entry": "/client-incident",
        "ms": 1.5,
    }


def test_the_console_shows_the_same_on_one_line():
    def line():
        return new_reference(), Console().format(record(entry="/client-incident", ms=1.5))

    made, told = in_new_context(line)
    assert told.endswith(f" INFO    {made} saved entry=/client-incident ms=1.5")


def test_outside_a_request_there_is_no_reference():
    assert in_new_context(reference) == "-"


def test_references_are_short_and_differ():
    made = {in_new_context(new_reference) for _ in range(100)}
    assert len(made) == 100
    assert {len(each) for each in made} == {6}


@pytest.mark.parametrize("form", [Console(), Json()])
@given(words=st.text(min_size=6, alphabet=st.characters(categories=["L", "N", "Zs", "S"])))
def test_an_error_is_told_as_kind_and_place_never_in_its_words(form, words):
    words = f"“{words}”"  # or a word of the line itself would be found in it
    line = form.format(record("request_failed", error=raised(words)))
    assert words not in line
    assert json.dumps(words)[1:-1] not in line
    for told in ("ValueError", "caused by KeyError", "test_logs.py:", "raise_twice"):
        assert told in line


@pytest.mark.parametrize("form", [Console(), Json()])
def test_a_librarys_error_is_told_without_its_message(form):
    line = form.format(record("cannot take: 'idiots'", name="slack_bolt.App", error=raised("x")))
    assert "idiots" not in line
    assert "error in slack_bolt.App" in line


@pytest.mark.parametrize("form", [Console(), Json()])
@given(words=st.text())
def test_whatever_is_logged_takes_one_line(form, words):
    line = form.format(record(words, note=words))
    assert len(line.splitlines()) == 1


def test_a_trace_names_the_innermost_place_first():
    assert trace(raised("x"))[0].endswith(" raise_twice")


def test_a_statements_values_stay_out_of_its_error():
    database = Database("sqlite://")
    with database.engine.connect() as connection, pytest.raises(StatementError) as caught:
        connection.execute(text("SELECT :said"), {"said": {"our words": "idiots"}})
    database.dispose()
    lines = [form.format(record("failed", error=caught.value)) for form in (Console(), Json())]
    assert "idiots" in str(caught.value)
    assert all("idiots" not in line and "our words" not in line for line in lines)


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_libraries_that_repeat_bodies_are_held_back_at_any_level(level):
    loggers = configuration(level, "json")["loggers"]
    assert loggers["slack_bolt"]["level"] >= logging.ERROR
    assert loggers["slack_sdk"]["level"] >= logging.INFO
    assert loggers["sqlalchemy"]["level"] >= logging.WARNING
    assert all(loggers[name]["level"] >= getattr(logging, level) for name in ("slack_sdk",))


def test_keeping_quiet_never_makes_a_logger_louder():
    logger = logging.getLogger("slack_sdk")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        keep_quiet()
        assert logger.level == logging.CRITICAL
    finally:
        logger.setLevel(before)


UNCAUGHT = """
import logging, sys, threading, warnings
from bot.logs import set_up
set_up("INFO", sys.argv[1])
logging.getLogger("bot").info("up")
logging.getLogger("slack_sdk.web").debug("hush")
warnings.warn("old ways")
thread = threading.Thread(target=lambda: int("hush"))
thread.start()
thread.join()
int("hush")
"""


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.usefixtures("processes")
def test_uncaught_errors_and_warnings_are_logged_like_all_else(form):
    ran = subprocess.run(
        [sys.executable, "-c", UNCAUGHT, form], capture_output=True, text=True, check=False
    )
    lines = ran.stderr.splitlines()
    assert (ran.returncode, ran.stdout) == (1, "")
    assert len(lines) == 4
    assert [("hush" in line) for line in lines] == [False] * 4
    assert "up" in lines[0]
    assert "old ways" in lines[1]
    assert all("uncaught_error" in line and "ValueError" in line for line in lines[2:])
    if form == "json":
        assert [json.loads(line)["level"] for line in lines[2:]] == ["CRITICAL", "CRITICAL"]


def test_a_reference_stays_with_its_own_thread():
    seen = []
    new_reference()
    thread = threading.Thread(target=lambda: seen.append(reference()))
    thread.start()
    thread.join()
    assert seen == ["-"]
