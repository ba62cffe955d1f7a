"""Search patterns: seen beforehand, flown, paused and gone on with; any thread."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Literal

from app.domain.geometry import LatLon
from app.domain.mission import MissionStatus, SearchPlan
from app.exchange.planmaps import to_geojson, to_gpx, to_kml
from app.exchange.plans import of_search, to_plan, to_waypoints
from app.settings import SearchSettings
from app.workers.mission import MissionWorker, plan_for

SearchForm = Literal["plan", "waypoints", "kml", "gpx", "geojson"]
FORMS: dict[SearchForm, Callable[[SearchPlan, LatLon], str]] = {
    "plan": lambda plan, home: to_plan(of_search(plan, home)),
    "waypoints": lambda plan, home: to_waypoints(of_search(plan, home)),
    "kml": lambda plan, _: to_kml(plan),
    "gpx": lambda plan, _: to_gpx(plan),
    "geojson": lambda plan, _: to_geojson(plan),
}


class SearchService:
    """``settings`` are those of a search that is started without its own."""

    def __init__(self, worker: MissionWorker, settings: SearchSettings) -> None:
        self._worker = worker
        self.settings = settings

    def preview(self, settings: SearchSettings, origin: LatLon) -> SearchPlan:
        """The pattern round ``origin`` and what it takes and gives. Raises ``OutOfRange``."""
        vehicle = self._worker.facts.vehicle
        return plan_for(settings, origin, self._worker.limits, vehicle.home if vehicle is not None else None)

    def file(self, settings: SearchSettings, origin: LatLon, form: SearchForm) -> str:
        """The same pattern as a mission for other ground stations, or for maps. Raises ``OutOfRange``."""
        plan = self.preview(settings, origin)
        return FORMS[form](plan, origin)

    def plan(self) -> SearchPlan | None:
        """The plan of the search in hand."""
        return self._worker.plan

    def start(
        self, actor: str, settings: SearchSettings | None = None, origin: LatLon | None = None
    ) -> "Future[MissionStatus]":
        """The operator's one deliberate act: preflight, GUIDED, arm, take off and fly the pattern round ``origin``.

        Without ``origin`` it is laid round home. The future is done when preflight has passed; it raises ``Refused``
        with every reason against it, ``Conflict`` outside IDLE, ``OutOfRange`` for a pattern that cannot be.
        """
        return self._worker.ask(lambda: self._worker.start_search(settings or self.settings, origin, actor))

    def pause(self, actor: str) -> "Future[MissionStatus]":
        """Hover until ``resume``. Raises ``Conflict`` when no search is flown."""
        return self._worker.ask(lambda: self._worker.pause(actor))

    def resume(self, actor: str) -> "Future[MissionStatus]":
        """Go on where the search was left. Raises ``Conflict`` when none is paused and no beacon is held over."""
        return self._worker.ask(lambda: self._worker.resume(actor))
