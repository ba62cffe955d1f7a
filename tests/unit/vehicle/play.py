"""Plays a conversation against a list of what is heard, and says what it said."""

from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.errors import AppError
from app.vehicle.frames import Frame, FrameReader, FrameWriter
from app.vehicle.talk import Peer, Talk, Wait

PEER = Peer(1, 1, 255)


class Unfinished:
    """The conversation still waits."""


def play(talk: Talk[Any], *heard: Any) -> tuple[list[str], Any]:
    """What was said, and the result or error; ``heard`` follows each thing said or waited for; None is a silence."""
    said: list[str] = []
    try:
        said += _told(next(talk))
        for event in heard:
            said += _told(talk.send(event))
    except StopIteration as end:
        return said, end.value
    except AppError as error:
        return said, error
    return said, Unfinished


def _told(one: Any) -> list[str]:
    if isinstance(one, Wait):
        return []
    if isinstance(one, tuple):
        return [word for part in one for word in _told(part)]
    kind = one.get_type()
    if kind == "COMMAND_LONG":
        return [f"command {one.command} {one.param1:g} {one.param2:g} #{one.confirmation}"]
    if hasattr(one, "seq"):
        return [f"{kind} {one.seq}"]
    if kind == "PARAM_REQUEST_READ":
        return [f"{kind} {one.param_index}"]
    return [kind]


def framed(message: Any, system: int = 1, component: int = 1) -> Frame:
    """A message as it comes from the wire."""
    return FrameReader().feed(FrameWriter(system, component).pack(message))[0]


def ack(number: int, result: int = 0, target: int = 255) -> Any:
    return mavlink.MAVLink_command_ack_message(number, result, 0, 0, target, 190)


def text(words: str, severity: int = 4) -> Any:
    message = mavlink.MAVLink_statustext_message(severity, words.encode())
    message.text = words  # as it is when decoded
    return message


def beat(mode: int, armed: bool = False) -> Any:
    return mavlink.MAVLink_heartbeat_message(2, 3, 128 * armed | 1, mode, 4, 3)


def landed(state: int) -> Any:
    return mavlink.MAVLink_extended_sys_state_message(0, state)


def param(name: str, value: float, index: int, count: int, kind: int = 9) -> Any:
    message = mavlink.MAVLink_param_value_message(name.encode(), value, kind, count, index)
    message.param_id = name
    return message
