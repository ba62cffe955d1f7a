"""The verbs of search, safety and mission reach the worker and bring its answer back."""

import pytest

from app.domain.mission import MissionState
from app.errors import OutOfRange, Refused
from app.services.mission import MissionService
from app.services.safety import SafetyService
from app.services.search import SearchService
from tests.unit.workers.flying import HOME, PLANE, SEARCH, Flying


def test_a_search_is_seen_started_paused_resumed_and_stopped() -> None:
    flying = Flying()
    search, mission = SearchService(flying.worker, SEARCH), MissionService(flying.worker)
    preview = search.preview(SEARCH, HOME)
    assert search.plan() is None
    started = search.start("ann")
    flying.serve()
    assert started.result(0).state is MissionState.SEARCHING
    assert search.plan() == preview
    paused = search.pause("ann")
    flying.serve()
    assert paused.result(0).paused
    resumed = search.resume("ann")
    flying.serve()
    assert not resumed.result(0).paused
    stopped = mission.stop("ann")
    flying.serve()
    assert stopped.result(0) == mission.status()
    assert [t.after for t in mission.history()] == [MissionState.SEARCHING, MissionState.IDLE]


def test_a_search_elsewhere_with_its_own_settings() -> None:
    flying = Flying()
    search = SearchService(flying.worker, SEARCH)
    origin = PLANE.to_globe(PLANE.to_plane(HOME) + PLANE.to_plane(HOME))
    spiral = SEARCH.model_copy(update={"pattern": "spiral"})
    started = search.start("ann", spiral, origin)
    flying.serve()
    started.result(0)
    assert search.plan() == search.preview(spiral, origin)


def test_what_stands_against_a_search_comes_back_as_reasons() -> None:
    flying = Flying()
    flying.connected = False
    flying.tick()
    started = SearchService(flying.worker, SEARCH).start("ann")
    flying.serve()
    with pytest.raises(Refused) as refused:
        started.result(0)
    assert refused.value.reasons == ("No receiver is connected; a search would hear nothing. Connect one",)
    with pytest.raises(OutOfRange):
        SearchService(flying.worker, SEARCH).preview(SEARCH.model_copy(update={"spacing_m": 0.0}), HOME)


def test_the_emergency_stop_and_its_reset() -> None:
    flying = Flying()
    safety = SafetyService(flying.worker, flying.gate)
    assert not safety.gate().open
    stopped = safety.emergency_stop("ann")
    flying.serve()
    assert stopped.result(0).state is MissionState.EMERGENCY
    assert "emergency stop is latched" in " ".join(safety.gate().reasons)
    reset = safety.reset("tested", "ann")
    flying.serve()
    assert reset.result(0).state is MissionState.IDLE
