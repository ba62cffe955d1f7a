"""Missions, geofences and rally points to the vehicle and back; conversations without socket or clock; pure.

https://mavlink.io/en/services/mission.html; what ArduPilot does differently is said where it matters.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.errors import DeviceError, OutOfRange, VehicleRefused
from app.vehicle.frames import Message
from app.vehicle.talk import PASS, Peer, Talk, Wait, spoken

TRIES = 10  # at 20 % loss each way one item in 27 000 is not through after so many
RESTARTS = 4  # of an upload the vehicle has lost track of
MOST_ASKED = 3 * TRIES  # times one item is sent in an upload
_REQUESTS = {"MISSION_REQUEST", "MISSION_REQUEST_INT"}  # ArduPilot asks with the old one even on MAVLink 2
_LOST_TRACK = {mavlink.MAV_MISSION_ERROR, mavlink.MAV_MISSION_OPERATION_CANCELLED}
_INT32, _FLOAT32 = 2**31, 3.4e38


class KindUnsupported(VehicleRefused):
    """A list that the vehicle does not keep at all."""


class PlanKind(IntEnum):
    """The lists a vehicle keeps; the numbers are MAV_MISSION_TYPE."""

    MISSION = mavlink.MAV_MISSION_TYPE_MISSION
    FENCE = mavlink.MAV_MISSION_TYPE_FENCE
    RALLY = mavlink.MAV_MISSION_TYPE_RALLY


@dataclass(frozen=True, slots=True)
class MissionItem:
    """One item; ``position`` is where (0, 0) stands for "here". Heights are above home unless ``frame`` says else."""

    command: int
    position: LatLon
    height_m: float
    parameters: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    frame: int = mavlink.MAV_FRAME_GLOBAL_RELATIVE_ALT

    def message(self, peer: Peer, number: int, kind: PlanKind = PlanKind.MISSION) -> Message:
        """Raises ``OutOfRange`` for values that no message holds."""
        scale = 1.0 if self.frame == mavlink.MAV_FRAME_MISSION else 1e7  # parameters 5 and 6 that are no place
        x, y = self.position.lat_deg * scale, self.position.lon_deg * scale
        if not (abs(x) < _INT32 and abs(y) < _INT32) or any(
            abs(v) > _FLOAT32 for v in (*self.parameters, self.height_m)
        ):
            raise OutOfRange(f"Item {number} of the {words(kind)} holds values that cannot be sent: {self}")
        current = int(number == 0 and kind is PlanKind.MISSION)
        place = (peer.system, peer.component, number, self.frame, self.command)
        rest = (round(x), round(y), self.height_m, kind)
        return mavlink.MAVLink_mission_item_int_message(*place, current, 1, *self.parameters, *rest)


def words(kind: PlanKind) -> str:
    """What people call it."""
    return {PlanKind.MISSION: "mission", PlanKind.FENCE: "geofence", PlanKind.RALLY: "rally points"}[kind]


def item(message: Message) -> MissionItem:
    """The item a MISSION_ITEM_INT, or the older MISSION_ITEM, tells of."""
    plain = message.frame == mavlink.MAV_FRAME_MISSION or message.get_type() == "MISSION_ITEM"
    scale = 1.0 if plain else 1e7
    position = LatLon(message.x / scale, message.y / scale)
    parameters = (message.param1, message.param2, message.param3, message.param4)
    return MissionItem(message.command, position, message.z, parameters, message.frame)


def upload(
    items: Sequence[MissionItem], peer: Peer, kind: PlanKind = PlanKind.MISSION, tries: int = TRIES
) -> Talk[None]:
    """Give the vehicle a list; item 0 of a mission is home for ArduPilot. It asks for each item, in whatever order.

    After a silence the last thing said is said again. A vehicle that lost track (a reboot, or an acknowledgement
    that was lost) is offered the list anew. Raises ``VehicleRefused``, ``DeviceError`` and ``OutOfRange``.
    """
    offer = _Offer(items, peer, kind, tries)
    heard = yield offer.said
    while True:
        if heard is None:
            heard = yield offer.again()
        elif not _concerns(heard, peer, kind):
            offer.words = spoken(heard) or offer.words
            heard = yield PASS
        elif heard.get_type() in _REQUESTS:
            heard = yield offer.asked_for(heard.seq)
        elif heard.get_type() != "MISSION_ACK":
            heard = yield PASS
        elif heard.type == mavlink.MAV_MISSION_ACCEPTED and offer.complete:
            return
        else:
            heard = yield offer.acknowledged(heard.type)


class _Offer:
    """An upload under way: what was asked for, and how often."""

    def __init__(self, items: Sequence[MissionItem], peer: Peer, kind: PlanKind, tries: int) -> None:
        self._items = [one.message(peer, number, kind) for number, one in enumerate(items)]
        self._count = mavlink.MAVLink_mission_count_message(peer.system, peer.component, len(items), kind)
        self._name, self._tries = words(kind), tries
        self.said: Message = self._count
        self.words = ""  # the vehicle's own
        self._asked: Counter[int] = Counter()
        self._quiet = self._strange = self._restarts = 0
        self._repeated = False  # so what is answered may be the repetition
        self._trouble = ""

    @property
    def complete(self) -> bool:
        return len(self._asked) == len(self._items)

    def again(self) -> Message:
        """After a silence."""
        self._quiet += 1
        self._repeated = True
        if self._quiet >= self._tries:
            got = f"{len(self._asked)} of {len(self._items)} items of the {self._name} were asked for"
            raise DeviceError(f"The vehicle fell silent after {got}.{self._trouble} Check the link and try again.")
        return self.said

    def asked_for(self, number: int) -> Message | Wait:
        if number >= len(self._items):
            self._strange += 1
            if self._strange >= self._tries:
                raise DeviceError(f"The vehicle keeps asking for item {number} of a {self._name} of {len(self._items)}")
            return PASS
        self._asked[number] += 1
        self._repeated |= self._asked[number] > 1
        if self._asked[number] > MOST_ASKED:
            raise DeviceError(f"The vehicle asked for item {number} of the {self._name} {MOST_ASKED} times over")
        self._quiet, self.said = 0, self._items[number]
        return self.said

    def acknowledged(self, result: int) -> Message | Wait:
        """An acknowledgement that is not the end in peace."""
        reason = _result(result)
        if result == mavlink.MAV_MISSION_ACCEPTED:
            self._trouble = " It had acknowledged before it had asked for all."
            return PASS
        if result == mavlink.MAV_MISSION_INVALID_SEQUENCE:  # of a repetition; the vehicle goes on asking
            self._trouble = f" It had said {reason}."
            return PASS
        lost_track = result in _LOST_TRACK and (self._repeated or self._restarts)
        if not lost_track or self._restarts >= RESTARTS:
            said = f" {self.words}" if self.words else ""
            raise _refusal(result)(f"The vehicle refused the {self._name}: {reason}.{said}")
        self._trouble = f" It had said {reason}."
        if self._restarts and not self._asked:
            return PASS  # one more answer to what was repeated before the list was offered anew
        self._restarts += 1
        self._asked.clear()
        self._quiet, self.said = 0, self._count
        return self.said


def download(peer: Peer, kind: PlanKind = PlanKind.MISSION, tries: int = TRIES) -> Talk[tuple[MissionItem, ...]]:
    """A list in the vehicle; item 0 of ArduPilot's mission is home. Raises ``DeviceError`` and ``VehicleRefused``."""
    whom = (peer.system, peer.component)
    request = mavlink.MAVLink_mission_request_list_message(*whom, kind)
    counted = yield from _answer(request, {"MISSION_COUNT"}, None, peer, kind, tries)
    items: list[MissionItem] = []
    for number in range(counted.count):
        request = mavlink.MAVLink_mission_request_int_message(*whom, number, kind)
        try:
            heard = yield from _answer(request, {"MISSION_ITEM_INT", "MISSION_ITEM"}, number, peer, kind, tries)
        except (DeviceError, VehicleRefused) as error:
            raise type(error)(f"{error} It had counted {counted.count} items.") from error
        items.append(item(heard))
    yield mavlink.MAVLink_mission_ack_message(*whom, mavlink.MAV_MISSION_ACCEPTED, kind)
    return tuple(items)


