"""The form that puts an incident on record: built short, unfolded in place."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.clients.directory import Conduct
from bot.errors import UserError
from bot.incidents.fields import CONDUCT, SEVERITY, WHAT, WHEN
from bot.incidents.form_copied import copied, copied_text, told_on_top
from bot.incidents.form_detail import detail, question_fields
from bot.incidents.form_size import within_limit
from bot.incidents.new import NewEvidence
from bot.incidents.wording import severity
from bot.slack import blocks
from bot.slack.blocks import Block, View
from bot.slack.ids import CLIENT
from models import Severity


CALLBACK = "incident_form"
MORE = "more_detail"
TEXT_LENGTH = 3000
ALL_OPTIONAL = (
    "Everything below is optional: witnesses, exact words, files, time lost, our own part, "
    "confidential, a word to the executives."
)
MORE_OPTIONAL = "Everything below is optional. Skip whatever you like."
READERS = (
    "Your team and the executives can see this record. If it is confidential, only you and the "
    "executives can. The client never will."
)
HINT = "Describe conduct, not character. Exact words are worth more than adjectives."
MESSAGE_HINT = "No need to copy the message. What led up to it, and what came of it?"
OUT_OF_DATE = "This form is out of date. Copy what you wrote, close it, and open it again."
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SEVERITY_HELP = {
    Severity.MINOR: "Annoying, no harm done",
    Severity.MODERATE: "Cost time or distress",
    Severity.SERIOUS: "Insult, repeated refusal, real loss",
    Severity.CRITICAL: "Threat, discrimination, safety, fraud. Executives hear at once",
}


@dataclass(frozen=True)
class Form:
    """What decides how the form looks; the rest is what the person typed, and Slack keeps that.

    `key` makes a form sent twice one incident. `answers` were given to the questions of kinds
    of conduct; those to the chosen kind are in its fields. `contact_id` is who wrote the copied
    message, from outside. `what` is how the account begins, from the words behind the command.
    """

    occurred_at: datetime
    key: str = ""
    client: Block | None = None
    client_block: str = CLIENT
    hint: str = ""
    conduct: str = ""
    more: bool = False
    evidence: tuple[NewEvidence, ...] = ()
    contact_id: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    what: str = ""


def build(form: Form, kinds: Sequence[Conduct]) -> View:
    """Return the form's view."""
    return blocks.modal(
        CALLBACK,
        "Client incident",
        _blocks(form, kinds),
        submit="Put on record",
        close="Cancel",
        metadata=_metadata(form),
    )


def contact_of(form: Form) -> str:
    """Return the name of the contact who wrote the copied message, where it is known."""
    writers = {piece.author_id: piece.author_name for piece in form.evidence if piece.author_id}
    return writers.get(form.contact_id) or ""


def _blocks(form: Form, kinds: Sequence[Conduct]) -> Iterator[Block]:
    yield from told_on_top(form.evidence)
    yield _client(form)
    yield _conduct(form, kinds)
    yield _severity()
    yield _what(form.what, is_kept=bool(form.evidence))
    yield blocks.field(
        "When did it happen?",
        blocks.moment_input(WHEN, initial=int(form.occurred_at.timestamp())),
    )
    yield blocks.context(MORE_OPTIONAL if form.more else ALL_OPTIONAL)
    yield from question_fields(form.conduct, form.answers)
    if form.more:
        yield from detail(contact_of(form))
    else:
        yield blocks.actions(blocks.button("More detail", MORE), block_id=MORE)
    yield from copied(form.evidence)
    yield blocks.context(READERS)


def _client(form: Form) -> Block:
    element = blocks.typeahead(CLIENT, placeholder="Start typing the name", initial=form.client)
    return blocks.field("Client", element, hint=form.hint, block_id=form.client_block)


def _conduct(form: Form, kinds: Sequence[Conduct]) -> Block:
    options = [blocks.option(kind.name, kind.code, kind.help) for kind in kinds]
    element = blocks.select(CONDUCT, options, placeholder="Choose one", initial=form.conduct)
    return blocks.field("What kind of conduct?", element, dispatch=True)


def _severity() -> Block:
    options = [
        blocks.option(severity(level), str(level.value), text)
        for level, text in SEVERITY_HELP.items()
    ]
    return blocks.field("How serious?", blocks.radios(SEVERITY, options))


def _what(begun: str, *, is_kept: bool) -> Block:
    return blocks.field(
        "What happened, in order",
        blocks.text_input(
            WHAT,
            multiline=True,
            limit=TEXT_LENGTH,
            placeholder="What was done and said, as you saw or heard it",
            initial=begun,
        ),
        hint=MESSAGE_HINT if is_kept else HINT,
    )


def _metadata(form: Form) -> str:
    kept: dict[str, Any] = {"key": form.key, "when": form.occurred_at.isoformat()}
    optional = {
        "client": form.client,
        "block": form.client_block if form.client_block != CLIENT else "",
        "hint": form.hint,
        "conduct": form.conduct,
        "more": form.more,
        "evidence": [_light(piece) for piece in form.evidence],
        "contact_id": form.contact_id,
        "answers": _put_by(form),
    }
    kept |= {name: value for name, value in optional.items() if value}
    return within_limit(kept)


def _put_by(form: Form) -> dict[str, str]:
    """Return the answers that no field of the view holds: those to other kinds of conduct."""
    shown_now = f"{form.conduct}."
    return {name: text for name, text in form.answers.items() if not name.startswith(shown_now)}


def _light(piece: NewEvidence) -> dict[str, Any]:
    """Return a piece of evidence without its text, which the form shows and so keeps."""
    values = {name: value for name, value in vars(piece).items() if value and name != "text"}
    if piece.written_at:
        values["written_at"] = piece.written_at.isoformat()
    return values


def shown(view: dict[str, Any]) -> Form:
    """Return the form that a view shows, out of the view itself; raises UserError if it cannot."""
    try:
        return _read(view)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise UserError(OUT_OF_DATE) from None


def _read(view: dict[str, Any]) -> Form:
    kept = json.loads(view.get("private_metadata") or "{}")
    when = kept.get("when")
    return Form(
        occurred_at=datetime.fromisoformat(when) if when else EPOCH,
        key=kept.get("key") or str(view.get("id", "")),
        client=kept.get("client"),
        client_block=kept.get("block") or CLIENT,
        hint=kept.get("hint", ""),
        conduct=kept.get("conduct", ""),
        more=kept.get("more", False),
        evidence=tuple(_piece(piece, view) for piece in kept.get("evidence", [])),
        contact_id=kept.get("contact_id", ""),
        answers=kept.get("answers", {}),
        what=_begun(view),
    )


def with_conduct(form: Form, conduct: str, typed: dict[str, str]) -> Form:
    """Return the form with this kind's questions; answers to another kind's are put by."""
    return replace(form, conduct=conduct, answers=form.answers | typed)


def _begun(view: dict[str, Any]) -> str:
    elements = (block.get("element") or {} for block in view["blocks"])
    begun = (each.get("initial_value") for each in elements if each.get("action_id") == WHAT)
    return next(begun, None) or ""


def _piece(kept: dict[str, Any], view: dict[str, Any]) -> NewEvidence:
    written = kept.get("written_at")
    values = kept | {"written_at": datetime.fromisoformat(written) if written else None}
    if kept["kind"] == "message":
        values["text"] = copied_text(view)
    return NewEvidence(**values)
