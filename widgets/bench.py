"""What the window costs: frame interval of the waterfall, its paint time beside pyqtgraph's ImageItem; GUI thread."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QEventLoop, QRect, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.bench.figures import Figure
from app.ring import SpectrumRing
from app.services.station import Station
from widgets import face
from widgets.frequency_view import FrequencyView
from widgets.theme import Look
from widgets.waterfall import WaterfallView
from widgets.waterfall_image import WaterfallImage

BINS, ROWS_PER_S, RATE_HZ = 4096, 30.0, 2.4e6
WIDTH, HEIGHT = 1280, 600
SETTLING_S = 3.0  # the window opens and lays itself out
MOST_INTERVAL_MS, MOST_PAINT_MS, LEAST_TIMES = 40.0, 0.5, 8.0


def run(quick: bool) -> list[Figure]:
    """Frame intervals over a minute (``quick``: ten seconds) with rows of 4096 bins coming 30 times a second."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication(["kestrel"])
    ring = SpectrumRing(BINS)
    with _rows_into(ring):
        figures = measure_intervals(ring, 10.0 if quick else 60.0)
    figures += _paint_figures(100 if quick else 400)
    application.processEvents()
    return figures


def watch(station: Station, seconds: float) -> list[Figure]:
    """Frame intervals of the waterfall in the whole window on ``station``."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    started_s = time.monotonic()
    stamps: list[_Stamps] = []
    first_row_s: list[float] = []

    def begin() -> None:
        views = (view for top in QApplication.topLevelWidgets() for view in top.findChildren(WaterfallView))
        view = next(views)
        stamps.append(_Stamps(view))
        view.painted.connect(note_first_row)

    def note_first_row() -> None:
        if not first_row_s and station.radio.ring.mark:
            first_row_s.append(time.monotonic() - started_s)

    face.run(station, screenshot=None, after_s=seconds + SETTLING_S, on_ready=begin)
    taken_ms, busy_ms = stamps[0].taken_ms(), stamps[0].busy_ms()
    settled = taken_ms > SETTLING_S * 1000.0
    first = first_row_s[0]
    return [
        *_interval_figures("whole window, ", np.diff(taken_ms[settled])),
        *_busy_figures("whole window, ", np.diff(busy_ms[settled])),
        Figure("start to first waterfall row", first, "s", "<= 3", first <= 3.0),
    ]


def measure_intervals(ring: SpectrumRing, seconds: float) -> list[Figure]:
    """Intervals between paintings of a waterfall on ``ring``, whoever writes into it; needs a QApplication."""
    view = WaterfallView(ring, FrequencyView(), Look())
    view.resize(WIDTH, HEIGHT)
    stamps = _Stamps(view)
    view.show()
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000.0), loop.quit)
    loop.exec()
    view.close()
    view.deleteLater()
    return _interval_figures("waterfall alone, ", np.diff(stamps.taken_ms())[5:])  # the first frames load fonts


def _interval_figures(what: str, intervals_ms: NDArray[np.float64]) -> list[Figure]:
    if not len(intervals_ms):
        return [Figure(f"{what}frames", 0.0, "frames", "> 0", ok=False)]
    p50, p99 = (float(value) for value in np.percentile(intervals_ms, (50, 99)))
    return [
        Figure(f"{what}frame interval p50", p50, "ms"),
        Figure(f"{what}frame interval p99", p99, "ms", f"<= {MOST_INTERVAL_MS:g}", p99 <= MOST_INTERVAL_MS),
        Figure(f"{what}longest frame interval", float(intervals_ms.max()), "ms"),
    ]


def _busy_figures(what: str, busy_ms: NDArray[np.float64]) -> list[Figure]:
    """What the window itself takes of a processor; the intervals also wait for whatever else the machine does."""
    if not len(busy_ms):
        return []
    mean, p99 = float(busy_ms.mean()), float(np.percentile(busy_ms, 99))
    return [
        Figure(f"{what}GUI thread's processor time a frame, mean", mean, "ms"),
        Figure(f"{what}GUI thread's processor time a frame, p99", p99, "ms"),
    ]


class _Stamps:
    """When each frame was painted, and the processor time that the GUI thread had taken until then."""

    def __init__(self, view: WaterfallView) -> None:
        self._clock = QElapsedTimer()
        self._clock.start()
        self._ns: list[int] = []
        self._busy_ns: list[int] = []
        view.painted.connect(self._stamp)

    def _stamp(self) -> None:
        self._ns.append(self._clock.nsecsElapsed())
        self._busy_ns.append(time.thread_time_ns())

    def taken_ms(self) -> NDArray[np.float64]:
        return np.array(self._ns) / 1e6

    def busy_ms(self) -> NDArray[np.float64]:
        return np.array(self._busy_ns) / 1e6


@contextmanager
def _rows_into(ring: SpectrumRing) -> Iterator[None]:
    """Rows as a receiver at 2.4 MS/s makes them, from a thread that also does its Fourier transforms."""
    ending = threading.Event()
    rng = np.random.default_rng(1)
    block = (rng.normal(size=(20, BINS)) + 1j * rng.normal(size=(20, BINS))).astype(np.complex64)

    def write() -> None:
        start_s, number = time.monotonic(), 0
        while not ending.wait(max(start_s + number / ROWS_PER_S - time.monotonic(), 0.0)):
            power = np.mean(np.abs(np.fft.fft(block)) ** 2, axis=0)
            row = (10.0 * np.log10(power) - 120.0).astype(np.float32)
            ring.write(row, time.time(), 433.9e6, RATE_HZ)
            number += 1

    thread = threading.Thread(target=write, name="bench rows")
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def _paint_figures(frames: int) -> list[Figure]:
    """Colouring one row and painting the whole picture, beside the same by ImageItem with the rows rolled."""
    rng = np.random.default_rng(2)
    rows = rng.normal(-90.0, 3.0, (64, BINS)).astype(np.float32)
    ring = SpectrumRing(BINS)
    image = WaterfallImage(WIDTH, HEIGHT)
    image.low_hz, image.high_hz = 433.9e6 - RATE_HZ / 2.0, 433.9e6 + RATE_HZ / 2.0
    target = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)

    def ours(number: int) -> None:
        ring.write(rows[number % 64], 0.0, 433.9e6, RATE_HZ)
        image.add(ring.since(ring.mark - 1))
        with QPainter(target) as painter:
            image.paint(painter, QRect(0, 0, WIDTH, HEIGHT))

    ours_ms = _median_ms(ours, frames)
    item_ms = _median_ms(_image_item(rows, target), frames // 4)
    times = item_ms / ours_ms
    return [
        Figure(
            "waterfall row and paint", ours_ms, "ms", f"<= {MOST_PAINT_MS:g}", ours_ms <= MOST_PAINT_MS,
            "pyqtgraph ImageItem", item_ms,
        ),
        Figure("cheaper than ImageItem", times, "times", f">= {LEAST_TIMES:g}", times >= LEAST_TIMES),
    ]  # fmt: skip


def _image_item(rows: NDArray[np.float32], target: QImage) -> Callable[[int], None]:
    """The usual waterfall: an array rolled by a row, as wide as the picture, that an ImageItem colours whole."""
    narrow = rows[:, : WIDTH * (BINS // WIDTH)].reshape(len(rows), WIDTH, -1).max(axis=2)
    history = np.full((HEIGHT, WIDTH), -120.0, np.float32)
    widget = pg.PlotWidget()
    widget.resize(WIDTH, HEIGHT)
    widget.hideAxis("left")
    widget.hideAxis("bottom")
    item = pg.ImageItem(axisOrder="row-major")
    item.setLookupTable(pg.colormap.get("inferno").getLookupTable(nPts=256))
    widget.addItem(item)

    def paint(number: int) -> None:
        nonlocal history
        history = np.roll(history, 1, axis=0)
        history[0] = narrow[number % len(rows)]
        item.setImage(history, autoLevels=False, levels=(-100.0, -70.0))
        with QPainter(target) as painter:
            widget.render(painter)

    return paint


def _median_ms(paint: Callable[[int], None], frames: int) -> float:
    taken = []
    for number in range(frames + 5):
        start = time.perf_counter_ns()
        paint(number)
        taken.append((time.perf_counter_ns() - start) / 1e6)
    return float(np.median(taken[5:]))
