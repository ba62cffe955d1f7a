"""Reading and setting a vehicle's parameters; conversations without socket or clock; pure.

ArduPilot sends integers by their value, as a float; PX4 sends their bytes in the place of one.
https://mavlink.io/en/services/parameter.html
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.errors import DeviceError, NotFound, OutOfRange, VehicleRefused
from app.vehicle.frames import Message
from app.vehicle.talk import LISTEN, PASS, Peer, Talk

NAME_LENGTH = 16
TRIES = 10
HOLES_AT_ONCE = 10  # asked for and not yet answered; ArduPilot keeps 20 such questions and drops the rest
MOST = 65_535  # parameters; indices have 16 bits and this one stands for "by name"
_FLOAT = Struct("<f")
_INTEGERS = {
    mavlink.MAV_PARAM_TYPE_UINT8: (Struct("<Bxxx"), 0, 2**8 - 1),
    mavlink.MAV_PARAM_TYPE_INT8: (Struct("<bxxx"), -(2**7), 2**7 - 1),
    mavlink.MAV_PARAM_TYPE_UINT16: (Struct("<Hxx"), 0, 2**16 - 1),
    mavlink.MAV_PARAM_TYPE_INT16: (Struct("<hxx"), -(2**15), 2**15 - 1),
    mavlink.MAV_PARAM_TYPE_UINT32: (Struct("<I"), 0, 2**32 - 1),
    mavlink.MAV_PARAM_TYPE_INT32: (Struct("<i"), -(2**31), 2**31 - 1),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    value: float
    kind: int  # MAV_PARAM_TYPE
    index: int
    count: int  # of all the vehicle has


def parameter(message: Message, peer: Peer) -> Parameter:
    """The parameter a PARAM_VALUE tells of."""
    kind, value = message.param_type, float(message.param_value)
    if peer.bytewise and kind in _INTEGERS:
        value = float(_INTEGERS[kind][0].unpack(_FLOAT.pack(value))[0])
    return Parameter(str(message.param_id), value, kind, message.param_index, message.param_count)


def read_all(peer: Peer, tries: int = TRIES) -> Talk[dict[str, Parameter]]:
    """Every parameter by name. The list is asked for again when nothing comes, holes by their index.

    Raises ``DeviceError`` after ``tries`` silences in which nothing new arrived, or when the vehicle cannot decide how
    many it has.
    """
    found: dict[int, Parameter] = {}
    holes = _Holes(peer)
    quiet = changes = 0
    heard = yield _list(peer)
    while True:
        if heard is None:
            quiet += 1
            if quiet > tries:
                raise DeviceError(_ended(found))
            heard = yield (holes.ask(found, anew=True) if found else _list(peer))
        elif heard.get_type() != "PARAM_VALUE" or heard.param_index >= heard.param_count:
            heard = yield PASS  # an answer to a set has index 65535
        else:
            one = parameter(heard, peer)
            if found and one.count != next(iter(found.values())).count:
                changes += 1  # it has booted again, or a parameter made others appear
                if changes > tries:
                    raise DeviceError(f"The vehicle says that it has {one.count} parameters, and keeps changing that")
                found.clear()
                heard = yield _list(peer)
                continue
            quiet = 0 if one.index not in found else quiet
            found[one.index] = one
            if len(found) == one.count:
                return {one.name: one for _, one in sorted(found.items())}
            heard = yield holes.after(one, found)


class _Holes:
    """Which indices were asked for and are not yet answered, in their order: what is overtaken was lost."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._asked: list[int] = []
        self._from = 0  # every hole below was asked for in this round

    def after(self, one: Parameter, found: Mapping[int, Parameter]) -> "Message | tuple[Message, ...]":
        """What to say once ``one`` has come: nothing while the list itself runs, then the next questions."""
        if one.index in self._asked:
            del self._asked[: self._asked.index(one.index) + 1]
        elif one.index != one.count - 1:
            return LISTEN  # the list still runs
        return self.ask(found) or LISTEN

    def ask(self, found: Mapping[int, Parameter], anew: bool = False) -> tuple[Message, ...]:
        """Questions for the next holes; ``anew``: nothing asked before will be answered."""
        if anew:
            self._asked, self._from = [], 0
        count = next(iter(found.values())).count
        room = HOLES_AT_ONCE - len(self._asked)
        next_ones = [at for at in range(self._from, count) if at not in found and at not in self._asked][:room]
        if not next_ones and room:  # a round has ended: what was lost in it is asked for again
            next_ones = [at for at in range(count) if at not in found and at not in self._asked][:room]
        if next_ones:
            self._from = next_ones[-1] + 1
        self._asked += next_ones
        return tuple(_request(self._peer, b"", at) for at in next_ones)


