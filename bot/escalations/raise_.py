"""Brings a client before the executives, once; later incidents join what is before them already."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import partial

from sqlalchemy import Update, insert, select, update
from sqlalchemy.orm import Session, make_transient_to_detached

from bot.escalations import counts, posts
from bot.escalations.explained import explained_to
from bot.escalations.rules import (
    Filed,
    Pattern,
    Reason,
    Tally,
    adds,
    fires,
    merged,
    reasons,
    sentence,
    window_start,
    windows_of,
)
from models import AuditEvent, Base, Comfort, Escalation, EscalationStatus, Incident, Severity


ESCALATIONS = Base.metadata.tables[Escalation.__tablename__]
_INSERT_ESCALATION = insert(ESCALATIONS).returning(ESCALATIONS.c.id)
_INSERT_EVENT = insert(Base.metadata.tables[AuditEvent.__tablename__])
NOT_YET = ("owner_id", "owner_name", "owned_at", "snoozed_until", "settled_at", "outcome")
"""What a new escalation does not have yet."""

NEXT = "You get a message as soon as one of them looks after it."
"""What a reporter may wait for."""


@dataclass(frozen=True)
class Raised:
    """What came of an incident; `why_for_reporter` holds nothing that the reporter may not see.

    It is empty if no reason is visible to them: then they are told nothing of the escalation.
    """

    escalation_id: int
    is_new: bool
    why_for_reporter: str


@dataclass(frozen=True)
class Weighed:
    """What an incident adds to, as counted under its client's lock.

    `escalation` is the client's open one; `is_new` where this incident is what opened it.
    """

    tallies: counts.Tallies
    escalation: Escalation | None
    is_new: bool = False

    @property
    def escalation_id(self) -> int | None:
        """Return the id of the escalation that the incident belongs to."""
        return self.escalation.id if self.escalation else None


def weigh(
    session: Session,
    client_id: int,
    filed: Filed,
    reporter_id: str,
    *,
    now: datetime,
    timezone: tzinfo,
    newcomer: counts.Newcomer | None = None,
) -> Weighed:
    """Count what the incident adds to; the client's row must be locked.

    `newcomer` is the incident where it is not stored yet. Days are those of `timezone`.
    """
    escalation = counts.open_escalation(session, client_id)
    counted = counts.tallies(
        session,
        client_id,
        windows_of(filed, now=now, timezone=timezone),
        reporter_id=reporter_id,
        escalation_id=escalation.id if escalation else None,
        newcomer=newcomer,
    )
    return Weighed(counted, escalation)


def consider(
    session: Session,
    incident: Incident,
    *,
    now: datetime,
    timezone: tzinfo = UTC,
    severity: int = Severity.MINOR,
    executive: bool = False,
) -> Raised | None:
    """Raise or extend the client's escalation where the stored incident is a reason to.

    Returns None where nothing is before the executives. The client's row must be locked.
    `severity` is what the reporter says now, where that is worse than what stands in the record,
    and `executive` whether they are one.
    """
    filed = filed_of(incident, incident.conduct_type.code, max(severity, incident.severity))
    client_id, reporter_id = incident.client_id, incident.reporter_id
    weighed = weigh(session, client_id, filed, reporter_id, now=now, timezone=timezone)
    weighed = open_if_due(session, client_id, filed, weighed, now=now)
    is_part = weighed.escalation_id is not None and incident.escalation_id == weighed.escalation_id
    incident.escalation_id = weighed.escalation_id or incident.escalation_id
    session.flush()
    tell = partial(
        tell_executives, is_part=is_part, executive=executive, now=now, timezone=timezone
    )
    return tell(session, incident, filed, weighed)


def open_if_due(
    session: Session, client_id: int, filed: Filed, weighed: Weighed, *, now: datetime
) -> Weighed:
    """Open an escalation where the client has none and the incident is a reason to."""
    why = reasons(filed, weighed.tallies.everything)
    if weighed.escalation or not why:
        return weighed
    return replace(weighed, escalation=_store(session, client_id, why, now), is_new=True)


def tell_executives(  # noqa: PLR0913 - what, why, when, and who reads the answer
    session: Session,
    incident: Incident,
    filed: Filed,
    weighed: Weighed,
    *,
    now: datetime,
    timezone: tzinfo,
    is_part: bool = False,
    executive: bool = False,
) -> Raised | None:
    """Have the executives told of an incident that is stored and linked to its escalation, if any.

    `is_part`: it belonged to the escalation before, and adds a reason at most. `executive`: the
    reporter is one.
    """
    escalation = weighed.escalation
    if escalation is None:
        return None
    why = reasons(filed, weighed.tallies.everything)
    since = _since(why, now, timezone)
    if weighed.is_new:
        _begin(session, escalation, incident, since, now)
    else:
        _extend(session, escalation, incident, why, since, now, is_part=is_part)
    because = " and ".join(_because(filed, weighed.tallies.seen))
    known = executive or _is_known(session, escalation, incident, because, timezone)
    read = _for_reporter(because, escalation, known=known)
    return Raised(escalation.id, weighed.is_new, read)


def touched(session: Session, incident: Incident, *, now: datetime) -> None:
    """Have what stands in Slack updated with what became of an incident that is part of it."""
    if incident.escalation_id is not None:
        posts.refresh_incident(session, incident, now=now)


def lines(why: str) -> tuple[str, ...]:
    """Return the reasons that `Escalation.why` keeps, strongest first."""
    return tuple(why.splitlines())


def filed_of(incident: Incident, conduct: str, severity: int) -> Filed:
    """Return what the incident says of itself; `conduct` is the code of its conduct type."""
    return Filed(
        number=incident.number,
        reporter_name=" ".join(incident.reporter_name.split()),
        conduct=conduct,
        severity=severity,
        comfort=Comfort(incident.comfort) if incident.comfort else None,
        attention=incident.attention,
        counts=incident.counts,
        occurred_at=incident.occurred_at,
    )


def _store(session: Session, client_id: int, why: Sequence[Reason], now: datetime) -> Escalation:
    """Store a new escalation without the unit of work, which takes longer than the rest."""
    values = {
        "client_id": client_id,
        "status": EscalationStatus.OPEN,
        "why": "\n".join(merged((), _sentences(why))),
        "opened_at": now,
    }
    number = session.connection().execute(_INSERT_ESCALATION, values).scalar_one()
    blank = dict.fromkeys(NOT_YET)
    escalation = Escalation(id=number, **values, **blank)
    make_transient_to_detached(escalation)
    session.add(escalation)
    return escalation


def _begin(
    session: Session,
    escalation: Escalation,
    incident: Incident,
    since: datetime | None,
    now: datetime,
) -> None:
    """Link the rest of the window to the incident's new escalation, and tell the executives."""
    _note("escalation.raised", session, escalation, incident, now)
    if since:
        session.execute(_linking(escalation, since))
    posts.announce(session, escalation, now=now)


