"""Pictures of the page, by the steps of a file."""

import struct

import pytest

from sandbox import pictures
from tests.waiting import wait_until


pytest_plugins = ["tests.browser"]


def size(png):
    """The width and height that a PNG file says it has."""
    return struct.unpack(">II", png.read_bytes()[16:24])


def test_a_picture_is_taken_after_its_steps_and_is_sharp(chromium, slack, tmp_path, tryout):
    wanted = {
        "name": "modal",
        "person": "U_TARA",
        "in": "C_GENERAL",
        "of": "dialog",
        "do": [
            ["write", "/everything"],
            ["fill", "Name", "Bright Dental"],
            ["choose", "Fruit", "ap", "Apple"],
            ["click", "radio", "Small"],
        ],
    }
    path = pictures.take(chromium, slack.base_url, wanted, tmp_path)

    assert path == tmp_path / "modal.png"
    assert size(path)[0] == pictures.SHARP * 520
    assert slack.person("U_TARA").modals == []
    assert "ap" in tryout.said("typed")


def test_steps_that_cannot_be_read_end_with_status_2(tmp_path, capsys):
    assert pictures.main([str(tmp_path), "--steps", str(tmp_path / "missing.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.usefixtures("processes")
def test_a_workspace_is_started_for_the_pictures_and_stopped_again(slack, tmp_path):
    began, ended = tmp_path / "began", tmp_path / "ended"
    waits = f"touch {began}; while :; do sleep 0.1; done"
    command = f"sh -c 'trap \"touch {ended}; exit\" INT; {waits}'"
    with pictures.started(command, slack.base_url):
        wait_until(began.exists)
        assert not ended.exists()
    assert ended.exists()


@pytest.mark.usefixtures("processes")
def test_a_workspace_that_does_not_start_is_given_up():
    nowhere = pictures.started("sleep 30", "http://127.0.0.1:9", 0.2)
    with pytest.raises(RuntimeError, match="nothing answers"), nowhere:
        pass
