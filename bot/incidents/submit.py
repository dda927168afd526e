"""What becomes of a submitted form: a question first where one is due, else the record."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.errors import FieldError, UserError
from bot.incidents.addenda import Author
from bot.incidents.drafts import find_draft, forget_draft, save_draft, words_were_asked
from bot.incidents.new import NewIncident, Recorded
from bot.incidents.record import Gone, Subject, lock_subject, record
from bot.incidents.resend import find_recorded, lock_recorded, sent_again, told
from bot.incidents.same_event import candidates
from bot.incidents.standing import Candidate
from bot.incidents.words import Judgement, judging


@dataclass(frozen=True)
class AskWords:
    """These phrases read as judgements: ask once what was done or said."""

    judgements: tuple[Judgement, ...]


@dataclass(frozen=True)
class AskSameEvent:
    """Others told of the same client at that time: ask whether it is one event.

    `again` says that the one that was chosen before is gone.
    """

    found: tuple[Candidate, ...]
    again: bool = False


Outcome = Recorded | AskWords | AskSameEvent


class SentBefore(Exception):  # noqa: N818 - it reads as what happened
    """The form is on record already: begin again with `second_try`, and lock its own client."""


@dataclass(frozen=True)
class Submission:
    """One press of the button: who, when, and where the MSP's year begins.

    `second_try` after an IntegrityError or SentBefore: it looks first whether the form is on
    record already.
    """

    reporter: Author
    executive: bool
    now: datetime
    timezone: ZoneInfo
    second_try: bool = False

    def form(self, session: Session, new: NewIncident) -> Outcome:
        """Return a question about the form, or the record that it has become.

        Raises IntegrityError or SentBefore where it is on record already: try a second time.
        """
        if again := self._again(session, new):
            return again
        judgements = tuple(judging(new.what_happened))
        if not judgements or words_were_asked(session, new.form_key):
            return self._unless_same_event(session, new, words_asked=bool(judgements))
        self._refuse_sent_before(session, new)
        self._keep(session, new, words_asked=True)
        return AskWords(judgements)

    def as_it_is(self, session: Session, new: NewIncident) -> Outcome:
        """Return the same-event question, or the record; the words are not asked about again."""
        again = self._again(session, new)
        return again or self._unless_same_event(session, new, words_asked=True)

    def separate(self, session: Session, new: NewIncident) -> Recorded:
        """Return the record of an event of its own."""
        return self._again(session, new) or self._recorded(session, new)

    def one_event(self, session: Session, new: NewIncident, chosen: int) -> Outcome:
        """Return the record as a further account of the chosen event.

        Where that is gone meanwhile, the question is asked again, or nothing is left to ask.
        """
        if again := self._again(session, new):
            return again
        subject = self._lock(session, new)
        if chosen in {found.incident_id for found in self._candidates(session, new, subject)}:
            with suppress(Gone):
                return self._recorded(session, new, subject, chosen)
        outcome = self._unless_same_event(session, new, words_asked=True)
        return replace(outcome, again=True) if isinstance(outcome, AskSameEvent) else outcome

    def draft(self, session: Session, form_key: str) -> NewIncident | Recorded:
        """Return what was typed in that form, or the record that it has become meanwhile.

        Raises UserError if it is not kept any more.
        """
        kept = find_draft(session, form_key, self.reporter.id)
        if kept:
            return kept
        before = find_recorded(session, form_key, self.reporter)
        if before:
            return told(before, session, self.timezone)
        raise UserError(
            "This question is too old. Close it, and press “Put on record” in the form again."
        )

    def _unless_same_event(
        self, session: Session, new: NewIncident, *, words_asked: bool
    ) -> Outcome:
        subject = self._lock(session, new)
        found = self._candidates(session, new, subject)
        if not found:
            return self._recorded(session, new, subject)
        self._refuse_sent_before(session, new)
        self._keep(session, new, words_asked=words_asked)
        return AskSameEvent(tuple(found))

    def _again(self, session: Session, new: NewIncident) -> Recorded | None:
        """In a second try, return the record of a form sent before, with what is new in it."""
        before = lock_recorded(session, new.form_key, self.reporter) if self.second_try else None
        if before is None:
            return None
        forget_draft(session, new.form_key)
        zone = self.timezone
        return sent_again(session, before, new, self.reporter, now=self.now, timezone=zone)

    def _lock(self, session: Session, new: NewIncident) -> Subject:
        try:
            return lock_subject(session, new, self.reporter.id, executive=self.executive)
        except FieldError:
            self._refuse_sent_before(session, new)  # then the client on record is what counts
            raise

    def _refuse_sent_before(self, session: Session, new: NewIncident) -> None:
        # Another client's row is locked by now, and to lock two could make two writers wait.
        if not self.second_try and find_recorded(session, new.form_key, self.reporter):
            raise SentBefore

    def _candidates(self, session: Session, new: NewIncident, subject: Subject) -> list[Candidate]:
        person_id, executive = self.reporter.id, self.executive
        return candidates(
            session, subject.client_id, new.occurred_at, person_id, executive=executive
        )

    def _recorded(
        self,
        session: Session,
        new: NewIncident,
        subject: Subject | None = None,
        head: int | None = None,
    ) -> Recorded:
        zone, now = self.timezone, self.now
        recorded = record(
            *(session, new, self.reporter),
            now=now,
            timezone=zone,
            subject=subject,
            same_event_as=head,
            executive=self.executive,
        )
        if subject is None or subject.has_draft:
            forget_draft(session, new.form_key)
        return recorded

    def _keep(self, session: Session, new: NewIncident, *, words_asked: bool) -> None:
        save_draft(session, new, self.reporter.id, words_asked=words_asked, now=self.now)
