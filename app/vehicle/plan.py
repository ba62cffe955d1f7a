"""A whole plan - mission, geofence and rally points - and the conversations that read and write it; pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.vehicle.fences import Fence, RallyPoint, fence, rally
from app.vehicle.missions import KindUnsupported, MissionItem, PlanKind, clear, download, upload, words
from app.vehicle.talk import Peer, Talk

_NO_FENCE = Fence()
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Plan:
    """``items`` are without home."""

    home: LatLon | None
    items: tuple[MissionItem, ...]
    fence: Fence = _NO_FENCE
    rally: tuple[RallyPoint, ...] = ()


def read_list(peer: Peer, kind: PlanKind) -> Talk[tuple[MissionItem, ...]]:
    """One list, without home. Raises ``DeviceError`` and ``VehicleRefused``."""
    items = yield from download(peer, kind)
    return items[1:] if _has_home(peer, kind) else items


def write_list(items: Sequence[MissionItem], peer: Peer, kind: PlanKind, home: LatLon | None = None) -> Talk[str]:
    """One list; none at all clears it. Returns what was done, in words. Raises what ``upload`` and ``clear`` raise."""
    if not items:
        yield from clear(peer, kind)
        return f"{words(kind)} cleared"
    first = MissionItem(mavlink.MAV_CMD_NAV_WAYPOINT, home or LatLon(0.0, 0.0), 0.0, frame=mavlink.MAV_FRAME_GLOBAL)
    whole = (first, *items) if _has_home(peer, kind) else tuple(items)
    yield from upload(whole, peer, kind)
    return f"{words(kind)}: {len(items)} items"


def read_plan(peer: Peer) -> Talk[Plan]:
    """All three lists; what the vehicle does not keep is empty. Raises ``DeviceError`` and ``VehicleRefused``."""
    items = yield from download(peer, PlanKind.MISSION)
    home = items[0].position if items and _has_home(peer, PlanKind.MISSION) else None
    areas = yield from _if_kept(peer, PlanKind.FENCE, fence)
    places = yield from _if_kept(peer, PlanKind.RALLY, rally)
    return Plan(home, items[1:] if home else items, areas, places)


def write_plan(plan: Plan, peer: Peer, kinds: Sequence[PlanKind] = tuple(PlanKind)) -> Talk[str]:
    """These lists of a plan, the fence first. Returns what was done, in words. Raises what ``write_list`` raises."""
    lists = {
        PlanKind.FENCE: plan.fence.items(),
        PlanKind.RALLY: tuple(one.item() for one in plan.rally),
        PlanKind.MISSION: plan.items,
    }
    done = []
    for kind, items in lists.items():
        if kind not in kinds:
            continue
        try:
            done.append((yield from write_list(items, peer, kind, plan.home)))
        except KindUnsupported:
            if items:
                raise
    return ", ".join(done)


def _if_kept(peer: Peer, kind: PlanKind, value: Callable[[Sequence[MissionItem]], ValueT]) -> Talk[ValueT]:
    try:
        return value((yield from download(peer, kind)))
    except KindUnsupported:
        return value(())


def _has_home(peer: Peer, kind: PlanKind) -> bool:
    return kind is PlanKind.MISSION and peer.home_first
