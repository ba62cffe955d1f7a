"""Orders to the active vehicle: which conversation each is and what it does to steering; the link worker's thread."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from app.domain.geometry import LatLon
from app.domain.rules import NO_POSITION
from app.domain.safety import Motion, Purpose
from app.domain.vehicle import CommandRecord
from app.errors import AppError, Conflict, NotConnected, Refused
from app.vehicle import orders
from app.vehicle.picture import Picture
from app.vehicle.streams import introduce
from app.vehicle.talk import Peer, Talk
from app.workers.fleet import Fleet
from app.workers.links import Links
from app.workers.steering import Gate, Steering
from app.workers.talks import MODE_SLOT, Order, Talks

INSIST_S = 0.1  # between two sendings of an order that must get through: at 30 % loss 99.9 % are through in 0.5 s
INSIST_TRIES = 600
ARM_SLOT, TAKEOFF_SLOT, SETUP_SLOT = "arm", "takeoff", "setup"
MENDED_BY_GUIDED = {"mode", "pilot"}  # rules of the gate that a change to GUIDED opens

Answer = Future[CommandRecord]


class Commander:
    """Begins conversations. A mode takes the place of the one asked before; stopping also ends arm and takeoff."""

    def __init__(
        self, links: Links, fleet: Fleet, talks: Talks, steering: Steering, gate: Gate, own_system: int
    ) -> None:
        self._links, self._fleet, self._talks, self._steering = links, fleet, talks, steering
        self._gate, self._own = gate, own_system

    def arm(self, wanted: bool, actor: str, answer: Answer) -> None:
        """The gate is asked for arming; disarming is always let through, and refused by the vehicle in the air."""
        motion = Motion(Purpose.ARM, None, 0.0, 0.0) if wanted else None
        order = Order(ARM_SLOT, "arm" if wanted else "disarm", actor=actor, motion=motion)
        self._begin(order, lambda picture: orders.arm(self.peer(picture), wanted), answer)

    def takeoff(self, height_m: float, actor: str, answer: Answer) -> None:
        def talk(picture: Picture) -> Talk[None]:
            pose = picture.telemetry
            if pose is None:
                raise Refused([NO_POSITION])
            return orders.takeoff(self.peer(picture), height_m, pose.altitude_m - pose.height_m)

        motion = Motion(Purpose.TAKEOFF, None, height_m, 0.0)
        self._begin(Order(TAKEOFF_SLOT, "takeoff", f"{height_m:.1f} m", actor, motion), talk, answer)

    def set_mode(self, mode: str, actor: str, answer: Answer) -> None:
        def talk(picture: Picture) -> Talk[None]:
            own = picture.table.own_name(mode)
            picture.table.number(own)  # before anything is changed for a mode that is none
            if own == picture.table.guided:
                self._release()
            else:
                self._hold(f"mode {own}", picture)
            return orders.change_mode(self.peer(picture), picture.table, own, picture.state.mode)

        self._begin(Order(MODE_SLOT, "mode", mode, actor), talk, answer)

    def insist(self, verb: str, modes: tuple[str, ...] | None, actor: str, answer: Answer) -> None:
        """One of these modes, repeated until the heartbeat shows it; None: the modes that stop the vehicle."""

        def talk(picture: Picture) -> Talk[str]:
            self._hold(verb, picture)
            for slot in (ARM_SLOT, TAKEOFF_SLOT):
                self._talks.end(slot, Conflict(f"Replaced by a later order: {verb}"))
            wanted = picture.table.stops if modes is None else modes
            present = tuple(mode for mode in wanted if mode in picture.table.numbers)
            return orders.insist(self.peer(picture), picture.table, present, picture.state.mode, INSIST_TRIES)

        self._begin(Order(MODE_SLOT, verb, actor=actor, silence_s=INSIST_S), talk, answer)

    def goto(self, goal: LatLon, height_m: float | None, speed_mps: float, actor: str, answer: Answer) -> None:
        """Ask for GUIDED when it is not that, then steer. What the gate has against it is said before any of it."""

        def talk(picture: Picture) -> Talk[None]:
            telemetry = picture.telemetry
            if telemetry is None:
                raise Refused([NO_POSITION])
            motion = Motion(Purpose.GOTO, goal, telemetry.height_m if height_m is None else height_m, speed_mps)
            against = [v for v in self._gate.report(motion).verdicts if not v.passed]
            if reasons := [verdict.text for verdict in against if verdict.rule not in MENDED_BY_GUIDED]:
                raise Refused(reasons)
            return self._go(picture, motion, actor)

        place = f"{goal.lat_deg:.6f} {goal.lon_deg:.6f}"
        self._begin(Order(MODE_SLOT, "goto", place, actor), talk, answer)

    def steer(self, motion: Motion | None, actor: str) -> None:
        """Raises ``Conflict`` while steering is barred or the vehicle is not in its guided mode."""
        picture = self._fleet.active
        mode, guided = (picture.state.mode, picture.table.guided) if picture is not None else ("no mode", "GUIDED")
        self._steering.steer(motion, actor, mode, guided)

    def converse(self, talk: Callable[[Peer], Talk[Any]], order: Order, answer: "Future[Any]") -> None:
        if self._talks.runs(order.slot):  # cut off half way it could leave the vehicle with half a mission
            self._talks.deny(order, Conflict("Another transfer runs; wait for its end"), answer)
        else:
            self._begin(order, lambda picture: talk(self.peer(picture)), answer)

    def introduce(self, picture: Picture, rate_hz: float) -> None:
        """Ask the vehicle for its streams, version and home."""
        self._talks.begin(Order(SETUP_SLOT), introduce(self.peer(picture), picture.state.autopilot, rate_hz))

    def peer(self, picture: Picture) -> Peer:
        return Peer(picture.state.vehicle_id, picture.component, self._own, picture.state.autopilot)

    def _begin(self, order: Order, talk: Callable[[Picture], Talk[Any]], answer: "Future[Any]") -> None:
        try:
            conversation = talk(self._active())
        except AppError as error:
            self._talks.deny(order, error, answer)
            return
        self._talks.begin(order, conversation, answer)

    def _go(self, picture: Picture, motion: Motion, actor: str) -> Talk[None]:
        self._release()
        mode, guided = picture.state.mode, picture.table.guided
        if mode != guided:
            yield from orders.change_mode(self.peer(picture), picture.table, guided, mode)
        self._gate.require(motion)
        self.steer(motion, actor)

    def _release(self) -> None:
        self._gate.guided_asked()
        self._steering.release()

    def _hold(self, what: str, picture: Picture) -> None:
        self._steering.hold(f"{what} was asked for; ask for {picture.table.guided} to steer again")

    def _active(self) -> Picture:
        if self._fleet.active is None:
            raise NotConnected("No vehicle is heard. Connect one, or wait for its heartbeat.")
        if self._links.main.recorded:
            raise NotConnected("This is a recording of a flight; nobody is there to carry it out")
        return self._fleet.active
