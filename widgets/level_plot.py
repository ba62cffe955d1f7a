"""RSSI and SNR of the chosen target over the last minutes; GUI thread."""

from collections import deque

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.radio import Level, Targets
from app.services.station import Station
from widgets.bridge import Bridge
from widgets.figures import level_text, rssi_text
from widgets.parts import FigureLabel, muted
from widgets.theme import Look

SPAN_S = 120.0
MOST = 20_000
DRAW_MS = 100


class LevelPlotPanel(QWidget):
    """Two plots over one time axis; what was not heard is a faint dot: an upper bound, not a level."""

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._clock, self._look = station.clock, look
        self._trigger_db = station.settings.mission.trigger_db
        self._target_id = ""
        self._values: deque[tuple[float, float, float, bool]] = deque(maxlen=MOST)
        self._changed = False
        self._unit = "dB"
        self._graphics = pg.GraphicsLayoutWidget()
        self._rssi, self._snr = self._graphics.addPlot(row=0, col=0), self._graphics.addPlot(row=1, col=0)
        self._rssi_line, self._snr_line = self._rssi.plot([], []), self._snr.plot([], [])
        self._unheard = pg.ScatterPlotItem(size=3, pen=None)
        self._rssi.addItem(self._unheard)
        self._trigger = pg.InfiniteLine(
            pos=self._trigger_db, angle=0, label="trigger", labelOpts={"position": 0.01, "anchors": [(0, 1), (0, 1)]}
        )
        self._snr.addItem(self._trigger)
        self._figures = {name: FigureLabel(name, 13.0) for name in ("RSSI", "SNR", "Noise", "Frequency")}
        self._empty = muted("No level of the chosen target yet: connect a receiver and choose a target.")
        self._set_up()
        self._timer = QTimer(self, interval=DRAW_MS)
        self._timer.timeout.connect(self._draw)
        self._timer.start()
        look.changed.connect(self._dress)
        bridge.levels.connect(self._add)
        bridge.targets.connect(self._choose)
        self._dress()
        self._choose(station.targets.targets())

    def _set_up(self) -> None:
        for plot, name in ((self._rssi, "RSSI dB"), (self._snr, "SNR dB")):
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setMouseEnabled(x=False, y=False)
            plot.setXRange(-SPAN_S, 0.0, padding=0.0)
            plot.getAxis("left").setWidth(48)
            plot.setLabel("left", name)
        self._snr.setXLink(self._rssi)
        self._rssi.getAxis("bottom").setStyle(showValues=False)
        self._snr.setLabel("bottom", "seconds ago")
        self._snr.getAxis("bottom").enableAutoSIPrefix(False)
        side = QVBoxLayout()
        for figure in self._figures.values():
            side.addWidget(figure)
        side.addWidget(self._empty)
        side.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.addWidget(self._graphics, 1)
        layout.addLayout(side)
        self._figures["Frequency"].setFixedWidth(150)
        self._empty.setFixedWidth(150)

    @Slot(object)
    def _choose(self, targets: Targets) -> None:
        if targets.selected_id != self._target_id:
            self._target_id = targets.selected_id
            self._values.clear()
            self._changed = True

    @Slot(object)
    def _add(self, levels: tuple[Level, ...]) -> None:
        mine = [level for level in levels if level.target_id == self._target_id]
        if mine:
            self._set_unit("dB" if mine[-1].power_dbm is None else "dBm")
            self._values.extend((one.time_s, _rssi(one), one.snr_db, one.heard) for one in mine)
            self._changed = True
            self._show_figures(mine[-1])

    def _set_unit(self, unit: str) -> None:
        """Levels of two units do not compare: the plot begins anew."""
        if unit != self._unit:
            self._unit = unit
            self._values.clear()
            self._rssi.setLabel("left", f"RSSI {unit}")

    def _show_figures(self, level: Level) -> None:
        self._empty.hide()
        theme = self._look.theme
        over = level.heard and level.snr_db >= self._trigger_db
        rssi = rssi_text(level) if level.heard else f"< {rssi_text(level, '.0f')}"
        self._figures["RSSI"].show_figure(rssi, theme.text if level.heard else theme.muted)
        self._figures["SNR"].show_figure(f"{level.snr_db:.1f} dB", theme.good if over else theme.text)
        offset_db = None if level.power_dbm is None else level.power_dbm - level.power_dbfs
        self._figures["Noise"].show_figure(level_text(level.noise_dbfs, offset_db))
        self._figures["Frequency"].show_figure(f"{level.frequency_hz / 1e6:.4f} MHz" if level.heard else "not heard")

    @Slot()
    def _draw(self) -> None:
        if not self._changed or self.visibleRegion().isEmpty():  # a tab behind another is visible to Qt
            return
        self._changed = False
        now_s = self._clock.now_s()
        while self._values and self._values[0][0] < now_s - SPAN_S:
            self._values.popleft()
        values = np.array(self._values, float).reshape(-1, 4)
        heard = values[:, 3] > 0.0
        ago_s = values[:, 0] - now_s
        self._rssi_line.setData(ago_s, np.where(heard, values[:, 1], np.nan), connect="finite")
        self._unheard.setData(ago_s[~heard], values[~heard, 1])
        self._snr_line.setData(ago_s, values[:, 2])

    @Slot()
    def _dress(self) -> None:
        theme = self._look.theme
        self._graphics.setBackground(theme.colour("panel"))
        self._rssi_line.setPen(pg.mkPen(theme.colour("accent"), width=1))
        self._snr_line.setPen(pg.mkPen(theme.colour("good"), width=1))
        self._unheard.setBrush(pg.mkBrush(theme.colour("muted", 110)))
        self._trigger.setPen(pg.mkPen(theme.colour("warn"), width=1, style=Qt.PenStyle.DashLine))
        self._trigger.label.setColor(theme.colour("warn"))
        for plot in (self._rssi, self._snr):
            for side in ("left", "bottom"):
                plot.getAxis(side).setPen(pg.mkPen(theme.colour("line"), width=1))
                plot.getAxis(side).setTextPen(pg.mkPen(theme.colour("muted")))
            plot.showGrid(x=True, y=True, alpha=0.12)


def _rssi(level: Level) -> float:
    return level.power_db if level.power_dbm is None else level.power_dbm
