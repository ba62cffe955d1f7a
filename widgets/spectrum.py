"""The spectrum above the waterfall: newest rows, peak hold, noise floor, targets and their trigger; GUI thread."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.radio import Level, Targets
from app.ring import Rows
from widgets.figures import frequency_text
from widgets.frequency_view import FrequencyView
from widgets.theme import Look
from widgets.waterfall import GUTTER
from widgets.waterfall_image import columns_of

EVERY = 3  # frames to one drawing of the line: an eye follows ten a second
PEAK_FALL = 0.998  # share of its height over the trace that the peak hold keeps a row


class SpectrumView(QWidget):
    """Power per bin in dBFS over the frequencies of the shared view."""

    picked = Signal(float)

    def __init__(self, view: FrequencyView, look: Look, trigger_db: float) -> None:
        super().__init__()
        self._view, self._look, self._trigger_db = view, look, trigger_db
        self._targets = Targets((), "")
        self._levels: dict[str, Level] = {}
        self._peak: NDArray[np.float32] | None = None
        self._band = (0.0, 0.0)
        self._frame = 0
        self._marks: list[object] = []
        self.plot = pg.PlotWidget()
        self._trace = self.plot.plot([], [])
        self._held = self.plot.plot([], [])
        self._trigger = self.plot.plot([], [])
        self._floor = pg.InfiniteLine(
            angle=0, movable=False, label="noise floor", labelOpts={"position": 0.02, "anchors": [(0, 1), (0, 1)]}
        )
        self.plot.addItem(self._floor)
        self._readout = pg.TextItem("", anchor=(1, 0))
        self._readout.setParentItem(self.plot.getViewBox())
        self._set_up()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.plot.hide()  # an empty plot has axes that mean nothing
        view.changed.connect(self._follow)
        look.changed.connect(self._dress)
        self._dress()

    def hold_peaks(self, held: bool) -> None:
        """Show or hide the strongest levels of the last half minute."""
        self._held.setVisible(held)
        self._peak = None

    @Slot(object)
    def show_rows(self, rows: Rows) -> None:
        """Take the rows of one frame; every third frame is drawn."""
        newest = rows.power_dbfs[-1]
        band = (float(rows.centre_hz[-1]), float(rows.rate_hz[-1]))
        if band != self._band or self._peak is None or len(self._peak) != len(newest):
            self._band, self._peak = band, newest.copy()
        strongest = rows.power_dbfs.max(axis=0)
        fallen = newest + (self._peak - newest) * PEAK_FALL ** len(rows.time_s)
        self._peak = np.maximum(fallen, strongest).astype(np.float32)
        self._frame += 1
        self.plot.show()
        if self._frame % EVERY == 0:
            self._draw(newest)

    @Slot(object)
    def set_targets(self, targets: Targets) -> None:
        self._targets = targets
        self._mark_targets()

    @Slot(object)
    def set_levels(self, levels: tuple[Level, ...]) -> None:
        self._levels |= {level.target_id: level for level in levels}

    def wheel(self, steps: float, x: float) -> None:
        """Zoom about the plot's pixel ``x``."""
        self._view.zoom(0.8**steps, self._hz(x))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The plot's own zoom is off: wheel and drag act on the shared view."""
        del watched
        if event.type() == QEvent.Type.Wheel:
            self.wheel(event.angleDelta().y() / 120.0, event.position().x())  # type: ignore[attr-defined]
            return True
        return False

    def _set_up(self) -> None:
        self.setMinimumSize(220, 70)
        plot = self.plot.getPlotItem()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.getAxis("left").setWidth(GUTTER)
        plot.getAxis("left").setLabel("dBFS")
        plot.getAxis("bottom").enableAutoSIPrefix(False)
        plot.getAxis("bottom").setScale(1e-6)
        plot.setContentsMargins(0, 4, 0, 0)
        self.plot.viewport().installEventFilter(self)
        self.plot.scene().sigMouseClicked.connect(self._clicked)
        self.plot.scene().sigMouseMoved.connect(self._moved)

    @Slot()
    def _dress(self) -> None:
        theme = self._look.theme
        self.plot.setBackground(theme.colour("panel"))
        self._trace.setPen(pg.mkPen(theme.colour("accent"), width=1))
        self._held.setPen(pg.mkPen(theme.colour("warn", 130), width=1))
        self._trigger.setPen(pg.mkPen(theme.colour("bad"), width=1))
        self._floor.setPen(pg.mkPen(theme.colour("muted"), width=1, style=Qt.PenStyle.DashLine))
        self._floor.label.setColor(theme.colour("muted"))
        self._floor.label.fill = pg.mkBrush(theme.colour("panel", 190))
        self._readout.setColor(theme.colour("text"))
        for side in ("left", "bottom"):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.colour("line"), width=1))
            axis.setTextPen(pg.mkPen(theme.colour("muted")))
        self.plot.showGrid(x=True, y=True, alpha=0.12)
        self._mark_targets()

    @Slot()
    def _follow(self) -> None:
        self.plot.setXRange(self._view.low_hz, self._view.high_hz, padding=0)

    def _draw(self, newest: NDArray[np.float32]) -> None:
        """Draw at most two points a pixel: the strongest bin of each."""
        centre_hz, rate_hz = self._band
        width = max(self.plot.getViewBox().width(), 50.0)
        low_hz, high_hz = self._view.low_hz, self._view.high_hz
        first, columns = columns_of(len(newest), centre_hz, rate_hz, low_hz, high_hz, int(width))
        if len(columns) < 2 or self._peak is None:
            return
        pixel_hz = (high_hz - low_hz) / int(width)
        hz = low_hz + pixel_hz * (first + 0.5 + np.arange(len(columns) - 1))
        shown = np.maximum.reduceat(newest[: columns[-1]], columns[:-1])
        held = np.maximum.reduceat(self._peak[: columns[-1]], columns[:-1])
        floor_db = float(np.median(newest))
        self._trace.setData(hz, shown)
        if self._held.isVisible():
            self._held.setData(hz, held)
        self._floor.setValue(floor_db)
        self._draw_trigger()
        self._fit(floor_db - 8.0, max(float(held.max()) + 6.0, floor_db + 30.0))

    def _draw_trigger(self) -> None:
        """The level at which a search turns into a detection, across the chosen target's band."""
        target, level = self._targets.selected, self._levels.get(self._targets.selected_id)
        if target is None or level is None:
            self._trigger.setData([], [])
            return
        half_hz, height_db = target.bandwidth_hz / 2.0, level.noise_dbfs + self._trigger_db
        self._trigger.setData([target.frequency_hz - half_hz, target.frequency_hz + half_hz], [height_db, height_db])

    def _fit(self, low_db: float, high_db: float) -> None:
        """Move the level axis only when the trace would leave it or fill little of it."""
        shown_low, shown_high = self.plot.getViewBox().viewRange()[1]
        leaves = low_db < shown_low - 2.0 or high_db > shown_high + 1.0
        if leaves or high_db - low_db < 0.7 * (shown_high - shown_low):
            self.plot.setYRange(low_db - 2.0, high_db + 3.0, padding=0)
            self._mark_targets()

    def _mark_targets(self) -> None:
        """A band with its name for each target."""
        for mark in self._marks:
            self.plot.removeItem(mark)
        self._marks = []
        theme = self._look.theme
        for target in self._targets.all:
            name = "good" if target.id == self._targets.selected_id else "muted"
            low_hz = target.frequency_hz - target.bandwidth_hz / 2.0
            band = pg.LinearRegionItem(
                (low_hz, low_hz + target.bandwidth_hz),
                movable=False,
                brush=theme.colour(name, 45),
                pen=pg.mkPen(theme.colour(name, 120), width=1),
            )
            label = pg.TextItem(target.name, color=theme.colour(name), anchor=(0.5, 0))
            label.setPos(target.frequency_hz, self.plot.getViewBox().viewRange()[1][1])
            self._marks += [band, label]
        for mark in self._marks:
            self.plot.addItem(mark, ignoreBounds=True)

    def _hz(self, x: float) -> float:
        box = self.plot.getViewBox()
        return float(box.mapSceneToView(QPointF(x, 0.0)).x())

    @Slot(object)
    def _clicked(self, event: object) -> None:
        position = event.scenePos()  # type: ignore[attr-defined]
        left = event.button() == Qt.MouseButton.LeftButton  # type: ignore[attr-defined]
        if left and self._view.known and self.plot.getViewBox().sceneBoundingRect().contains(position):
            self.picked.emit(self._hz(position.x()))

    @Slot(object)
    def _moved(self, position: QPointF) -> None:
        box = self.plot.getViewBox()
        if not self._view.known or not box.sceneBoundingRect().contains(position):
            self._readout.setText("")
            return
        at = box.mapSceneToView(position)
        self._readout.setText(f"{frequency_text(at.x())}  {at.y():.1f} dBFS")
        self._readout.setPos(box.width() - 6, 2)
