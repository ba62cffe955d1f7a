"""The vehicles heard on the link, by system id, and the one that is commanded; the link worker's thread."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bus import Bus
from app.domain.vehicle import Telemetry, VehicleMessage, VehicleState
from app.errors import NotFound
from app.vehicle.frames import Frame
from app.vehicle.picture import READ, Picture, begins

HEARTBEAT = mavlink.MAVLINK_MSG_ID_HEARTBEAT
HEARTBEAT_LIMIT_S = 3.0
PUBLISH_S = 1.0
SILENT_S = 3.0  # heartbeats without attitude or position for so long: the streams were lost or never begun
AGAIN_S = 10.0  # between two tries to get them


class Fleet:
    """The first vehicle heard is the active one until another is selected.

    Its facts alone go to the bus, besides every vehicle's messages.
    """

    def __init__(self, own_system: int, bus: Bus, tell: Callable[[str, bool], None]) -> None:
        self.active: Picture | None = None
        self.states: tuple[VehicleState, ...] = ()  # of all vehicles, replaced whole: any thread may read it
        self._own, self._bus, self._tell = own_system, bus, tell
        self._pictures: dict[int, Picture] = {}
        self._published: VehicleState | None = None
        self._lost = False
        self._asked_s: float | None = None  # when the vehicle was asked for its streams; None: it is to be asked

    def forget(self) -> None:
        """Another link: nothing heard before counts. The active vehicle is said to be gone."""
        if self.active is not None and self._published is not None:
            self._bus.vehicle.publish(replace(self._published, connected=False))
        self._pictures, self.active, self.states = {}, None, ()
        self._published, self._lost, self._asked_s = None, False, None

    def select(self, vehicle_id: int) -> VehicleState:
        """Make this vehicle the active one. Raises ``NotFound``."""
        picture = self._pictures.get(vehicle_id)
        if picture is None:
            heard = ", ".join(map(str, self._pictures)) or "none"
            raise NotFound(f"Vehicle {vehicle_id} is not heard on this link; heard: {heard}.")
        self.active, self._published, self._asked_s = picture, None, None
        self._lost = not picture.state.connected
        self._publish_state(picture.state)
        return picture.state

    def hear(self, frame: Frame, time_s: float) -> None:
        picture = self._pictures.get(frame.system)
        if picture is None:
            picture = self._met(frame, time_s)
        if picture is None or frame.number not in READ or picture.component != frame.component:
            return
        before = picture.state
        fact = picture.hear(frame, time_s)
        if fact is not None:
            self._publish_fact(fact, picture)
        if picture.rebooted:
            self._restart(picture, time_s)
        elif frame.number == HEARTBEAT and picture is self.active and before is not picture.state:
            self._publish_state(picture.seen(time_s, HEARTBEAT_LIMIT_S))  # before anything is sent to it

    def _met(self, frame: Frame, time_s: float) -> Picture | None:
        """A vehicle heard for the first time; None for what is none, or says nothing of itself yet."""
        if frame.system == self._own or not begins(frame):
            return None
        picture = self._pictures[frame.system] = Picture(frame.system, frame.component, time_s)
        self.active = self.active or picture
        return picture

    def tick(self, now_s: float, patience: float = 1.0) -> None:
        """Say what changed, what is due, and when heartbeats stop and come back; ``patience`` lengthens the limit."""
        for picture in self._pictures.values():
            picture.seen(now_s, HEARTBEAT_LIMIT_S * patience)
        self.states = tuple(picture.state for picture in self._pictures.values())
        if self.active is None:
            return
        state = self.active.state
        if state.connected is self._lost:
            self._lost = not state.connected
            age_s = now_s - state.heartbeat_s
            gone = f"No heartbeat from vehicle {state.vehicle_id} for {age_s:.0f} s. Nothing is sent to steer it."
            self._tell(f"Vehicle {state.vehicle_id} is heard again" if state.connected else gone, state.connected)
            self._asked_s = None
        due = self._published is None or now_s - self._published.time_s >= PUBLISH_S
        if due or _differ(self._published, state):
            self._publish_state(state)

    def moved(self, systems: Iterable[int]) -> None:
        """These are heard by another wire, on which they were not asked for their streams."""
        for system in systems:
            picture = self._pictures.get(system)
            if picture is not None:
                picture.moved()
                if picture is self.active:
                    self._asked_s = None

    def wants_introduction(self, now_s: float) -> bool:
        """Whether the active vehicle is to be asked for streams, version and home now; asks are ``AGAIN_S`` apart."""
        active = self.active
        if active is None or not active.state.connected:
            return False
        if self._asked_s is not None:
            incomplete = now_s - active.motion_s > SILENT_S or active.state.home is None
            if not incomplete or now_s - self._asked_s < AGAIN_S:
                return False
        self._asked_s = now_s
        return True

    def _restart(self, picture: Picture, time_s: float) -> None:
        """The vehicle booted again: what it told before no longer holds."""
        fresh = Picture(picture.state.vehicle_id, picture.component, time_s)
        self._pictures[picture.state.vehicle_id] = fresh
        if picture is self.active:
            self.active, self._asked_s = fresh, None
            self._tell(
                f"Vehicle {picture.state.vehicle_id} has booted again; streams and home are asked for anew", True
            )

    def _publish_fact(self, fact: Telemetry | VehicleMessage, picture: Picture) -> None:
        if isinstance(fact, VehicleMessage):
            self._bus.message.publish(fact)
        elif picture is self.active:
            self._bus.telemetry.publish(fact)

    def _publish_state(self, state: VehicleState) -> None:
        self._published = state
        self._bus.vehicle.publish(state)


def _differ(a: VehicleState | None, b: VehicleState) -> bool:
    """Whether anything but the times has changed."""
    return a is None or replace(a, time_s=b.time_s, heartbeat_s=b.heartbeat_s) != b
