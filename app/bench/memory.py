"""Whether an hour of all kinds of beacons leaves the receiver's memory as it was; for a process of its own.

A recording of some seconds is played in a loop at unlimited speed through the receiver's worker, with a target of each
kind, while a second thread pulls the waterfall as a flight's is kept.
"""

import tempfile
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from app.bench.figures import Figure
from app.bus import Bus
from app.clock import Clock
from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind, Target, Targets
from app.dsp.power import from_db
from app.errors import NotConnected
from app.ring import SpectrumRing
from app.settings import RadioSettings, RecordingSettings
from app.workers.receiver import ReceiverWorker
from app.workers.samplerecorder import make_tape
from app.workers.waterfall import WaterfallCollector
from hardware.receivers import receiver_for
from hardware.sim.config import Emitter
from hardware.sim.signals import white
from hardware.sim.spread406 import EXAMPLE_BITS, spread_burst
from hardware.sim.waveforms import waveform

RATE_HZ, CENTRE_HZ, BINS = 144_000.0, 406.0e6, 1024
LOOP_S = 25.0
HOUR_S, HOUR_QUICK_S = 3_600.0, 200.0
SETTLED_S, SETTLED_QUICK_S = 300.0, 100.0
STEADY = 1.05
PULL_S, WAIT_S = 0.5, 3_600.0  # true time between two looks; in which the hour must have been played
OFFSETS_HZ = {
    BeaconKind.CARRIER: -55_000.0,
    BeaconKind.PULSED: -42_000.0,
    BeaconKind.SWEPT: 50_000.0,
    BeaconKind.SARSAT1: 36_000.0,
    BeaconKind.SARSAT2: 0.0,
}
SNR_DBHZ = 55.0


def run(quick: bool) -> list[Figure]:
    """An hour, of which the first five minutes fill what is kept; with ``quick`` 200 s and 100 s. In this process."""
    return memory_figures(HOUR_QUICK_S, SETTLED_QUICK_S) if quick else memory_figures(HOUR_S, SETTLED_S)


def memory_figures(seconds: float, settled_s: float) -> list[Figure]:
    """Resident memory of this process after so much recorded time, and at the end, and what was heard meanwhile."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "beacons.cu8"
        path.write_bytes(beacons(np.random.default_rng(5)).tobytes())
        then, at_end, heard = _played(f"file:{path}?rate={RATE_HZ:.0f}&centre={CENTRE_HZ:.0f}&speed=0&loop=1", seconds,
                                      settled_s)  # fmt: skip
    ratio, of, enough = at_end / then, len(OFFSETS_HZ), seconds > settled_s
    kinds = sum(heard[kind] > 0 for kind in OFFSETS_HZ)
    return [
        Figure(f"memory: resident after {settled_s:.0f} s", then / 2**20, "MiB"),
        Figure(f"memory: resident after {seconds:.0f} s", at_end / 2**20, "MiB"),
        Figure("memory: end over then", ratio, "", f"<= {STEADY:g}", ratio <= STEADY if enough else None),
        Figure(f"memory: kinds of beacons confirmed meanwhile, of {of}", kinds, "", f">= {of}", kinds >= of),
        Figure("memory: detections confirmed meanwhile", heard.total(), ""),
    ]


def beacons(rng: np.random.Generator) -> NDArray[np.uint8]:
    """A loop of 8-bit samples with a beacon of each kind in noise, shape (2 n,)."""
    count = round(LOOP_S * RATE_HZ)
    total = white(rng, count)
    place = LatLon(47.0, 8.0)
    scale = np.float32(np.sqrt(from_db(SNR_DBHZ) / RATE_HZ))
    for kind, offset_hz in OFFSETS_HZ.items():
        if kind is BeaconKind.SARSAT2:
            sent = spread_burst(EXAMPLE_BITS, RATE_HZ, 8.0, 0.0, length_s=LOOP_S).astype(np.complex64)
        else:
            emitter = Emitter(place, kind, period_s=LOOP_S if kind is BeaconKind.SARSAT1 else 1.25)
            sent = np.asarray(waveform(emitter, RATE_HZ, 0.3).envelope(0, count), np.complex64)
        turns = np.round(offset_hz * LOOP_S) / LOOP_S / RATE_HZ * np.arange(count)
        total += scale * sent * np.exp(2j * np.pi * (turns % 1.0)).astype(np.complex64)
    parts = total.view(np.float32) * np.float32(16.0)
    return np.asarray(np.clip(np.rint(parts + np.float32(127.5)), 0.0, 255.0), np.uint8)


def _played(source: str, seconds: float, settled_s: float) -> tuple[int, int, Counter[BeaconKind]]:
    """Bytes after ``settled_s`` of recorded time and after ``seconds``, and detections of each kind."""
    bus, clock, ring = Bus(), Clock(), SpectrumRing(BINS)
    settings = RadioSettings(source=source, rate_hz=RATE_HZ, bins=BINS, centre_hz=CENTRE_HZ)
    tape = make_tape(RecordingSettings(), clock)
    worker = ReceiverWorker(settings, lambda radio: receiver_for(radio.source, radio), ring, tape, clock, bus)
    heard: Counter[BeaconKind] = Counter()
    bus.detection.subscribe(lambda fact: heard.update([fact.kind] if fact.confirmed else []))
    bus.targets.publish(Targets(tuple(_target(kind, hz) for kind, hz in OFFSETS_HZ.items()), "carrier"))
    waterfall = WaterfallCollector(ring)
    waterfall.begin(clock.now_s())
    process, then, never = psutil.Process(), 0, threading.Event()
    until_s = clock.now_s() + WAIT_S
    worker.start()
    try:
        while worker.state.samples < seconds * RATE_HZ and clock.now_s() < until_s:
            if worker.state.problem:
                raise NotConnected(worker.state.problem)
            clock.wait(never, PULL_S)
            waterfall.pull()
            waterfall.waiting.clear()
            if not then and worker.state.samples >= settled_s * RATE_HZ:
                then = process.memory_info().rss
        return then, process.memory_info().rss, heard
    finally:
        worker.stop()


def _target(kind: BeaconKind, offset_hz: float) -> Target:
    width_hz = 20_000.0 if kind is BeaconKind.SWEPT else 4_000.0
    lengths_s = {BeaconKind.SARSAT1: 0.44, BeaconKind.SARSAT2: 1.0}
    period_s = 1.25 if kind is BeaconKind.PULSED else LOOP_S if kind in lengths_s else 0.0
    return Target(kind.value, kind.value, kind, CENTRE_HZ + offset_hz, width_hz, period_s, lengths_s.get(kind, 0.015))
