"""The transport of a replay, below the map while the link is a recording: play, halt, any place, speed; GUI thread."""

from typing import Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QStyle, QWidget

from app.domain.vehicle import LinkState, Playback
from app.services.replay import FASTEST, SLOWEST
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge
from widgets.figures import clock_text, duration_text
from widgets.parts import IconTool
from widgets.theme import Look, figure_font

SCHEME = "tlog:"
SHOW_MS = 250
STEP_S = 10.0
SPEEDS = (SLOWEST, 0.5, 1.0, 2.0, 4.0, FASTEST)


class SeekSlider(QSlider):
    """Goes where it is clicked."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setValue(
                QStyle.sliderValueFromPosition(
                    self.minimum(), self.maximum(), round(event.position().x()), max(self.width(), 1)
                )
            )
        super().mousePressEvent(event)


class TransportBar(QWidget):
    """Shows itself while the vehicle's link is a recording."""

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._replay, self._vehicle, self._bridge = station.replay, station.vehicle, bridge
        self._url = ""
        self._now: Playback | None = None
        self._speed = 1.0  # at which it goes on after a halt
        self._asked = False
        self._back = IconTool(f"Back {STEP_S:.0f} s", "back", look)
        self._play = IconTool("Play", "play", look)
        self._on = IconTool(f"On {STEP_S:.0f} s", "forward", look)
        self._slider = SeekSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName("Place in the recording")
        self._slider.setMinimumWidth(110)
        self._place, self._utc = QLabel(), QLabel()
        self._choice = QComboBox()
        self._choice.setToolTip("How many times as fast as it was flown")
        for speed in SPEEDS:
            self._choice.addItem(f"{speed:g} ×", speed)
        self._choice.setCurrentIndex(SPEEDS.index(1.0))
        self._lay_out()
        self._timer = QTimer(self, interval=SHOW_MS)
        self._timer.timeout.connect(self._ask)
        self._back.clicked.connect(self._step_back)
        self._play.clicked.connect(self._play_or_halt)
        self._on.clicked.connect(self._step_on)
        self._slider.sliderReleased.connect(self._seek)
        self._slider.sliderMoved.connect(self._show_place)
        self._choice.activated.connect(self._choose_speed)
        self._look = look
        bridge.link.connect(self._show_link)
        self._show_link(station.vehicle.link())

    def _lay_out(self) -> None:
        for label in (self._place, self._utc):
            label.setFont(figure_font(9.0))
        self._place.setMinimumWidth(90)
        self._place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        for part in (self._back, self._play, self._on):
            row.addWidget(part)
        row.addWidget(self._slider, 1)
        row.addWidget(self._place)
        row.addWidget(self._utc)
        row.addWidget(self._choice)

    @Slot(object)
    def _show_link(self, link: LinkState) -> None:
        recorded = link.url.startswith(SCHEME)
        if link.url != self._url:
            self._url, self._now = link.url, None
        self.setVisible(recorded)
        if recorded and not self._timer.isActive():
            self._timer.start()
            self._ask()
        elif not recorded:
            self._timer.stop()

    @Slot()
    def _ask(self) -> None:
        """Ask where the replay is, unless an answer is on its way."""
        if not self._asked:
            self._asked = True
            self._bridge.order(self._replay.playback, "Where the replay is", self._show, self._ended)

    def _show(self, now: Playback | None) -> None:
        self._asked, self._now = False, now
        if now is None:
            self._ended("")
            return
        running = now.speed > 0.0
        if running:
            self._speed = now.speed
            self._choice.setCurrentIndex(min(range(len(SPEEDS)), key=lambda at: abs(SPEEDS[at] - now.speed)))
        self._say(running, now.position_s < now.length_s)
        self._slider.setMaximum(max(round(now.length_s), 1))
        if not self._slider.isSliderDown():
            self._slider.setValue(round(now.position_s))
            self._show_place(self._slider.value())

    def _ended(self, why: str) -> None:
        """Played to its end, or never begun: it can be played again from its beginning."""
        self._asked, self._now = False, None
        self._play.setToolTip(why or "Play it once more from the beginning")
        self._play.choose("play")
        for part in (self._back, self._on, self._slider):
            part.setEnabled(False)

    def _say(self, running: bool, left: bool) -> None:
        self._play.choose("pause" if running else "play")
        self._play.setToolTip("Halt" if running else "Play")
        for part in (self._back, self._on, self._slider):
            part.setEnabled(left or not running)

    @Slot(int)
    def _show_place(self, seconds: int) -> None:
        if self._now is not None:
            self._place.setText(f"{duration_text(seconds)} / {duration_text(self._now.length_s)}")
            self._utc.setText(f"{clock_text(self._now.started_s + seconds)} UTC")

    @Slot()
    def _play_or_halt(self) -> None:
        if self._now is None:
            self._bridge.order(lambda: self._vehicle.connect(self._url, OPERATOR), "Play the recording once more")
        else:
            self._go(0.0 if self._now.speed > 0.0 else self._speed, None)

    @Slot()
    def _seek(self) -> None:
        self._to(float(self._slider.value()))

    @Slot()
    def _step_back(self) -> None:
        if self._now is not None:
            self._to(self._now.position_s - STEP_S)

    @Slot()
    def _step_on(self) -> None:
        if self._now is not None:
            self._to(self._now.position_s + STEP_S)

    def _to(self, place_s: float) -> None:
        if self._now is not None:
            self._go(self._now.speed, min(max(place_s, 0.0), self._now.length_s))

    @Slot(int)
    def _choose_speed(self, index: int) -> None:
        self._speed = SPEEDS[index]
        if self._now is not None and self._now.speed > 0.0:
            self._go(self._speed, None)

    def _go(self, speed: float, at_s: float | None) -> None:
        self._bridge.order(lambda: self._replay.play(speed, at_s), "Replay", self._show_gone)

    def _show_gone(self, now: Any) -> None:
        asked = self._asked
        self._show(now)
        self._asked = asked  # another answer may still be on its way
