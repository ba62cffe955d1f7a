"""A known tone has one power wherever it is read: spectrum, level, recording, and both again when it is played."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from app.bus import Bus
from app.cli import commands
from app.clock import Clock
from app.domain.radio import BeaconKind, Level, Target, Targets
from app.dsp.power import band_power, from_db, to_db
from app.exchange.profiles import PROFILES, read_profile
from app.exchange.sigmf import data_path, meta_path
from app.ring import SpectrumRing
from app.settings import RadioSettings, ReceiverProfile, RecordingSettings
from app.workers.receiver import ReceiverWorker
from app.workers.samplerecorder import SampleRecorderWorker, make_tape
from hardware.receivers import receiver_for
from hardware.recorded import TYPES

RATE_HZ, CENTRE_HZ, TONE_HZ = 240_000.0, 433.92e6, 433.9501e6
LEVEL_DBFS = -20.0
BINS = 1024
TARGET = Target("t", "Tone", BeaconKind.CARRIER, 433.95e6)


def tone(datatype: str, seconds: float) -> bytes:
    """A complex sine in noise 40 dB below it, as a device of that type gives it."""
    count = round(RATE_HZ * seconds)
    random = np.random.default_rng(4)
    phase = 2.0 * np.pi * (TONE_HZ - CENTRE_HZ) / RATE_HZ * np.arange(count)
    noise = (random.standard_normal(count) + 1j * random.standard_normal(count)) * math.sqrt(0.5 * 1e-6)
    parts = (10.0 ** (LEVEL_DBFS / 20.0) * np.exp(1j * phase) + noise).astype(np.complex64).view(np.float32)
    kind = np.dtype(TYPES[datatype])
    if datatype == "cu8":
        parts = np.rint(parts * 127.5 + 127.5)
    elif kind.kind == "i":
        parts = np.rint(parts * (np.iinfo(kind).max + 1))
    return bytes(parts.astype(kind).tobytes())


@dataclass(frozen=True, slots=True)
class Read:
    """What one playing of a file was read as, dBFS, and in dBm where that is known."""

    spectrum: float
    level: float
    spectrum_dbm: float | None
    level_dbm: float | None


def play(source: str, folder: Path, profile: ReceiverProfile | None = None) -> tuple[Read, Path]:
    """Through the receiver worker; what was received last is saved as a recording."""
    bus, clock, ring = Bus(), Clock(), SpectrumRing(BINS)
    settings = RecordingSettings(least_free_gb=0.05)
    tape = make_tape(settings, clock)
    levels: list[Level] = []
    recorded = threading.Event()
    bus.level.subscribe(levels.append)
    bus.recorded.subscribe(lambda one: recorded.set() if one.complete else None)
    radio = RadioSettings(source=source, bins=BINS, calibration=profile.calibration if profile else None)
    receiver = ReceiverWorker(radio, lambda now: receiver_for(now.source, now), ring, tape, clock, bus)
    recorder = SampleRecorderWorker(settings, folder, tape, clock, bus)
    bus.targets.publish(Targets((TARGET,), "t"))
    for worker in (recorder, receiver):
        worker.start()
    try:
        until(lambda: len([level for level in levels if level.heard]) >= 8 and ring.mark >= 40)
        name = recorder.save(1.0).result(10.0).name
        assert recorded.wait(10.0)
        row, offset_db = mean_row(ring), receiver.state.dbm_offset_db
    finally:
        receiver.stop()
        recorder.stop()
    place = (TONE_HZ - CENTRE_HZ) / RATE_HZ * BINS + BINS // 2
    heard = [from_db(level.power_dbfs) for level in levels if level.heard]
    heard_dbm = [level.power_dbm for level in levels if level.heard]
    spectrum = to_db(band_power(row, place, 16.0))
    known = [dbm for dbm in heard_dbm if dbm is not None]
    assert len(known) in {0, len(heard_dbm)}
    read = Read(
        spectrum,
        to_db(float(np.median(heard))),
        None if offset_db is None else spectrum + offset_db,
        float(np.median(known)) if known else None,
    )
    return read, folder / name


def mean_row(ring: SpectrumRing) -> NDArray[np.float32]:
    rows: NDArray[np.float32] = np.float32(10.0) ** (ring.since(0).power_dbfs[-30:] / np.float32(10.0))
    return np.asarray(rows.mean(axis=0), np.float32)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30.0
    while not condition():
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.01)


def power_of(stem: Path, datatype: str) -> float:
    """The tone's power from the recorded numbers by themselves: full scale is 1, half a step is none."""
    raw = np.frombuffer(data_path(stem).read_bytes(), TYPES[datatype]).astype(np.float64)
    kind = np.dtype(TYPES[datatype])
    parts = (raw - 127.5) / 127.5 if datatype == "cu8" else raw / (np.iinfo(kind).max + 1) if kind.kind == "i" else raw
    iq = parts[0::2] + 1j * parts[1::2]
    turned = iq * np.exp(-2j * np.pi * (TONE_HZ - CENTRE_HZ) / RATE_HZ * np.arange(iq.size))
    return to_db(float(np.abs(turned.mean()) ** 2))


