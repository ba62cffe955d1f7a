"""Reading and setting a vehicle's parameters; conversations without socket or clock; pure.

Integer parameters travel as ArduPilot sends them: their value as a float.
"""

from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.errors import DeviceError, NotFound, VehicleRefused
from app.vehicle.frames import Message
from app.vehicle.talk import LISTEN, PASS, TRIES, Peer, Talk

NAME_LENGTH = 16
HOLES_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    value: float
    kind: int  # MAV_PARAM_TYPE
    index: int
    count: int  # of all the vehicle has


def parameter(message: Message) -> Parameter:
    """The parameter a PARAM_VALUE tells of."""
    return Parameter(
        str(message.param_id), message.param_value, message.param_type, message.param_index, message.param_count
    )


def read_all(peer: Peer, tries: int = TRIES) -> Talk[dict[str, Parameter]]:
    """Every parameter by name. The list is asked for once more when nothing comes, holes by their index.

    Raises ``DeviceError`` after ``tries`` silences in which nothing new arrived.
    """
    found: dict[int, Parameter] = {}
    asked = 0
    heard = yield _list(peer)
    while True:
        if heard is not None and heard.get_type() == "PARAM_VALUE":
            one = parameter(heard)
            if one.index < one.count and one.index not in found:  # an answer to a set has index 65535
                found[one.index], asked = one, 0
            if found and len(found) >= next(iter(found.values())).count:
                return {one.name: one for _, one in sorted(found.items())}
            heard = yield LISTEN
        elif heard is not None:
            heard = yield PASS
        elif asked >= tries:
            raise DeviceError(f"The vehicle sent {len(found)} parameters and then no more. Check the link.")
        elif not found:
            asked += 1
            heard = yield _list(peer)
        else:
            before = len(found)
            heard = yield from _ask_holes(peer, found)
            asked = 0 if len(found) > before else asked + 1


def _ask_holes(peer: Peer, found: dict[int, Parameter]) -> Talk[Message | None]:
    """Ask for the first missing ones; what comes in between is taken. Returns what was heard last."""
    count = next(iter(found.values())).count
    heard: Message | None = None
    for index in [at for at in range(count) if at not in found][:HOLES_AT_ONCE]:
        if index in found:
            continue
        heard = yield mavlink.MAVLink_param_request_read_message(peer.system, peer.component, b"", index)
        while heard is not None and heard.get_type() != "PARAM_VALUE":
            heard = yield PASS
        if heard is None:
            break
        one = parameter(heard)
        if one.index < count:
            found[one.index] = one
    return heard


def read(peer: Peer, name: str, tries: int = TRIES) -> Talk[Parameter]:
    """One parameter. Raises ``NotFound`` when the vehicle does not answer: that is how it says that it has none."""
    request = mavlink.MAVLink_param_request_read_message(peer.system, peer.component, _wire_name(name), -1)
    for _ in range(tries):
        heard = yield request
        while heard is not None:
            if heard.get_type() == "PARAM_VALUE" and str(heard.param_id) == name:
                return parameter(heard)
            heard = yield PASS
    raise NotFound(f"The vehicle did not answer for the parameter {name}: it has none, or the link is down")


def write(peer: Peer, name: str, value: float, kind: int, tries: int = TRIES) -> Talk[Parameter]:
    """Set one parameter; done when the vehicle says the new value.

    Raises ``VehicleRefused`` when it says another one and ``DeviceError`` when it says nothing.
    """
    request = mavlink.MAVLink_param_set_message(peer.system, peer.component, _wire_name(name), value, kind)
    for _ in range(tries):
        heard = yield request
        while heard is not None:
            if heard.get_type() == "PARAM_VALUE" and str(heard.param_id) == name:
                if abs(heard.param_value - value) > 1e-6 * max(abs(value), 1.0):
                    raise VehicleRefused(f"The vehicle kept {name} at {heard.param_value:g} instead of {value:g}")
                return parameter(heard)
            heard = yield PASS
    raise DeviceError(f"The vehicle did not answer when {name} was set. Check the link and read it again.")


def _list(peer: Peer) -> Message:
    return mavlink.MAVLink_param_request_list_message(peer.system, peer.component)


def _wire_name(name: str) -> bytes:
    raw = name.encode()
    if not 0 < len(raw) <= NAME_LENGTH:
        raise NotFound(f"{name!r} is no parameter's name: names have 1 to {NAME_LENGTH} characters")
    return raw
