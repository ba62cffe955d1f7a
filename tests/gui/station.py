"""A station whose services answer from set facts and write down what they are asked."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

from app.bus import Bus
from app.clock import Clock
from app.domain.access import OPERATOR
from app.domain.project import Flight, Project
from app.ring import SpectrumRing
from app.services.control import ControlService
from app.services.radio import RadioService
from app.services.reach import ReachService
from app.services.sound import SoundService
from app.services.station import Access, Station, Study
from app.services.targets import TargetService
from app.services.vehicle import VehicleService
from app.settings import Settings, StoreSettings
from app.workers.vfo import Ear
from tests.gui import facts

PROJECT = Project(1, "Valley search", "", 1_000.0)
FLIGHTS = [
    Flight(2, 1, "Flight 2", "", True, 1_700_000_500.0, None, True),
    Flight(1, 1, "Flight 1", "", False, 1_700_000_000.0, 1_700_000_345.0, True),
]


NO_INSIGHTS: dict[str, list[Any]] = {"figures": [], "findings": [], "anomalies": []}


class Spy:
    """Stands for a worker or a service: each call is kept in ``calls``, answered from ``answers`` or by a future."""

    def __init__(self, **answers: Any) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.futures: dict[str, Future[Any]] = {}
        self.answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            arguments = (*given, *named.values())
            self.calls.append((name, *arguments))
            if name in self.answers:
                answer = self.answers[name]
                return answer(*arguments) if callable(answer) else answer
            return self.futures.setdefault(name, Future())

        return call

    def asked(self, name: str) -> list[list[Any]]:
        """The arguments of each call of that name."""
        return [arguments for called, *arguments in self.calls if called == name]


class EstimateSpy(Spy):
    strategy = "informed"


class RadioSpy(Spy):
    """The receiver worker as the radio service knows it."""

    def __init__(self) -> None:
        super().__init__()
        self.state = facts.radio(connected=False, problem="No receiver is set")
        self.ear = Ear(Clock(), Bus())


def make_station(bus: Bus, folder: Path) -> Station:
    """Radio, targets and vehicle are the real services over spies; the rest are spies."""
    settings = Settings(store=StoreSettings(directory=folder))
    targets = TargetService(bus, settings.target)
    for target in facts.TARGETS.all:
        targets.add(target)
    targets.remove(targets.targets().selected_id)
    projects = Spy(
        current=PROJECT,
        projects=[PROJECT, Project(2, "Training", "", 1_000.0)],
        flights=FLIGHTS,
        current_flight=FLIGHTS[0],
        export=("flight-2.kml", b"<kml/>"),
    )
    info = Spy(version="0.1.0", python="3.11", platform="Linux", store_path="/tmp/kestrel")
    parts: dict[str, Any] = {
        "settings": settings,
        "clock": Clock(),
        "bus": bus,
        "radio": RadioService(cast(Any, RadioSpy()), SpectrumRing(1024), bus),
        "sound": SoundService(cast(Any, RadioSpy())),
        "profiles": Spy(profiles=()),
        "targets": targets,
        "vehicle": VehicleService(cast(Any, Spy()), bus),
        "fleet": Spy(vehicles=()),
        "replay": Spy(),
        "transfers": Spy(),
        "search": Spy(plan=None, preview=facts.plan()),
        "homing": Spy(request=cast(Any, lambda actor: facts.activation())),
        "safety": Spy(gate=facts.gate()),
        "mission": Spy(status=facts.idle(), history=()),
        "estimate": EstimateSpy(latest=None, readings=()),
        "bearings": Spy(bearings=()),
        "projects": projects,
        "recordings": Spy(state=facts.no_recording(), found=[]),
        "upkeep": Spy(),
        "performance": Spy(),
        "webhooks": Spy(),
        "study": Study(**cast(Any, {"jobs": Spy(jobs=[], running=()), "insights": Spy(flight=NO_INSIGHTS, series=[])})),
        "system": Spy(info=info, health=(), faults=()),
        "access": Access(
            cast(Any, Spy()), cast(Any, Spy(sessions=[])), ControlService(bus, Clock(), OPERATOR), ReachService()
        ),
    }
    return Station(**parts)
