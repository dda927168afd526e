"""The form that puts an incident on record: built short, unfolded in place."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.clients.directory import Conduct
from bot.errors import UserError
from bot.incidents.fields import CONDUCT, SEVERITY, WHAT, WHEN
from bot.incidents.form_detail import detail, question_fields
from bot.incidents.form_size import within_limit
from bot.incidents.new import NewEvidence
from bot.incidents.wording import severity
from bot.slack import blocks
from bot.slack.blocks import Block, View
from bot.slack.ids import CLIENT
from bot.slack.text import date, joined, markup, plural
from models import Severity


CALLBACK = "incident_form"
MORE = "more_detail"
COPIED = "copied_message"
TEXT_LENGTH = 3000
OUT_OF_DATE = "This form is out of date. Copy what you wrote, close it, and open it anew."
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

    `key` makes a form sent twice one incident. `answers` were given to the questions of a kind of
    conduct that was chosen before. `contact_id` is who wrote the copied message, from outside.
    `what` is how the account begins, from the words behind the command.
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


def _blocks(form: Form, kinds: Sequence[Conduct]) -> Iterator[Block]:
    yield _client(form)
    yield _conduct(form, kinds)
    yield _severity()
    yield _what(form.what)
    yield blocks.field(
        "When did it happen?",
        blocks.moment_input(WHEN, initial=int(form.occurred_at.timestamp())),
    )
    yield from question_fields(form.conduct, form.answers)
    if form.more:
        yield from detail()
    else:
        yield blocks.actions(blocks.button("More detail", MORE), block_id=MORE)
    yield from _copied(form.evidence)
    yield blocks.context(_small_print(more=form.more))


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


def _what(begun: str) -> Block:
    return blocks.field(
        "What happened, in order",
        blocks.text_input(
            WHAT,
            multiline=True,
            limit=TEXT_LENGTH,
            placeholder="What was done and said, as you saw or heard it",
            initial=begun,
        ),
        hint="Describe conduct, not character. Exact words are worth more than adjectives.",
    )


def _copied(evidence: Sequence[NewEvidence]) -> Iterator[Block]:
    for message in (piece for piece in evidence if piece.kind == "message"):
        files = sum(piece.kind == "file" for piece in evidence)
        told = [markup("*Kept as evidence:* the message")]
        if message.author_name:
            told.append(markup("by {}", message.author_name))
        if message.written_at:
            told.append(markup("of {}", date(message.written_at)))
        if files:
            told.append(markup("and {}", plural(files, "file")))
        yield blocks.divider()
        yield blocks.context(joined(" ", told))
        yield blocks.quote(message.text or "", limit=12_000) | {"block_id": COPIED}


def _small_print(*, more: bool) -> str:
    readers = "Only your team and the executives can see this record. The client never will."
    if more:
        return f"Everything below “When” is optional. {readers}"
    return f"Witnesses, exact words, files, time lost, our own part: all optional. {readers}"


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
        "answers": dict(form.answers),
    }
    kept |= {name: value for name, value in optional.items() if value}
    return within_limit(kept)


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
        values["text"] = _copied_text(view)
    return NewEvidence(**values)


def _copied_text(view: dict[str, Any]) -> str:
    found = (block for block in view["blocks"] if block.get("block_id") == COPIED)
    text = "".join(
        inner.get("text", "")
        for block in found
        for element in block["elements"]
        for inner in element["elements"]
    )
    return "" if text == " " else text
