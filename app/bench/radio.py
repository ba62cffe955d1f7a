"""How fast samples become spectra, how true a tone reads, and whether anything is lost on the way; the main thread."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack

import numpy as np
from numpy.typing import NDArray

from app.bench import recording
from app.bench.figures import Figure
from app.bench.spectrum_peers import Peers, measure_peers
from app.bus import Bus
from app.clock import Clock
from app.domain.radio import BeaconKind, Level, Target, Targets
from app.dsp.pipeline import Pipeline
from app.dsp.power import band_power, hann, to_db
from app.dsp.spectrum import Row, SpectrumEstimator
from app.ring import SpectrumRing
from app.settings import RadioSettings, RecordingSettings
from app.workers.receiver import ReceiverWorker
from app.workers.samplerecorder import make_tape
from app.world import start_world
from hardware.receivers import receiver_for

RATE_HZ = 2.4e6
BINS = 2048
BLOCK = 131_072
GIL_HOLD_S = 0.2
TURNS, TURNS_NAIVE = 40, 4  # as many as the peer's loop takes: on a busy machine the best of few is luck
Psd = Callable[[NDArray[np.uint8]], None]


def run(quick: bool) -> list[Figure]:
    """With ``quick`` 10 s of samples from the simulator instead of 60."""
    return [
        *spectrum_figures(TURNS, measure_peers()),
        tone_figure(),
        *stream_figures(10.0 if quick else 60.0),
        *recording.run(10.0 if quick else 60.0),
    ]


def spectrum_figures(turns: int, peers: Peers) -> list[Figure]:
    """8-bit IQ to averaged spectra, in processor time of one core; the best of ``turns``.

    The limit is a plain loop in C++ around FFTW; the naive way is numpy.fft as one would write it down.
    """
    raw = np.random.default_rng(1).integers(0, 256, 2 * BLOCK, np.uint8)
    estimator = SpectrumEstimator(BINS, RATE_HZ / 30.0)

    def ours(data: NDArray[np.uint8]) -> None:
        for _ in estimator.feed(data):
            pass

    def naive(data: NDArray[np.uint8]) -> None:
        parts = (data.astype(np.float64) - 127.5) / 127.5
        pieces = (parts[0::2] + 1j * parts[1::2]).reshape(-1, BINS) * hann(BINS)
        np.mean(np.abs(np.fft.fft(pieces, axis=1)) ** 2, axis=0)

    rate, slow = (max(_rate_of(psd, raw) for _ in range(some)) for psd, some in ((ours, turns), (naive, TURNS_NAIVE)))
    share = RATE_HZ / 1e6 / rate
    return [
        Figure("IQ to 2048-bin PSD", rate, "MS/s", "", None, peers.missing, None, peers.limit),
        *_beside("C and FFTW", peers.limit, "over", rate, 3.5),
        *_beside("rtl_power_fftw's loop", peers.rtl_power_fftw, "under", rate, 1.0),
        *_beside("GNU Radio", peers.gnu_radio, "under", rate, 3.0),
        *_beside("numpy.fft, naively", slow, "under", rate, 4.0),
        Figure("share of a core at 2.4 MS/s, spectrum alone", share, "", "<= 0.03", share <= 0.03),
    ]


def _beside(peer: str, peer_rate: float | None, side: str, rate: float, goal: float) -> list[Figure]:
    """How many times faster the peer is (``side`` over) or Kestrel is (under); nothing when it could not be had."""
    if peer_rate is None:
        return []
    if side == "over":
        times, words = peer_rate / rate, f"<= {goal:g}"
        return [Figure(f"PSD: {peer} over Kestrel", times, "times", words, times <= goal, "MS/s", peer_rate)]
    times, words = rate / peer_rate, f">= {goal:g}"
    return [Figure(f"PSD: Kestrel over {peer}", times, "times", words, times >= goal, "MS/s", peer_rate)]


def _rate_of(psd: Psd, raw: NDArray[np.uint8]) -> float:
    """Million samples a second of this thread's processor time."""
    repeats = 12
    start_s = time.thread_time()
    for _ in range(repeats):
        psd(raw)
    return repeats * BLOCK / 1e6 / (time.thread_time() - start_s)


