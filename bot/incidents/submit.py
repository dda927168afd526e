"""What becomes of a submitted form: a question first where one is due, else the record."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.errors import UserError
from bot.incidents.addenda import Author
from bot.incidents.drafts import find_draft, forget_draft, save_draft, words_were_asked
from bot.incidents.new import NewIncident, Recorded
from bot.incidents.record import Gone, record
from bot.incidents.resend import recorded_before, sent_again, told
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

    `anew` says that the one that was chosen before is gone.
    """

    found: tuple[Candidate, ...]
    anew: bool = False


Outcome = Recorded | AskWords | AskSameEvent


@dataclass(frozen=True)
class Submission:
    """One press of the button: who, when, and where the MSP's year begins.

    `second_try` after an IntegrityError: it looks first whether the form is on record already.
    """

    reporter: Author
    executive: bool
    now: datetime
    timezone: ZoneInfo
    second_try: bool = False

    def form(self, session: Session, new: NewIncident) -> Outcome:
        """Return a question about the form, or the record that it has become.

        Raises IntegrityError where the same form is on record already: try a second time.
        """
        judgements = tuple(judging(new.what_happened))
        if not judgements or words_were_asked(session, new.form_key):
            return self._unless_same_event(session, new, words_asked=bool(judgements))
        before = self._before(session, new)
        if before:
            return before
        self._keep(session, new, words_asked=True)
        return AskWords(judgements)

    def as_it_is(self, session: Session, new: NewIncident) -> Outcome:
        """Return the same-event question, or the record; the words are not asked about again."""
        return self._unless_same_event(session, new, words_asked=True)

    def separate(self, session: Session, new: NewIncident) -> Recorded:
        """Return the record of an event of its own."""
        return self._recorded(session, new, None)

    def one_event(self, session: Session, new: NewIncident, chosen: int) -> Outcome:
        """Return the record as a further account of the chosen event.

        Where that is gone meanwhile, the question is made anew, or there is nothing left to ask.
        """
        if chosen in {candidate.incident_id for candidate in self._candidates(session, new)}:
            with suppress(Gone):
                return self._recorded(session, new, chosen)
        outcome = self._unless_same_event(session, new, words_asked=True)
        return replace(outcome, anew=True) if isinstance(outcome, AskSameEvent) else outcome

    def draft(self, session: Session, form_key: str) -> NewIncident | Recorded:
        """Return what was typed in that form, or the record that it has become meanwhile.

        Raises UserError if it is not kept any more.
        """
        kept = find_draft(session, form_key, self.reporter.id)
        if kept:
            return kept
        before = recorded_before(session, form_key, self.reporter)
        if before:
            return told(before, session)
        raise UserError(
            "This question is too old. Close it, and press “Put on record” in the form again."
        )

    def _unless_same_event(
        self, session: Session, new: NewIncident, *, words_asked: bool
    ) -> Outcome:
        found = self._candidates(session, new)
        if not found:
            return self._recorded(session, new, None)
        before = self._before(session, new)
        if before:
            return before
        self._keep(session, new, words_asked=words_asked)
        return AskSameEvent(tuple(found))

    def _before(self, session: Session, new: NewIncident) -> Recorded | None:
        before = recorded_before(session, new.form_key, self.reporter)
        if before is None:
            return None
        forget_draft(session, new.form_key)
        zone = self.timezone
        return sent_again(session, before, new, self.reporter, now=self.now, timezone=zone)

    def _candidates(self, session: Session, new: NewIncident) -> list[Candidate]:
        return candidates(session, new, self.reporter.id, executive=self.executive)

    def _recorded(self, session: Session, new: NewIncident, head: int | None) -> Recorded:
        before = self._before(session, new) if self.second_try else None
        if before:
            return before
        zone = self.timezone
        recorded = record(
            session, new, self.reporter, now=self.now, timezone=zone, same_event_as=head
        )
        forget_draft(session, new.form_key)
        return recorded

    def _keep(self, session: Session, new: NewIncident, *, words_asked: bool) -> None:
        save_draft(session, new, self.reporter.id, words_asked=words_asked, now=self.now)
