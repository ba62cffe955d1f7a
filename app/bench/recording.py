"""Whether recording keeps up, and what a flight's waterfall takes; the main thread."""

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.bench.figures import Figure
from app.bus import Bus
from app.clock import Clock
from app.domain.waterfall import pack
from app.dsp.power import LOWEST
from app.dsp.spectrum import Row, SpectrumEstimator
from app.ring import SpectrumRing
from app.settings import RecordingSettings
from app.tape import Piece, SampleTape
from app.workers.samplerecorder import SampleRecorderWorker, make_tape
from app.workers.waterfall import CHUNK_ROWS, ROW_S, WaterfallCollector

RATE_HZ = 2.4e6
PIECE = 131_072  # samples, as the receivers give them
WATERFALL_RATE_HZ, BINS, ROWS_PER_S = 240_000.0, 2048, 30.0
MOST_LOST = 0
MOST_BYTES_PER_S = 4_000.0


def run(seconds: float) -> list[Figure]:
    """Record noise at 2.4 MS/s to the disk for some seconds; pack a waterfall of noise."""
    return [*recording_figures(seconds), waterfall_figure()]


def recording_figures(seconds: float) -> list[Figure]:
    clock, bus, settings = Clock(), Bus(), RecordingSettings(least_free_gb=0.05)
    tape = make_tape(settings, clock)
    data = np.random.default_rng(1).integers(0, 256, 2 * PIECE, np.uint8)
    with ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory()))
        recorder = SampleRecorderWorker(settings, folder, tape, clock, bus)
        recorder.start()
        undo.callback(recorder.stop)
        _feed(tape, clock, data, 0, 1)
        recorder.record().result(10.0)
        pieces = round(seconds * RATE_HZ / PIECE)
        used_s = recorder.ask(time.thread_time).result(10.0)
        slowest_s = _feed(tape, clock, data, 1, pieces)
        used_s = recorder.ask(time.thread_time).result(10.0) - used_s
        (one,) = recorder.finish().result(60.0)
    lost = pieces * PIECE - one.samples
    share = used_s / seconds
    return [
        Figure(f"samples lost while recording {seconds:.0f} s at 2.4 MS/s", lost, "", "<= 0", lost <= MOST_LOST),
        Figure("written", one.size_bytes / seconds / 1e6, "MB/s"),
        Figure("share of a core, recorder of samples", share, "", "<= 0.1", share <= 0.1),
        Figure("slowest hand-over by the receiver's thread", 1e3 * slowest_s, "ms"),
    ]


def _feed(tape: SampleTape, clock: Clock, data: NDArray[np.uint8], first: int, count: int) -> float:
    """Write pieces in their own time; returns the longest that one took."""
    stream, began_s, slowest_s = 1, clock.now_s(), 0.0
    for number in range(count):
        time.sleep(max(began_s + (number + 1) * PIECE / RATE_HZ - clock.now_s(), 0.0))
        start_s = time.perf_counter()
        position = (first + number) * PIECE
        taken_s = began_s + number * PIECE / RATE_HZ
        tape.write(Piece(stream, position, PIECE, taken_s, RATE_HZ, 433e6, 20.0, "cu8", bytes(data)))
        slowest_s = max(slowest_s, time.perf_counter() - start_s)
    return slowest_s


def waterfall_figure() -> Figure:
    """Noise packs worst: what a stretch of it takes, for an hour."""
    random = np.random.default_rng(2)
    ring = SpectrumRing(BINS)
    collector = WaterfallCollector(ring)
    collector.begin(0.0)
    estimator = SpectrumEstimator(BINS, WATERFALL_RATE_HZ / ROWS_PER_S)
    seconds = CHUNK_ROWS * ROW_S
    size = 8000
    for number in range(round(seconds * WATERFALL_RATE_HZ / size)):
        raw = np.clip(np.rint(random.normal(127.5, 8.0, 2 * size)), 0, 255).astype(np.uint8)
        for row in estimator.feed(raw):
            _show(ring, row, number * size / WATERFALL_RATE_HZ)
    collector.finish()
    size_bytes = sum(len(pack(stretch)) for stretch in collector.waiting)
    rate = size_bytes / seconds
    return Figure(
        "waterfall of a flight, an hour of noise", rate * 3600.0 / 1e6, "MB",
        f"<= {MOST_BYTES_PER_S * 3600.0 / 1e6:g}", rate <= MOST_BYTES_PER_S,
    )  # fmt: skip


def _show(ring: SpectrumRing, row: Row, time_s: float) -> None:
    power_dbfs = np.float32(10.0) * np.log10(np.maximum(row.power, np.float32(LOWEST)))
    ring.write(power_dbfs, time_s, 433e6, WATERFALL_RATE_HZ)