@pytest.mark.parametrize("datatype", ["cu8", "ci16_le"])
def test_one_power_in_spectrum_level_recording_and_playback(tmp_path: Path, datatype: str) -> None:
    raw = tmp_path / "tone.dat"
    raw.write_bytes(tone(datatype, 4.0))
    options = f"rate={RATE_HZ}&centre={CENTRE_HZ}&format={datatype}&loop=1"
    first, stem = play(f"file:{raw}?{options}", tmp_path / "first")
    again, _ = play(f"file:{meta_path(stem)}?loop=1", tmp_path / "second")
    recorded = power_of(stem, datatype)
    for name, power in (
        ("spectrum", first.spectrum),
        ("level", first.level),
        ("recording", recorded),
        ("spectrum of the recording", again.spectrum),
        ("level of the recording", again.level),
    ):
        assert power == pytest.approx(LEVEL_DBFS, abs=0.1), name
    assert (first.spectrum_dbm, first.level_dbm, again.spectrum_dbm, again.level_dbm) == (None,) * 4  # never made up


def test_one_power_in_dbm_once_it_is_calibrated(tmp_path: Path) -> None:
    """The generator gave -63.4 dBm: `kestrel calibrate` is told, and everything after it says so too."""
    raw = tmp_path / "tone.dat"
    raw.write_bytes(tone("cu8", 4.0))
    source = f"file:{raw}?rate={RATE_HZ}&centre={CENTRE_HZ}&format=cu8&loop=1"
    arguments = [
        "calibrate",
        "Bench",
        "--level-dbm",
        "-63.4",
        "--frequency",
        "433.95e6",
        "--radio",
        f"{source}&speed=0",
    ]
    said = CliRunner().invoke(
        commands, [*arguments, "--antenna", "none: a cable", "--data", str(tmp_path), "--json"], catch_exceptions=False
    )
    measured = orjson.loads(said.stdout)["measured"][0]
    assert measured["power_dbfs"] == pytest.approx(LEVEL_DBFS, abs=0.1)
    first, stem = play(source, tmp_path / "first", read_profile(tmp_path / PROFILES, "Bench"))
    capture = orjson.loads(meta_path(stem).read_bytes())["captures"][0]
    again, _ = play(f"file:{meta_path(stem)}?loop=1", tmp_path / "second")  # without the profile
    for name, power in (
        ("spectrum", first.spectrum_dbm),
        ("level", first.level_dbm),
        ("recording", power_of(stem, "cu8") + capture["kestrel:dbm_offset_db"]),
        ("spectrum of the recording", again.spectrum_dbm),
        ("level of the recording", again.level_dbm),
    ):
        assert power == pytest.approx(-63.4, abs=0.1), name
