"""The vehicles on the link, and which of them is commanded; any thread."""

from concurrent.futures import Future

from app.domain.vehicle import VehicleState
from app.workers.selection import Selection


class FleetService:
    """Commands go to the first vehicle heard until another one is selected."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection

    def vehicles(self) -> tuple[VehicleState, ...]:
        """All vehicles heard on the link, the first heard first."""
        return self._selection.states

    def select(self, vehicle_id: int) -> "Future[VehicleState]":
        """Command this one from now on. By the future: ``NotFound`` when it is not heard, ``Conflict`` in steering."""
        return self._selection.select(vehicle_id)
