import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ring import SpectrumRing
from widgets.colour_map import ANCHORS, rgb32_table, rgb_table
from widgets.frequency_view import FrequencyView
from widgets.theme import Look
from widgets.waterfall import GUTTER, WaterfallView
from widgets.waterfall_image import LOST, LOST_PIXELS, OUTSIDE, WaterfallImage, columns_of

CENTRE_HZ, RATE_HZ, BINS = 433.92e6, 240e3, 1024
FLOOR_DB = -90.0


def row(peak_bin: int | None = None) -> np.ndarray:
    power = np.full(BINS, FLOOR_DB, np.float32)
    if peak_bin is not None:
        power[peak_bin] = -20.0
    return power


def painted(image: WaterfallImage) -> np.ndarray:
    """The image as it looks, 0xffRRGGBB, shape (height, width)."""
    target = QImage(image.width, image.height, QImage.Format.Format_RGB32)
    painter = QPainter(target)
    image.paint(painter, QRect(0, 0, image.width, image.height))
    painter.end()
    return np.frombuffer(target.constBits(), np.uint32).reshape(image.height, image.width).copy()


def whole_band(width: int, height: int) -> WaterfallImage:
    image = WaterfallImage(width, height)
    image.low_hz, image.high_hz = CENTRE_HZ - RATE_HZ / 2, CENTRE_HZ + RATE_HZ / 2
    image.floor_db, image.top_db = -90.0, -20.0
    return image


@pytest.mark.parametrize("rows", [1, 5, 17, 40])
def test_each_row_is_at_its_pixels_newest_on_top(qapp: object, rows: int) -> None:
    ring, image = SpectrumRing(BINS), whole_band(256, 16)
    for number in range(rows):
        ring.write(row(4 * number), float(number), CENTRE_HZ, RATE_HZ)
    for mark in range(0, rows, 3):
        image.add(ring.since(mark, until=mark + 3))
    seen = painted(image)
    peak, floor = image.colour_of(-20.0), image.colour_of(FLOOR_DB)
    for y in range(min(rows, 16)):
        column = rows - 1 - y  # the row's number is also its peak's pixel
        assert seen[y, column] == peak
        assert (np.delete(seen[y], column) == floor).all()
    assert (seen[rows:] == OUTSIDE).all()


def test_a_single_bin_survives_any_narrowing(qapp: object) -> None:
    image = whole_band(97, 4)
    ring = SpectrumRing(BINS)
    for peak_bin in (0, 511, 777, 1023):
        ring.write(row(peak_bin), 0.0, CENTRE_HZ, RATE_HZ)
    image.add(ring.since(0))
    assert ((painted(image) == image.colour_of(-20.0)).sum(axis=1) >= 1).all()


def test_zoomed_in_a_bin_is_as_wide_as_its_frequencies(qapp: object) -> None:
    image = WaterfallImage(400, 1)
    bin_hz = RATE_HZ / BINS
    image.low_hz = CENTRE_HZ - RATE_HZ / 2 + 100 * bin_hz
    image.high_hz = image.low_hz + 4 * bin_hz
    image.floor_db, image.top_db = -90.0, -20.0
    ring = SpectrumRing(BINS)
    ring.write(row(102), 0.0, CENTRE_HZ, RATE_HZ)
    image.add(ring.since(0))
    assert np.flatnonzero(painted(image)[0] == image.colour_of(-20.0)).tolist() == list(range(200, 300))


def test_what_was_not_heard_is_not_coloured(qapp: object) -> None:
    image = whole_band(240, 1)
    ring = SpectrumRing(BINS)
    ring.write(row(), 0.0, CENTRE_HZ + RATE_HZ / 2, RATE_HZ)  # tuned half a band higher
    image.add(ring.since(0))
    seen = painted(image)[0]
    assert (seen[:119] == OUTSIDE).all()
    assert (seen[121:] == image.colour_of(FLOOR_DB)).all()


def test_a_band_elsewhere_shows_nothing() -> None:
    assert len(columns_of(BINS, 100e6, RATE_HZ, 433e6, 434e6, 500)[1]) == 0


