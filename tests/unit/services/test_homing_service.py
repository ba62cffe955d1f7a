"""The two steps of activation: only the shown code, by the same hand, once."""

import pytest

from app.domain.mission import MissionState
from app.errors import Conflict
from app.services import homing
from app.services.homing import HomingService
from tests.unit.workers.flying import Flying


def test_the_shown_code_activates_once() -> None:
    flying = Flying()
    flying.detect()
    service = HomingService(flying.worker)
    asked = service.request("ann")
    assert asked.expires_s == pytest.approx(flying.clock.now_s() + 10.0)
    future = service.confirm(asked.code, "ann")
    flying.serve()
    assert future.result(0).activated
    with pytest.raises(Conflict, match="first step"):
        service.confirm(asked.code, "ann")


def test_another_code_or_actor_or_a_late_one_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    flying = Flying()
    service = HomingService(flying.worker)
    with pytest.raises(Conflict, match="not asked for"):
        service.confirm("0000", "ann")
    code = service.request("ann").code
    with pytest.raises(Conflict, match="not the code"):
        service.confirm(f"{(int(code) + 1) % 10_000:04d}", "ann")
    with pytest.raises(Conflict, match="not asked for"):
        service.confirm(service.request("ann").code, "bob")
    monkeypatch.setattr(homing, "CODE_S", -1.0)
    with pytest.raises(Conflict, match="good for"):
        service.confirm(service.request("ann").code, "ann")


def test_in_idle_there_is_nothing_to_activate() -> None:
    flying = Flying()
    service = HomingService(flying.worker)
    future = service.confirm(service.request("ann").code, "ann")
    flying.serve()
    with pytest.raises(Conflict, match="IDLE"):
        future.result(0)


def test_homing_on_detection_and_its_end() -> None:
    flying = Flying()
    service = HomingService(flying.worker)
    allowed = service.home_on_detection(True, "ann")
    flying.serve()
    assert allowed.result(0).home_on_detection
    ended = service.disable("ann")
    flying.serve()
    assert not ended.result(0).home_on_detection
    flying.expect(MissionState.IDLE)
