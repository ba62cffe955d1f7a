"""Which of the vehicles on the link is commanded; the link worker's thread."""

from collections.abc import Callable
from concurrent.futures import Future

from app.domain.vehicle import VehicleState
from app.errors import Conflict
from app.workers.fleet import Fleet
from app.workers.steering import Steering
from app.workers.talks import Talks

Ask = Callable[[Callable[[], VehicleState]], "Future[VehicleState]"]


class Selection:
    """Asked from any thread. Commands, telemetry and the safety gate follow the vehicle that is selected."""

    def __init__(self, fleet: Fleet, talks: Talks, steering: Steering, ask: Ask) -> None:
        self._fleet, self._talks, self._steering, self._ask = fleet, talks, steering, ask

    @property
    def states(self) -> tuple[VehicleState, ...]:
        """Of every vehicle heard, the first heard first."""
        return self._fleet.states

    def select(self, vehicle_id: int) -> "Future[VehicleState]":
        """Command this one from now on; ``NotFound`` when it is not heard, ``Conflict`` while another is steered."""
        return self._ask(lambda: self._select(vehicle_id))

    def _select(self, vehicle_id: int) -> VehicleState:
        active = self._fleet.active
        if active is not None and active.state.vehicle_id == vehicle_id:
            return active.state
        if self._steering.steers:
            raise Conflict("A vehicle is being flown. Stop the search or the flight before another one is selected.")
        chosen = self._fleet.select(vehicle_id)
        self._talks.end_all(Conflict(f"Vehicle {vehicle_id} was selected"))
        self._steering.hold(f"Vehicle {vehicle_id} was selected; ask for its guided mode to steer it")
        return chosen
