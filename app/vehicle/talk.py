"""Conversations with a vehicle as generators, and the simplest one: a command and its acknowledgement; pure.

A conversation yields what it has to say and is sent what was heard next: a message, or None after a silence. What it
may yield: a message or several (sent, and the wait for silence begins anew), ``LISTEN`` (nothing is sent, the wait
begins anew) or ``PASS`` (what was heard does not concern it, the wait goes on). It returns its result or raises an
``AppError``. Who plays it decides how long a silence is.
"""

from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.errors import DeviceError, VehicleRefused
from app.vehicle.frames import Message


class Wait(Enum):
    ANEW = 1
    ON = 2


LISTEN, PASS = Wait.ANEW, Wait.ON
ResultT = TypeVar("ResultT")
Talk = Generator[Message | tuple[Message, ...] | Wait, Message | None, ResultT]

TRIES = 5
BUSY_SILENCES = 30  # how long a vehicle may work on a command after it said IN_PROGRESS
SPOKEN = mavlink.MAV_SEVERITY_WARNING  # texts as severe as this or more are taken for a refusal's reason

_RESULTS = {
    mavlink.MAV_RESULT_TEMPORARILY_REJECTED: "not at present",
    mavlink.MAV_RESULT_DENIED: "denied",
    mavlink.MAV_RESULT_UNSUPPORTED: "it does not know this command",
    mavlink.MAV_RESULT_FAILED: "it failed",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """Who talks to whom: the vehicle's system and component, our own system, and the autopilot's name if it matters."""

    system: int
    component: int
    own: int
    autopilot: str = ""

    @property
    def home_first(self) -> bool:
        """Whether item 0 of its mission is home."""
        return self.autopilot == "ArduPilot"

    @property
    def bytewise(self) -> bool:
        """Whether it sends integer parameters by their bytes."""
        return self.autopilot == "PX4"


@dataclass(frozen=True, slots=True)
class Command:
    """A COMMAND_LONG by its MAV_CMD number, with up to seven parameters; ``name`` is for people."""

    number: int
    name: str
    parameters: tuple[float, ...] = ()

    def message(self, peer: Peer, confirmation: int) -> Message:
        padded = (*self.parameters, *(0.0,) * (7 - len(self.parameters)))
        return mavlink.MAVLink_command_long_message(
            peer.system, peer.component, self.number, min(confirmation, 255), *padded
        )

    def is_answer(self, heard: Message, peer: Peer) -> bool:
        """Whether ``heard`` is this command's COMMAND_ACK for us; old firmware leaves the addressee 0."""
        return (
            heard.get_type() == "COMMAND_ACK" and heard.command == self.number and heard.target_system in {0, peer.own}
        )


def command(order: Command, peer: Peer, tries: int = TRIES) -> Talk[None]:
    """Send a command until it is acknowledged.

    Raises ``VehicleRefused`` with the vehicle's own words, and ``DeviceError`` after ``tries`` silences, or after
    ``BUSY_SILENCES`` when the vehicle said that it is busy with it.
    """
    heard = yield order.message(peer, 0)
    sent, quiet, busy, words = 1, 0, False, ""
    while True:
        if heard is None:
            quiet += 1
            if quiet >= (BUSY_SILENCES if busy else tries):
                raise DeviceError(f"The vehicle did not answer: {order.name}. Check the link and try again.")
            heard = yield LISTEN if busy else order.message(peer, sent)
            sent += not busy
        elif order.is_answer(heard, peer):
            if heard.result == mavlink.MAV_RESULT_ACCEPTED:
                return
            if heard.result != mavlink.MAV_RESULT_IN_PROGRESS:
                yield from refuse(order.name, heard.result, words)
            busy, quiet = True, 0
            heard = yield LISTEN
        else:
            words = spoken(heard) or words
            heard = yield PASS


def refuse(name: str, result: int, words: str) -> Talk[None]:
    """Raise ``VehicleRefused``; wait one silence for the vehicle's words when it has said nothing yet."""
    heard = None if words else (yield LISTEN)
    while heard is not None and not words:
        words = spoken(heard)
        heard = None if words else (yield PASS)
    reason = words or _RESULTS.get(result, f"result {result}")
    raise VehicleRefused(f"The vehicle refused: {name}. {reason}")


def spoken(heard: Message) -> str:
    """A STATUSTEXT's text when it is severe enough to be a reason, else an empty one."""
    return str(heard.text) if heard.get_type() == "STATUSTEXT" and heard.severity <= SPOKEN else ""