def clear(peer: Peer, kind: PlanKind, tries: int = TRIES) -> Talk[None]:
    """Have the vehicle forget a list. Raises ``DeviceError`` and ``VehicleRefused``."""
    request = mavlink.MAVLink_mission_clear_all_message(peer.system, peer.component, kind)
    for _ in range(tries):
        heard = yield request
        while heard is not None:
            if heard.get_type() == "MISSION_ACK" and _concerns(heard, peer, kind):
                if heard.type == mavlink.MAV_MISSION_ACCEPTED:
                    return
                raise _refusal(heard.type)(f"The vehicle did not forget its {words(kind)}: {_result(heard.type)}")
            heard = yield PASS
    raise DeviceError(f"The vehicle did not answer: clear the {words(kind)}. Check the link and try again.")


def _answer(
    request: Message, kinds: set[str], number: int | None, peer: Peer, kind: PlanKind, tries: int
) -> Talk[Message]:
    """What was asked for; one refusal may belong to something older, a second one is believed."""
    wanted = "list" if number is None else f"item {number}"
    refused, trouble = 0, ""
    for _ in range(tries):
        heard = yield request
        while heard is not None:
            if _concerns(heard, peer, kind):
                if heard.get_type() in kinds and number in {None, getattr(heard, "seq", None)}:
                    return heard
                if heard.get_type() == "MISSION_ACK" and heard.type != mavlink.MAV_MISSION_ACCEPTED:
                    refused += 1
                    if refused > 1:
                        raise _refusal(heard.type)(
                            f"The vehicle refused the {wanted} of its {words(kind)}: {_result(heard.type)}."
                        )
                elif heard.get_type() in kinds:
                    trouble = f" It sent item {heard.seq} instead."
            heard = yield PASS
    raise DeviceError(
        f"The vehicle did not send the {wanted} of its {words(kind)}.{trouble} Check the link and try again."
    )


def _concerns(heard: Message, peer: Peer, kind: PlanKind) -> bool:
    """Whether this is of the mission protocol, about this list, and for us; other stations may transfer as well."""
    return (
        heard.get_type().startswith("MISSION_")
        and getattr(heard, "mission_type", None) == kind
        and heard.target_system in {0, peer.own}
    )


def _refusal(result: int) -> type[VehicleRefused]:
    return KindUnsupported if result == mavlink.MAV_MISSION_UNSUPPORTED else VehicleRefused


def _result(number: int) -> str:
    known = mavlink.enums["MAV_MISSION_RESULT"].get(number)
    return str(known.name) if known else f"result {number}"