@pytest.mark.parametrize("width", [3, 97, 500, 3000])
@pytest.mark.parametrize("span", [1.0, 0.3, 1e-3, 1.7])
def test_each_pixel_shows_the_strongest_bin_that_it_covers(width: int, span: float) -> None:
    rng = np.random.default_rng(width)
    power = rng.normal(-90.0, 3.0, BINS).astype(np.float32)
    low_hz, high_hz = CENTRE_HZ - span * RATE_HZ / 2.0, CENTRE_HZ + span * RATE_HZ / 2.0
    first, columns = columns_of(BINS, CENTRE_HZ, RATE_HZ, low_hz, high_hz, width)
    shown = power[columns].max(axis=0)
    for number in rng.integers(0, len(shown), min(len(shown), 40)).tolist():
        edge_hz = low_hz + (first + number + np.array([0.0, 1.0])) * (high_hz - low_hz) / width
        begin, end = np.floor((edge_hz - CENTRE_HZ + RATE_HZ / 2.0) / (RATE_HZ / BINS) + 1e-6).astype(int)
        assert shown[number] == power[begin : max(end, begin + 1)].max()


def test_lost_samples_are_marked(qapp: object) -> None:
    image, ring = whole_band(200, 2), SpectrumRing(BINS)
    ring.write(row(), 0.0, CENTRE_HZ, RATE_HZ)
    ring.write(row(), 0.0, CENTRE_HZ, RATE_HZ, lost_before=4096)
    image.add(ring.since(0))
    seen = painted(image)
    assert (seen[0, :LOST_PIXELS] == LOST).all()
    assert not (seen[1] == LOST).any()


@pytest.mark.parametrize("name", sorted(ANCHORS))
def test_colours_grow_lighter_all_the_way(name: str) -> None:
    lightness = rgb_table(name).astype(float) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) > -0.5).all()
    assert len(rgb32_table(name)) == 256


@pytest.fixture
def view(qtbot: QtBot, look: Look) -> WaterfallView:
    made = WaterfallView(SpectrumRing(BINS), FrequencyView(), look)
    qtbot.addWidget(made)
    made.resize(GUTTER + 512, 120)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_widget_takes_rows_by_itself(qtbot: QtBot, view: WaterfallView) -> None:
    view._ring.write(row(100), 1_000.0, CENTRE_HZ, RATE_HZ)
    qtbot.waitUntil(lambda: view.image._top != 0)
    assert view._view.low_hz == CENTRE_HZ - RATE_HZ / 2
    view.grab()


def test_a_click_gives_the_frequency(qtbot: QtBot, view: WaterfallView) -> None:
    view._ring.write(row(100), 1_000.0, CENTRE_HZ, RATE_HZ)
    view.pull()
    with qtbot.waitSignal(view.picked) as blocker:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(GUTTER + 256, 40))
    assert blocker.args[0] == pytest.approx(CENTRE_HZ, abs=1.0)


def test_zoom_colours_old_rows_again(qtbot: QtBot, view: WaterfallView) -> None:
    view.set_range(-90.0, -20.0)
    for _ in range(5):
        view._ring.write(row(512), 1_000.0, CENTRE_HZ, RATE_HZ)
    view.pull()
    before = (painted(view.image) == view.image.colour_of(-20.0)).sum()
    view._view.zoom(0.1, CENTRE_HZ)
    after = (painted(view.image) == view.image.colour_of(-20.0)).sum()
    assert after >= 4 * before > 0


def test_nothing_connected_paints_words(view: WaterfallView) -> None:
    assert not view.grab().isNull()


def test_the_view_stays_in_the_band() -> None:
    view = FrequencyView()
    view.set_band(CENTRE_HZ, RATE_HZ)
    view.zoom(0.25, CENTRE_HZ)
    view.pan(1e9)
    assert view.high_hz == pytest.approx(CENTRE_HZ + RATE_HZ / 2)
    view.zoom(100.0, CENTRE_HZ)
    assert view.whole
    view.set_band(100e6, RATE_HZ)
    assert view.low_hz == 100e6 - RATE_HZ / 2
