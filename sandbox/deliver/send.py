"""Sending one request to the app, and writing it down."""

import time

from sandbox.deliver.packet import COMMAND, EVENT, Answer, Packet
from sandbox.desk import Desk
from sandbox.state.traffic import Delivery


async def send(desk: Desk, packet: Packet) -> Answer:
    """Send to the app and return its answer, or what kept it from answering."""
    world = desk.world
    entry = Delivery(
        world.feed.seq + 1,
        world.clock.now(),
        packet.kind,
        _type(packet),
        packet.payload,
        retry=packet.retry,
    )
    world.log_delivery(entry)
    started = time.perf_counter()
    answer = await desk.line.send(world.app, packet, world.settings.ack_seconds)
    entry.took = time.perf_counter() - started
    entry.status, entry.answer, entry.trouble = answer.status, answer.content, answer.trouble
    world.feed.publish("delivered", delivery=entry.seq, trouble=entry.trouble)
    return answer


def _type(packet: Packet) -> str:
    if packet.kind == COMMAND:
        return str(packet.payload["command"])
    if packet.kind == EVENT:
        return str(packet.payload["event"]["type"])
    return str(packet.payload["type"])
