"""The control interface's addresses."""

from starlette.routing import Route, WebSocketRoute

from sandbox.control import acts, changes, looks
from sandbox.control.live import live
from sandbox.control.requests import Work, control


_GET: dict[str, Work] = {
    "/workspace": looks.workspace,
    "/people/{person}/screen": looks.screen,
    "/channels/{channel}/messages": looks.messages,
    "/calls": looks.calls,
    "/deliveries": looks.deliveries,
    "/changes": looks.changes,
    "/faults": looks.faults,
}
_POST: dict[str, Work] = {
    "/reset": changes.reset,
    "/workspace": changes.load,
    "/settings": changes.settings,
    "/clock": changes.clock,
    "/app": changes.app,
    "/people/{person}": changes.person,
    "/people/{person}/acts/{act}": acts.act,
    "/channels/{channel}": changes.channel,
    "/usergroups/{group}": changes.usergroup,
    "/faults": changes.order_fault,
    "/latency": changes.latency,
    "/triggers": changes.mint_triggers,
    "/deliveries/{seq:int}/again": changes.send_again,
    "/disconnect": changes.disconnect,
}
_DELETE: dict[str, Work] = {
    "/faults": changes.clear_faults,
    "/calls": changes.clear_traffic,
}


def control_routes() -> list[Route | WebSocketRoute]:
    """Return every route under /sandbox/."""
    tables = {"GET": _GET, "POST": _POST, "DELETE": _DELETE}
    routes: list[Route | WebSocketRoute] = [
        Route(f"/sandbox{path}", control(work), methods=[method])
        for method, table in tables.items()
        for path, work in table.items()
    ]
    return [*routes, WebSocketRoute("/sandbox/live", live)]
