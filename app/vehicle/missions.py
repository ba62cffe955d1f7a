"""Mission upload and download; conversations without socket or clock; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.errors import DeviceError, VehicleRefused
from app.vehicle.frames import Message
from app.vehicle.talk import PASS, TRIES, Peer, Talk

_REQUESTS = {"MISSION_REQUEST", "MISSION_REQUEST_INT"}  # ArduPilot asks with the old one even on MAVLink 2
_KIND = mavlink.MAV_MISSION_TYPE_MISSION


@dataclass(frozen=True, slots=True)
class MissionItem:
    """One item; ``position`` is where (0, 0) stands for "here". Heights are above home unless ``frame`` says else."""

    command: int
    position: LatLon
    height_m: float
    parameters: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    frame: int = mavlink.MAV_FRAME_GLOBAL_RELATIVE_ALT

    def message(self, peer: Peer, number: int) -> Message:
        scale = 1.0 if self.frame == mavlink.MAV_FRAME_MISSION else 1e7  # parameters 5 and 6 that are no place
        x, y = round(self.position.lat_deg * scale), round(self.position.lon_deg * scale)
        place = (peer.system, peer.component, number, self.frame, self.command)
        return mavlink.MAVLink_mission_item_int_message(
            *place, int(number == 0), 1, *self.parameters, x, y, self.height_m, _KIND
        )


def item(message: Message) -> MissionItem:
    """The item a MISSION_ITEM_INT tells of."""
    scale = 1.0 if message.frame == mavlink.MAV_FRAME_MISSION else 1e7
    position = LatLon(message.x / scale, message.y / scale)
    parameters = (message.param1, message.param2, message.param3, message.param4)
    return MissionItem(message.command, position, message.z, parameters, message.frame)


def upload(items: Sequence[MissionItem], peer: Peer, tries: int = TRIES) -> Talk[None]:
    """Give the vehicle a mission; item 0 is home for ArduPilot. It asks for each item, in whatever order.

    After a silence the last thing said is said again. Raises ``VehicleRefused`` and ``DeviceError``.
    """
    said: Message = mavlink.MAVLink_mission_count_message(peer.system, peer.component, len(items), _KIND)
    heard, quiet = (yield said), 0
    while True:
        if heard is None:
            quiet += 1
            if quiet >= tries:
                raise DeviceError("The vehicle stopped asking for the mission's items. Check the link and try again.")
            heard = yield said
        elif heard.get_type() in _REQUESTS and heard.seq < len(items):
            said, quiet = items[heard.seq].message(peer, heard.seq), 0
            heard = yield said
        elif heard.get_type() == "MISSION_ACK":
            if heard.type == mavlink.MAV_MISSION_ACCEPTED:
                return
            reason = mavlink.enums["MAV_MISSION_RESULT"].get(heard.type)
            raise VehicleRefused(f"The vehicle refused the mission: {reason.name if reason else heard.type}")
        else:
            heard = yield PASS


def download(peer: Peer, tries: int = TRIES) -> Talk[tuple[MissionItem, ...]]:
    """The mission in the vehicle. Raises ``DeviceError`` when it stops answering."""
    count_request = mavlink.MAVLink_mission_request_list_message(peer.system, peer.component, _KIND)
    counted = yield from _answer(count_request, "MISSION_COUNT", None, tries)
    items = []
    for number in range(counted.count):
        request = mavlink.MAVLink_mission_request_int_message(peer.system, peer.component, number, _KIND)
        items.append(item((yield from _answer(request, "MISSION_ITEM_INT", number, tries))))
    yield mavlink.MAVLink_mission_ack_message(peer.system, peer.component, mavlink.MAV_MISSION_ACCEPTED, _KIND)
    return tuple(items)


def _answer(request: Message, kind: str, number: int | None, tries: int) -> Talk[Message]:
    for _ in range(tries):
        heard = yield request
        while heard is not None:
            if heard.get_type() == kind and (number is None or heard.seq == number):
                return heard
            heard = yield PASS
    raise DeviceError("The vehicle did not send its mission. Check the link and try again.")
