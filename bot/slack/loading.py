"""A modal that is open before the database is asked, and then shows what was found."""

import logging
from collections.abc import Callable

from slack_sdk import WebClient

from bot.errors import UserError
from bot.slack.answers import notice, show
from bot.slack.blocks import View
from bot.slack.budget import is_closed
from bot.slack.door import Body, words_for
from bot.slack.people import FAILURES, what_failed


log = logging.getLogger(__name__)
TRIES = 3
"""Times that a view is sent: to put the same view up twice does no harm."""


def load(
    slack: WebClient, body: Body, make: Callable[[], View], *, title: str = "On Record"
) -> None:
    """Open a waiting modal at once, then put what `make` returns in its place."""
    turn_into(slack, str(show(slack, body, notice("One moment…", title))["id"]), make, title=title)


def turn_into(
    slack: WebClient, view_id: str, make: Callable[[], View], *, title: str = "On Record"
) -> None:
    """Put what `make` returns in place of an open modal, or the words for what it raises.

    If the person has closed it, there is nothing to do and nobody to tell.
    """
    try:
        view = make()
    except Exception as error:
        if not isinstance(error, UserError):
            log.exception("view_not_made")
        view = notice(words_for(error), title)
    _put(slack, view_id, view)


def _put(slack: WebClient, view_id: str, view: View) -> None:
    for left in reversed(range(TRIES)):
        try:
            slack.views_update(view_id=view_id, view=view)
        except FAILURES as error:
            if is_closed(error):
                return
            if not left:
                raise
            log.warning("view_sent_again", extra=what_failed(error))
        else:
            return
