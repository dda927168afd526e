"""What somebody typed, kept while a question about it is open: nothing is lost either way."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from bot.incidents.new import NewIncident, from_json, to_json
from models import Draft


KEPT_FOR = timedelta(days=1)

DRAFTS = Draft.metadata.tables[Draft.__tablename__]
_OF_FORM = delete(DRAFTS).where(DRAFTS.c.form_key == bindparam("key"))


def save_draft(
    session: Session, new: NewIncident, person_id: str, *, words_asked: bool, now: datetime
) -> None:
    """Keep the form, in place of what was kept of it before; forget drafts that nobody wants."""
    session.execute(delete(Draft).where(Draft.saved_at < now - KEPT_FOR))
    content = {"form": to_json(new), "words_asked": words_asked}
    session.merge(Draft(form_key=new.form_key, person_id=person_id, content=content, saved_at=now))
    session.flush()


def forget_draft(session: Session, form_key: str) -> None:
    """Forget what was typed: it is on record now."""
    session.connection().execute(_OF_FORM, {"key": form_key})


def words_were_asked(session: Session, form_key: str) -> bool:
    """Return whether this form's words were asked about before: once is enough."""
    content = session.scalar(select(Draft.content).where(Draft.form_key == form_key))
    return bool(content and content["words_asked"])


def not_asked(session: Session, form_key: str) -> None:
    """Have the words asked about again: nobody saw the question."""
    draft = session.get(Draft, form_key)
    if draft:
        draft.content = draft.content | {"words_asked": False}
        session.flush()


def find_draft(session: Session, form_key: str, person_id: str) -> NewIncident | None:
    """Return what this person typed in that form; nobody else's form is ever given."""
    mine = select(Draft.content).where(Draft.form_key == form_key, Draft.person_id == person_id)
    content = session.scalar(mine)
    return from_json(content["form"]) if content else None