def tone_figure() -> Figure:
    """Largest error of a known tone, in the spectrum and in a level, over the passband of 2.4 MS/s."""
    worst_db = 0.0
    for offset_hz in np.linspace(-1.0e6, 1.0e6, 11) + 137.0:
        row, level = _tone(float(offset_hz), -30.0)
        place = BINS / 2 + offset_hz / RATE_HZ * BINS
        for reading_db in (to_db(band_power(row.power, place, 9)), level.power_dbfs):
            worst_db = max(worst_db, abs(reading_db + 30.0))
    return Figure("tone accuracy, spectrum and level", worst_db, "dB", "<= 0.1", worst_db <= 0.1)


def _tone(offset_hz: float, level_dbfs: float) -> tuple[Row, Level]:
    rng = np.random.default_rng(2)
    count = 8 * BLOCK
    iq = 10 ** (level_dbfs / 20) * np.exp(2j * np.pi * offset_hz / RATE_HZ * np.arange(count))
    iq += 1e-3 * (rng.standard_normal(count) + 1j * rng.standard_normal(count))
    pipeline = Pipeline(433e6, RATE_HZ, 0.0, BINS, 30.0)
    pipeline.follow((Target("t", "T", BeaconKind.CARRIER, 433e6 + offset_hz + 300.0),), 0)
    facts = list(pipeline.feed(iq.astype(np.complex64), overload=False, time_of=lambda sample: sample / RATE_HZ))
    rows = [fact for fact in facts if isinstance(fact, Row)]
    levels = [fact for fact in facts if isinstance(fact, Level)]
    return rows[0], levels[-1]


def stream_figures(seconds: float) -> list[Figure]:
    """A real rtl_tcp server process at 2.4 MS/s through client and worker; Python is held for 200 ms in the middle."""
    bus, clock, ring = Bus(), Clock(), SpectrumRing(BINS)
    tape = make_tape(RecordingSettings(), clock)
    with ExitStack() as undo:
        source = start_world(1, 1.0, BeaconKind.CARRIER, undo).radio
        settings = RadioSettings(source=source, rate_hz=RATE_HZ, bins=BINS)
        target = Target("b", "Beacon", BeaconKind.CARRIER, 433.92e6)
        worker = ReceiverWorker(settings, lambda radio: receiver_for(radio.source, radio), ring, tape, clock, bus)
        late_s: list[float] = []
        bus.level.subscribe(lambda level: late_s.append(clock.now_s() - level.time_s - level.duration_s / 2.0))
        bus.targets.publish(Targets((target,), "b"))
        worker.start()
        try:
            _wait_for_samples(worker)
            before, used_s = worker.state, _thread_time(worker)
            threading.Event().wait(seconds / 2.0)
            _hold_python(GIL_HOLD_S)
            threading.Event().wait(seconds / 2.0)
            used_s = _thread_time(worker) - used_s
            state = worker.state
        finally:
            worker.stop()
    due = (state.time_s - before.time_s) * RATE_HZ
    samples = state.samples - before.samples
    share = used_s / seconds
    lag_ms = 1e3 * float(np.percentile(late_s, 99))
    return [
        Figure(f"lost samples in {seconds:.0f} s at 2.4 MS/s", state.lost_samples, "", "<= 0", state.lost_samples == 0),
        Figure("samples received of those due", samples / due, "", ">= 0.98", samples >= 0.98 * due),
        Figure("share of a core, receiver worker with one target", share, "", "<= 0.1", share <= 0.1),
        Figure("level after its last sample, 99th percentile", lag_ms, "ms"),
    ]


def _wait_for_samples(worker: ReceiverWorker) -> None:
    until_s = time.monotonic() + 10.0
    while worker.state.samples == 0 and time.monotonic() < until_s:
        threading.Event().wait(0.05)


def _thread_time(worker: ReceiverWorker) -> float:
    """Processor time the worker's own thread has used, seconds."""
    return worker.ask(time.thread_time).result(10.0)


def _hold_python(seconds: float) -> None:
    """Keep every other Python thread from running: one long call into C that does not let go."""
    size = 1_000_000
    start_s = time.perf_counter()
    sum(range(size))
    sum(range(round(size * seconds / (time.perf_counter() - start_s))))