def _linking(escalation: Escalation, since: datetime) -> Update:
    """Return what links the rest of the pattern; other accounts of an event go with it."""
    return (
        update(Incident)
        .where(
            Incident.client_id == escalation.client_id,
            Incident.occurred_at >= since,
            Incident.withdrawn_at.is_(None),
            Incident.escalation_id.is_(None),
        )
        .values(escalation_id=escalation.id)
    )


def _extend(
    session: Session,
    escalation: Escalation,
    incident: Incident,
    why: Sequence[Reason],
    since: datetime | None,
    now: datetime,
    *,
    is_part: bool,
) -> None:
    """Post the incident, whatever it is, in the thread of its escalation.

    A new reason links the rest of its pattern too. An incident that was part of the escalation
    before only adds a reason, and is not posted again.
    """
    known, new = lines(escalation.why), _sentences(why)
    escalation.why = "\n".join(merged(known, new))
    _note("escalation.extended", session, escalation, incident, now)
    session.flush()
    if since and adds(known, new):
        session.execute(_linking(escalation, since))
    if is_part:
        touched(session, incident, now=now)
        return
    if escalation.status is EscalationStatus.OPEN and _stands_alone(session, incident):
        posts.remind(session, escalation, _patience(escalation, now), now=now)
    posts.reply(session, escalation, incident, new_why=adds(known, new), now=now)
    if escalation.status is EscalationStatus.OWNED:
        posts.tell_untold(session, escalation, now=now)


def _stands_alone(session: Session, incident: Incident) -> bool:
    """Return whether all else was withdrawn, so that the reminder may be gone."""
    others = (
        select(Incident.id)
        .where(
            Incident.escalation_id == incident.escalation_id,
            Incident.id != incident.id,
            Incident.withdrawn_at.is_(None),
        )
        .limit(1)
    )
    return session.scalar(others) is None


def _patience(escalation: Escalation, now: datetime) -> datetime:
    return max(now + posts.PATIENCE, escalation.snoozed_until or now)


def _note(
    action: str, session: Session, escalation: Escalation, incident: Incident, now: datetime
) -> None:
    values = {
        "at": now,
        "actor_id": incident.reporter_id,
        "action": action,
        "client_id": incident.client_id,
        "incident_id": incident.id,
        "escalation_id": escalation.id,
    }
    session.connection().execute(_INSERT_EVENT, values)


def _since(why: Sequence[Reason], now: datetime, timezone: tzinfo) -> datetime | None:
    """Return when the longest window began; None where the incident alone is the reason."""
    longest = max((reason.days for reason in why), default=0)
    return window_start(now, longest, timezone) if longest else None


def _is_known(
    session: Session, escalation: Escalation, incident: Incident, because: str, timezone: tzinfo
) -> bool:
    """Return whether the reporter could know of the escalation before this incident.

    Not looked up if it makes no difference to what they read.
    """
    if because and not escalation.owner_name:
        return False
    asked = ([escalation.id], incident.reporter_id, timezone)
    return bool(explained_to(session, *asked, but=incident.id))


def _for_reporter(because: str, escalation: Escalation, *, known: bool) -> str:
    """Return what the reporter reads, from what they may see alone; "" if that is nothing."""
    if not because and not known:
        return ""
    what_next = _next(escalation) if known else NEXT
    return f"The executives are being told{', ' if because else ''}{because}. {what_next}"


def _because(filed: Filed, seen: Mapping[Pattern, Tally]) -> Iterator[str]:
    if filed.attention:
        yield "as you asked"
    if filed.severity >= Severity.CRITICAL:
        yield "because it is critical"
    counted = [sentence(*held) for held in seen.items() if fires(*held)]
    if counted:
        yield f"since there are now {' and '.join(counted)}"


def _next(escalation: Escalation) -> str:
    if escalation.owner_name:
        return f"{' '.join(escalation.owner_name.split())} is looking after it."
    return NEXT


def _sentences(why: Sequence[Reason]) -> tuple[str, ...]:
    return tuple(reason.sentence for reason in why)
