"""The spectrum above the waterfall: newest rows, peak hold, noise floor, targets and their trigger; GUI thread."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.radio import Level, Targets
from app.ring import Rows
from widgets.figures import frequency_text, level_text
from widgets.frequency_view import FrequencyView
from widgets.map_shapes import path_of
from widgets.spectrum_axes import Scale, paint_axes, paint_targets
from widgets.stamps import Stamps, paint_dashed
from widgets.theme import Look, Theme, figure_font
from widgets.waterfall import CLICK_PIXELS, FRAME_MS, GUTTER
from widgets.waterfall_image import MEDIAN_OF, columns_of

EVERY = 2  # frames to one drawing of the line: an eye follows no more
PEAK_FALL = 0.998  # share of its height over the trace that the peak hold keeps a row
FLOOR = "noise floor"
LOWEST_DB = -400.0  # stands for what is no number


class SpectrumView(QWidget):
    """Power per bin in dBFS over the frequencies of the shared view. ``picked`` is a click, in Hz.

    Axes and targets are painted once into a picture, the lines over it: a tenth of what a plot of items costs.
    """

    picked = Signal(float)

    def __init__(self, view: FrequencyView, look: Look, trigger_db: float) -> None:
        super().__init__()
        self._view, self._look, self._trigger_db = view, look, trigger_db
        self._targets = Targets((), "")
        self._levels: dict[str, Level] = {}
        self._newest: NDArray[np.float32] | None = None
        self._peak: NDArray[np.float32] | None = None
        self._holding = True
        self._band = (0.0, 0.0)
        self._range_db = (-100.0, -20.0)
        self._floor_db = -100.0
        self._frame = 0
        self.dbm_offset_db: float | None = None  # what makes dBm of dBFS; None: not calibrated
        self._axes, self._axes_of = QPixmap(), ()  # type: tuple[QPixmap, tuple[object, ...]]
        self._words = Stamps(self.font())
        self._hover: QPoint | None = None
        self._pressed: QPoint | None = None
        self.setMinimumSize(220, 70)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._soon = QTimer(self, interval=FRAME_MS // 2, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._soon.timeout.connect(self.update)  # between two frames of the waterfall, not in one of them
        view.changed.connect(self.update)
        look.changed.connect(self.update)

    def hold_peaks(self, held: bool) -> None:
        """Show or hide the strongest levels of the last half minute."""
        self._holding = held
        self._peak = None
        self.update()

    @Slot(object)
    def show_rows(self, rows: Rows) -> None:
        """Take the rows of one frame; every second frame is drawn."""
        newest = rows.power_dbfs[-1]
        band = (float(rows.centre_hz[-1]), float(rows.rate_hz[-1]))
        if band != self._band or self._peak is None or len(self._peak) != len(newest):
            self._band, self._peak = band, newest.copy()
        strongest = rows.power_dbfs.max(axis=0)
        with np.errstate(invalid="ignore"):  # rows that are no numbers
            fallen = newest + (self._peak - newest) * np.float32(PEAK_FALL ** len(rows.time_s))
        self._peak = np.maximum(fallen, strongest)
        self._frame += 1
        if self._newest is None or self._frame % EVERY == 0:
            self._newest = newest
            self._fit(newest)
            self._soon.start()

    @Slot(object)
    def set_targets(self, targets: Targets) -> None:
        self._targets = targets
        self.update()

    @Slot(object)
    def set_levels(self, levels: tuple[Level, ...]) -> None:
        self._levels |= {level.target_id: level for level in levels}

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = self._look.theme
        with QPainter(self) as painter:  # ends the painter also when painting fails, or Qt would crash
            if self._newest is None or not self._view.known:
                painter.fillRect(self.rect(), theme.colour("panel"))  # axes without a spectrum mean nothing
                return
            scale = self._scale()
            painter.drawPixmap(0, 0, self._axes_picture(scale, theme))
            painter.setClipRect(scale.area)
            self._paint_lines(painter, scale, theme)
            if self._hover is not None and scale.area.contains(self._hover):
                at = self._hover
                level = level_text(scale.level_db(at.y()), self.dbm_offset_db)
                text = f"{frequency_text(scale.hz(at.x()))}  {level}"
                painter.setFont(figure_font(8.5))
                painter.setPen(theme.colour("text"))
                painter.drawText(scale.area.adjusted(0, 2, -6, 0), Qt.AlignmentFlag.AlignRight, text)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._view.zoom(0.8 ** (event.angleDelta().y() / 120.0), self._scale().hz(event.position().x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position().toPoint()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at, pressed, scale = event.position().toPoint(), self._pressed, self._scale()
        self._pressed = None
        if pressed is None or not self._view.known or not scale.area.contains(at):
            return
        if (at - pressed).manhattanLength() < CLICK_PIXELS:
            self.picked.emit(scale.hz(at.x()))

    def leaveEvent(self, event: QEvent) -> None:
        del event
        self._hover = None
        self.update()

    def _scale(self) -> Scale:
        below = self.fontMetrics().height() + 6
        width, height = max(self.width() - GUTTER, 1), max(self.height() - below - 4, 1)
        return Scale(GUTTER, 4, width, height, self._view.low_hz, self._view.high_hz, *self._range_db)

    def _axes_picture(self, scale: Scale, theme: Theme) -> QPixmap:
        ratio = self.devicePixelRatioF()
        wanted = (scale, self._targets, theme.name, ratio, self.size(), self.dbm_offset_db)
        if wanted != self._axes_of:
            self._axes_of = wanted
            self._axes = QPixmap(self.size() * ratio)
            self._axes.setDevicePixelRatio(ratio)
            self._axes.fill(theme.colour("panel"))
            with QPainter(self._axes) as painter:
                painter.setFont(self.font())
                paint_axes(painter, scale, theme, self.dbm_offset_db)
                paint_targets(painter, scale, self._targets, theme)
        return self._axes

    def _paint_lines(self, painter: QPainter, scale: Scale, theme: Theme) -> None:
        if self._holding:
            self._paint_line(painter, scale, self._peak, QPen(theme.colour("warn", 130), 1))
        self._paint_line(painter, scale, self._newest, QPen(theme.colour("accent"), 1))
        y = round(scale.y(self._floor_db))
        box = QRect(QPoint(scale.left + 12, 0), self._words.size(FLOOR) + QSize(8, 0))
        box.moveBottom(y - 1)
        self._words.stamp(painter, box, FLOOR, theme.colour("muted"), theme.colour("panel", 190))
        paint_dashed(painter, QRect(scale.left, y, scale.width, 1), theme.colour("muted"))
        self._paint_trigger(painter, scale, theme)

    def _paint_line(self, painter: QPainter, scale: Scale, power_db: NDArray[np.float32] | None, pen: QPen) -> None:
        """One point a pixel: the strongest of its bins."""
        if power_db is None:
            return
        first, columns = columns_of(len(power_db), *self._band, scale.low_hz, scale.high_hz, scale.width)
        if not len(columns):
            return
        strongest = np.maximum.reduce(power_db[columns], axis=0)
        levels_db = np.nan_to_num(strongest.astype(float), nan=LOWEST_DB, neginf=LOWEST_DB)
        pixels = np.empty((len(levels_db), 2))
        pixels[:, 0] = scale.left + first + np.arange(len(levels_db))
        pixels[:, 1] = scale.top + (scale.high_db - levels_db) * (scale.height / (scale.high_db - scale.low_db))
        painter.setPen(pen)
        painter.drawPath(path_of(pixels))

    def _paint_trigger(self, painter: QPainter, scale: Scale, theme: Theme) -> None:
        """The level at which a search turns into a detection, across the chosen target's band."""
        target, level = self._targets.selected, self._levels.get(self._targets.selected_id)
        if target is None or level is None:
            return
        half_hz, y = target.bandwidth_hz / 2.0, round(scale.y(level.noise_dbfs + self._trigger_db))
        painter.setPen(QPen(theme.colour("bad"), 1))
        left, right = scale.x(target.frequency_hz - half_hz), scale.x(target.frequency_hz + half_hz)
        painter.drawLine(round(left), y, round(right), y)

    def _fit(self, newest: NDArray[np.float32]) -> None:
        """Move the level axis only when the trace would leave it or fill little of it."""
        floor_db = float(np.median(newest[:: max(len(newest) // MEDIAN_OF, 1)]))
        strongest = newest if self._peak is None else self._peak
        low_db, high_db = floor_db - 8.0, max(float(strongest.max()) + 6.0, floor_db + 30.0)
        if not (math.isfinite(low_db) and math.isfinite(high_db)):
            return
        self._floor_db = floor_db
        shown_low, shown_high = self._range_db
        leaves = low_db < shown_low - 2.0 or high_db > shown_high + 1.0
        if leaves or high_db - low_db < 0.7 * (shown_high - shown_low):
            self._range_db = low_db - 2.0, high_db + 3.0
