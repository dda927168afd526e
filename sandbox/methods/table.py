"""Every method the stand-in knows, by name."""

from collections.abc import Mapping

from sandbox.methods import about, chat, conversations, files, users, views
from sandbox.methods.call import Method


METHODS: Mapping[str, Method] = {
    **about.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **users.METHODS,
    **views.METHODS,
}
