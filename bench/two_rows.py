"""The floor under a submission: an incident and the event of it, two rows and nothing asked."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from models import AuditEvent, Database, Incident


Held = dict[str, Any]


def keeper(url: str) -> Callable[[Held, Held], None]:
    """Return what keeps a view's values in the migrated database, with the settings of ours."""
    database, numbers = Database(url), count(1)

    def keep(view: Held, user: Held) -> None:
        fields = view["state"]["values"].values()
        held = {name: value for block in fields for name, value in block.items()}
        now = datetime.now(UTC)
        incident = Incident(
            number=f"FLOOR-{next(numbers)}",
            form_key=view["id"],
            client_id=int(held["client"]["selected_option"]["value"].removeprefix("c:")),
            conduct_type_id=1,
            severity=int(held["severity"]["selected_option"]["value"]),
            reporter_id=user["id"],
            reporter_name=user["name"],
            occurred_at=datetime.fromtimestamp(held["when"]["selected_date_time"], UTC),
            month=now.year * 100 + now.month,
            recorded_at=now,
            what_happened=held["what"]["value"],
            search_text=held["what"]["value"],
        )
        with database.write() as session:
            session.add(incident)
            session.flush()
            session.add(
                AuditEvent(
                    at=now,
                    actor_id=user["id"],
                    action="incident.recorded",
                    client_id=incident.client_id,
                    incident_id=incident.id,
                )
            )

    return keep
