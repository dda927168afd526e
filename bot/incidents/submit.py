"""What becomes of a submitted form: a question first where one is due, else the record."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import UserError
from bot.incidents.addenda import Author
from bot.incidents.drafts import find_draft, save_draft, words_were_asked
from bot.incidents.new import NewIncident, Recorded
from bot.incidents.record import record
from bot.incidents.same_event import Candidate, candidates
from bot.incidents.words import Judgement, judging
from models import Incident


@dataclass(frozen=True)
class AskWords:
    """These phrases read as judgements: ask once what was done or said."""

    judgements: tuple[Judgement, ...]


@dataclass(frozen=True)
class AskSameEvent:
    """Others told of the same client at that time: ask whether it is one event."""

    found: tuple[Candidate, ...]


Outcome = Recorded | AskWords | AskSameEvent


@dataclass(frozen=True)
class Submission:
    """One press of the button: who, when, and where the MSP's year begins."""

    reporter: Author
    executive: bool
    now: datetime
    timezone: ZoneInfo

    def form(self, session: Session, new: NewIncident) -> Outcome:
        """Return a question about the form, or the record that it has become."""
        judgements = tuple(judging(new.what_happened))
        if judgements and not self._settled(session, new.view_id):
            self._keep(session, new, words_asked=True)
            return AskWords(judgements)
        return self.as_it_is(session, new)

    def as_it_is(self, session: Session, new: NewIncident) -> Outcome:
        """Return the same-event question, or the record; the words are not asked about."""
        found = candidates(session, new, self.reporter.id, executive=self.executive)
        if found and not self._is_recorded(session, new.view_id):
            self._keep(session, new, words_asked=words_were_asked(session, new.view_id))
            return AskSameEvent(tuple(found))
        return self.decided(session, new, None)

    def decided(self, session: Session, new: NewIncident, same_event_as: int | None) -> Recorded:
        """Return the record, of a separate event or as a further account of an event."""
        return record(
            session,
            new,
            self.reporter,
            now=self.now,
            timezone=self.timezone,
            same_event_as=same_event_as,
        )

    def one_event(self, session: Session, new: NewIncident, chosen: int) -> Recorded:
        """Return the record as a further account of the chosen event; raises UserError if gone."""
        found = candidates(session, new, self.reporter.id, executive=self.executive)
        if chosen not in {candidate.incident_id for candidate in found}:
            raise UserError("That record has changed meanwhile. Please choose again.")
        return self.decided(session, new, chosen)

    def draft(self, session: Session, view_id: str) -> NewIncident:
        """Return what was typed in that form; raises UserError if it is not kept any more."""
        kept = find_draft(session, view_id, self.reporter.id)
        if kept is None:
            raise UserError(
                "This question is too old. Close it, and press “Put on record” in the form again."
            )
        return kept

    def _settled(self, session: Session, view_id: str) -> bool:
        return words_were_asked(session, view_id) or self._is_recorded(session, view_id)

    def _is_recorded(self, session: Session, view_id: str) -> bool:
        known = select(Incident.id).where(Incident.view_id == view_id)
        return session.scalar(known) is not None

    def _keep(self, session: Session, new: NewIncident, *, words_asked: bool) -> None:
        save_draft(session, new, self.reporter.id, words_asked=words_asked, now=self.now)
