"""A flight's .tlog begins and ends with it, and other programs' tools read it."""

import json
import subprocess
import sys
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from app.bench.flightmix import stream
from app.bus import Bus
from app.domain.project import Flight
from app.errors import StoreError
from app.exchange.flightlogs import read_log
from app.services.tlog_keeper import TLOGS, TlogKeeper
from app.vehicle.frames import FrameReader
from app.workers.tlogfile import LinkLog

FLIGHT = Flight(2, 1, "Flight 2", "", True, 1_000.0, None, True)


class Link:
    def __init__(self, answer: Exception | None = None) -> None:
        self.paths: list[Path | None] = []
        self._answer = answer

    def record_to(self, path: Path | None) -> "Future[None]":
        self.paths.append(path)
        future: Future[None] = Future()
        if self._answer is None:
            future.set_result(None)
        else:
            future.set_exception(self._answer)
        return future


def test_it_begins_and_ends_with_the_flight(tmp_path: Path) -> None:
    bus, link = Bus(), Link()
    TlogKeeper(cast(Any, link), tmp_path, bus)
    bus.flight.publish(FLIGHT)
    bus.flight.publish(replace(FLIGHT, ended_s=1_100.0))
    assert link.paths == [tmp_path / TLOGS / "project-1-flight-2.tlog", None]


def test_a_place_that_cannot_be_written_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bus = Bus()
    TlogKeeper(cast(Any, Link(StoreError("The disk is full"))), tmp_path, bus)
    bus.flight.publish(FLIGHT)
    assert "The disk is full" in caplog.text
    caplog.clear()
    bus.flight.publish(replace(FLIGHT, ended_s=1_100.0))
    assert not caplog.text


def test_others_tools_read_what_is_written(tmp_path: Path) -> None:
    """mavlogdump, mavtogpx and mavloss of pymavlink, which MAVProxy's users have."""
    path, log = tmp_path / "flight.tlog", LinkLog(lambda *_: None)
    log.record_to(path)
    whole = FrameReader().feed(stream(47 * 20))
    for number, frame in enumerate(whole):
        log.write(1.7e9 + 0.02 * number, [frame.raw])
    log.record_to(None)
    dumped = [json.loads(line) for line in told_by("mavlogdump.py", "--format=json", str(path))]
    assert len(dumped) == len(whole) == read_log(path).frames
    assert dumped[-1]["meta"]["timestamp"] == pytest.approx(1.7e9 + 0.02 * (len(whole) - 1), abs=1e-4)
    told_by("mavtogpx.py", str(path))
    assert Path(f"{path}.gpx").read_text(encoding="utf-8").count("<trkpt") > 10
    assert "0.0" in "".join(told_by("mavloss.py", str(path)))


def told_by(tool: str, *arguments: str) -> list[str]:
    program = [sys.executable, str(Path(sys.executable).with_name(tool)), *arguments]
    done = subprocess.run(program, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.splitlines()