def read(peer: Peer, name: str, tries: int = TRIES) -> Talk[Parameter]:
    """One parameter. Raises ``NotFound`` when the vehicle does not answer: that is how it says that it has none."""
    request = _request(peer, _wire_name(name), -1)
    for _ in range(tries):
        heard = yield request
        while heard is not None:
            if _is_value(heard, name):
                return parameter(heard, peer)
            _check_error(heard, name, peer)
            heard = yield PASS
    raise NotFound(f"The vehicle did not answer for the parameter {name}: it has none, or the link is down")


def write(peer: Peer, name: str, value: float, kind: int, tries: int = TRIES) -> Talk[Parameter]:
    """Set one parameter; done when the vehicle says the new value.

    Raises ``OutOfRange`` for a value its type cannot hold, ``VehicleRefused`` when the vehicle says another one twice
    (once may have been on its way before), and ``DeviceError`` when it says nothing.
    """
    wire = _wire_value(name, value, kind, peer)
    request = mavlink.MAVLink_param_set_message(peer.system, peer.component, _wire_name(name), wire, kind)
    refusals = 0
    for _ in range(tries):
        heard, refused = (yield request), False
        while heard is not None:
            if _is_value(heard, name):
                said = parameter(heard, peer)
                if abs(said.value - value) <= 1e-6 * max(abs(value), 1.0):
                    return said
                refusals += not refused
                refused = True
                if refusals > 1:
                    raise VehicleRefused(f"The vehicle kept {name} at {said.value:g} instead of {value:g}")
            _check_error(heard, name, peer)
            heard = yield PASS
    raise DeviceError(f"The vehicle did not answer when {name} was set. Check the link and read it again.")


def change(peer: Peer, name: str, value: float, tries: int = TRIES) -> Talk[Parameter]:
    """Set a parameter whose type is not known yet, so it is read first. Raises what ``read`` and ``write`` raise."""
    old = yield from read(peer, name, tries)
    return (yield from write(peer, name, value, old.kind, tries))


def integer(kind: int) -> bool:
    """Whether parameters of this MAV_PARAM_TYPE hold whole numbers."""
    return kind in _INTEGERS


def _wire_value(name: str, value: float, kind: int, peer: Peer) -> float:
    if not math.isfinite(value) or abs(value) > 3.4e38:
        raise OutOfRange(f"{name} cannot be {value}")
    if kind not in _INTEGERS:
        return value
    packing, lowest, highest = _INTEGERS[kind]
    if not value.is_integer() or not lowest <= value <= highest:
        raise OutOfRange(f"{name} holds whole numbers from {lowest} to {highest}; {value:g} is none of them")
    if peer.bytewise:
        return float(_FLOAT.unpack(packing.pack(int(value)))[0])
    return value


def _is_value(heard: Message, name: str) -> bool:
    return heard.get_type() == "PARAM_VALUE" and str(heard.param_id) == name


def _check_error(heard: Message, name: str, peer: Peer) -> None:
    """Newer vehicles say why not; older ones say the old value, or nothing."""
    if heard.get_type() != "PARAM_ERROR" or str(heard.param_id) != name or heard.target_system not in {0, peer.own}:
        return
    reason = mavlink.enums["MAV_PARAM_ERROR"].get(heard.error)
    if heard.error == mavlink.MAV_PARAM_ERROR_DOES_NOT_EXIST:
        raise NotFound(f"The vehicle has no parameter {name}")
    raise VehicleRefused(f"The vehicle refused the parameter {name}: {reason.name if reason else heard.error}")


def _ended(found: Mapping[int, Parameter]) -> str:
    if not found:
        return "The vehicle did not send its parameters. Check the link and try again."
    count = next(iter(found.values())).count
    missing = [at for at in range(count) if at not in found]
    named = ", ".join(map(str, missing[:5])) + (" …" if len(missing) > 5 else "")
    return f"The vehicle says that it has {count} parameters and sent {len(found)}. Missing: number {named}."


def _request(peer: Peer, name: bytes, index: int) -> Message:
    return mavlink.MAVLink_param_request_read_message(peer.system, peer.component, name, index)


def _list(peer: Peer) -> Message:
    return mavlink.MAVLink_param_request_list_message(peer.system, peer.component)


def _wire_name(name: str) -> bytes:
    raw = name.encode()
    if not 0 < len(raw) <= NAME_LENGTH:
        raise NotFound(f"{name!r} is no parameter's name: names have 1 to {NAME_LENGTH} characters")
    return raw
