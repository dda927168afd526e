"""The one question about judging words, asked before a record is kept as it is."""

from collections.abc import Sequence

from bot.incidents.words import Judgement
from bot.slack import blocks
from bot.slack.text import Markup, cut, markup


CALLBACK = "incident_words"
LONGEST_PHRASE = 150
_COUNTED = ("One phrase reads", "Two phrases read", "Three phrases read", "Four phrases read")


def words_view(judgements: Sequence[Judgement], metadata: str = "") -> blocks.View:
    """Return the modal that names the phrases; it is pushed, so closing it leads back."""
    return blocks.modal(
        CALLBACK,
        "One question first",
        [
            blocks.section(_opening(len(judgements))),
            *(blocks.section(_asked(judgement)) for judgement in judgements),
            blocks.context(
                "Nothing is lost either way. The client's own words belong in “Exact words” "
                "or in quotation marks; they are never questioned."
            ),
        ],
        submit="Record as it is",
        close="Change it",
        metadata=metadata,
    )


def _opening(count: int) -> str:
    counted = _COUNTED[count - 1] if count <= len(_COUNTED) else "A few phrases read"
    judgement = "a judgement" if count == 1 else "judgements"
    return f"{counted} as {judgement}. Facts hold up better later, for the client and for you."


def _asked(judgement: Judgement) -> Markup:
    return markup("*“{}”*\n{}", cut(judgement.phrase, LONGEST_PHRASE), judgement.question)
