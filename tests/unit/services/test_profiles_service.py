"""A receiver is kept under a name, used again, and calibrated while it runs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.fault import Fault
from app.domain.radio import FrontEnd
from app.errors import Conflict, NotConnected, NotFound, OutOfRange
from app.exchange.profiles import read_profile, write_profile
from app.ring import SpectrumRing
from app.services.profiles import ProfileService
from app.settings import RadioSettings, ReceiverProfile
from app.tape import SampleTape
from app.workers.receiver import ReceiverWorker
from hardware.receivers import receiver_for

RATE_HZ, TONE = 240_000, 0.1


def recording(folder: Path, name: str) -> str:
    random = np.random.default_rng(5)
    iq = TONE * np.exp(2j * np.pi * 30_000.0 / RATE_HZ * np.arange(RATE_HZ))
    parts = iq.astype(np.complex64).view(np.float32) * 127.5 + 127.5 + random.standard_normal(2 * iq.size)
    np.clip(np.round(parts), 0, 255).astype(np.uint8).tofile(folder / name)
    return f"file:{folder / name}?rate={RATE_HZ}&centre=100000000&loop=1"


@contextmanager
def working(folder: Path, source: str) -> Iterator[tuple[ProfileService, ReceiverWorker]]:
    bus, ring = Bus(), SpectrumRing(2048)
    tape = SampleTape(1.0, 10_000_000)
    settings = RadioSettings(source=source)
    worker = ReceiverWorker(settings, lambda now: receiver_for(now.source, now), ring, tape, Clock(), bus)
    worker.start()
    try:
        until(lambda: ring.mark > 20)
        yield ProfileService(worker, folder / "profiles"), worker
    finally:
        worker.stop()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30.0
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_kept_calibrated_left_and_used_again(tmp_path: Path) -> None:
    with working(tmp_path, recording(tmp_path, "a.cu8")) as (service, worker):
        assert "never calibrated" in worker.state.uncalibrated
        kept = service.save("Roof", "me", "a whip").result(10.0)
        assert (kept.profile, kept.antenna, kept.dbm_offset_db) == ("Roof", "a whip", None)
        state = service.calibrate(-70.0, 100.03e6, "me").result(10.0)
        assert state.dbm_offset_db == pytest.approx(-50.0, abs=0.1)
        assert state.uncalibrated == ""
        other = worker.ask(lambda: worker.connect(recording(tmp_path, "b.cu8"))).result(10.0)
        assert (other.profile, other.dbm_offset_db) == ("", None)
        assert "another receiver" in other.uncalibrated
        again = service.use("Roof", "me").result(10.0)
        assert (again.profile, again.antenna) == ("Roof", "a whip")
        assert again.dbm_offset_db == pytest.approx(-50.0, abs=0.1)
        assert [one.name for one in service.profiles()] == ["Roof"]
        assert service.remove("Roof", "me") == ()


def test_another_receiver_than_the_profiles_is_told_of_and_one_chosen_by_hand_is_not(tmp_path: Path) -> None:
    with working(tmp_path, recording(tmp_path, "a.cu8")) as (service, worker):
        told: list[Fault] = []
        worker._bus.fault.subscribe(told.append)
        device = worker.state.device
        service.save("Roof", "me").result(10.0)
        service.calibrate(-70.0, 100.03e6, "me").result(10.0)
        service.use("Roof", "me").result(10.0)
        worker.ask(lambda: worker.connect(recording(tmp_path, "b.cu8"))).result(10.0)
        assert told == []
        kept = read_profile(tmp_path / "profiles", "Roof")
        assert kept.device == device
        write_profile(tmp_path / "profiles", "Roof", kept.model_copy(update={"device": "RTL-SDR serial=7"}))
        service.use("Roof", "me").result(10.0)
        assert [(one.source, one.ended) for one in told] == [("profile", True)]
        assert told[0].text.startswith(f"The profile Roof is of RTL-SDR serial=7, but {device} has answered.")


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    with working(tmp_path, recording(tmp_path, "a.cu8")) as (service, worker):
        with pytest.raises(OutOfRange, match="No tone"):
            service.calibrate(-70.0, 99.95e6, "me").result(10.0)
        with pytest.raises(OutOfRange, match="cannot be"):
            service.calibrate(float("nan"), 100.03e6, "me")
        with pytest.raises(OutOfRange):
            service.save("../x", "me").result(10.0)
        with pytest.raises(OutOfRange, match="shorter"):
            service.save("x", "me", "y" * 81)
        with pytest.raises(NotFound):
            service.use("nobody", "me")
        (tmp_path / "profiles").mkdir()
        (tmp_path / "profiles" / "bad.yaml").write_text("a: [")
        assert "not YAML" in service.profiles()[0].problem
        write_profile(tmp_path / "profiles", "away", ReceiverProfile(source="file:nowhere.cu8", agc=True))
        with pytest.raises(Exception, match="nowhere"):
            service.use("away", "me").result(10.0)
        assert (worker.state.profile, worker.state.front_end) == ("away", FrontEnd(agc=True))
        with pytest.raises(NotConnected):
            service.calibrate(-70.0, 100.03e6, "me").result(10.0)


def test_with_agc_a_level_means_nothing(tmp_path: Path) -> None:
    source = recording(tmp_path, "a.cu8")
    with working(tmp_path, source) as (service, _):
        write_profile(tmp_path / "profiles", "agc", ReceiverProfile(source=source, agc=True))
        service.use("agc", "me").result(10.0)

        def told() -> bool:
            try:
                service.calibrate(-70.0, 100.03e6, "me").result(10.0)
            except NotConnected:  # no row yet
                return False
            return True

        with pytest.raises(Conflict, match="AGC"):
            until(told)
