"""Reads the sample MSP's stories: who recorded what about whom, and what executives did then."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.incidents.new import NewIncident


HERE = Path(__file__).parent
TIMEZONE = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Teller:
    """Somebody of the sample MSP."""

    id: str
    name: str


@dataclass(frozen=True)
class Step:
    """One thing that happened: an incident was recorded, or an executive acted."""

    at: datetime
    client: str
    by: Teller
    incident: NewIncident | None = None
    act: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class SampleClient:
    """A client of the sample MSP."""

    name: str
    aliases: tuple[str, ...] = ()
    psa_id: str | None = None
    slack_team_id: str | None = None
    steps: tuple[Step, ...] = field(default=())


def people() -> dict[str, Teller]:
    """Return everybody in the sample workspace by Slack id."""
    described = json.loads((HERE / "workspace.json").read_text(encoding="utf-8"))
    return {one["id"]: Teller(one["id"], one["real_name"]) for one in described["people"]}


def clients(now: datetime) -> list[SampleClient]:
    """Return the sample clients with what happened, reckoned back from `now`."""
    told = tomllib.loads((HERE / "stories.toml").read_text(encoding="utf-8"))
    everybody = people()
    return [_client(client, everybody, now) for client in told["client"]]


def _client(told: dict[str, Any], everybody: dict[str, Teller], now: datetime) -> SampleClient:
    name = told["name"]
    steps = [
        *(_incident(name, turn, step, everybody, now) for turn, step in _numbered(told)),
        *(_act(name, step, everybody, now) for step in told.get("acts", [])),
    ]
    return SampleClient(
        name,
        tuple(told.get("aliases", ())),
        told.get("psa_id"),
        told.get("slack_team_id"),
        tuple(sorted(steps, key=lambda step: step.at)),
    )


def _numbered(told: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    yield from enumerate(told.get("incidents", []), start=1)


def _incident(
    client: str, turn: int, told: dict[str, Any], everybody: dict[str, Teller], now: datetime
) -> Step:
    occurred = _moment(told, now)
    incident = NewIncident(
        form_key=f"demo {client[:20]} {turn}",
        client=client,
        conduct=told["conduct"],
        severity=told["severity"],
        what_happened=told["what"],
        occurred_at=occurred,
        contact=told.get("contact"),
        medium=told.get("medium"),
        exact_words=told.get("words"),
        heard=told.get("heard"),
        what_we_did=told.get("did"),
        told_before=told.get("told"),
        our_part=told.get("part"),
        minutes_lost=told.get("minutes"),
        comfort=told.get("comfort"),
        confidential=told.get("confidential", False),
        witness_names=tuple(told.get("names", ())),
        answers=told.get("answers", {}),
    )
    recorded = occurred + timedelta(minutes=told["late"])
    return Step(recorded, client, everybody[told["by"]], incident)


def _act(client: str, told: dict[str, Any], everybody: dict[str, Teller], now: datetime) -> Step:
    by, outcome = everybody[told["by"]], told.get("outcome", "")
    return Step(_moment(told, now), client, by, act=told["what"], outcome=outcome)


def _moment(told: dict[str, Any], now: datetime) -> datetime:
    """Return days before today at a local time, or minutes before now."""
    if "minus" in told:
        return now - timedelta(minutes=told["minus"])
    day = (now.astimezone(TIMEZONE) - timedelta(days=told["days"])).date()
    return datetime.combine(day, time.fromisoformat(told["at"]), TIMEZONE)
