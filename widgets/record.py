"""Records what the receiver hears, or saves what was just heard, and shows how much and how long still; GUI thread."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.domain.recording import Recording, RecordingState
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge
from widgets.figures import duration_text, size_text
from widgets.parts import IconTool
from widgets.theme import Look

ENDLESS_S = 99 * 3600.0  # room for longer is not worth a figure


class RecordControl(QWidget):
    """Two buttons and, while something is recorded, its size and the time left."""

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._recordings, self._bridge = station.recordings, bridge
        self._before_s = station.settings.recording.before_s
        self._state = station.recordings.state()
        self._record = IconTool("Record the samples", "record", look, checkable=True)
        self._save = IconTool("Save what was just received", "export", look)
        self._text = QLabel()
        self._text.setObjectName("muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for part in (self._text, self._record, self._save):
            layout.addWidget(part)
        self._record.clicked.connect(self._start_or_stop)
        self._save.clicked.connect(self._save_last)
        bridge.recording.connect(self._show)
        self._show(self._state)

    @Slot(object)
    def _show(self, state: RecordingState) -> None:
        self._state = state
        recording = bool(state.running)
        self._record.setChecked(recording)
        self._record.setToolTip("Stop recording" if recording else state.problem or "Record the samples")
        self._save.setEnabled(state.held_s > 0.0)
        self._save.setToolTip(f"Save what was received in the last {state.held_s:.0f} s")
        self._text.setText(words(state))
        self._text.setVisible(recording)

    @Slot()
    def _start_or_stop(self) -> None:
        self._record.setChecked(bool(self._state.running))  # the station's word, not the button's, says what is
        if self._state.running:
            self._bridge.order(lambda: self._recordings.stop(OPERATOR), "Stop recording", self._tell)
        else:
            self._bridge.order(lambda: self._recordings.start(OPERATOR), "Record", self._show)

    @Slot()
    def _save_last(self) -> None:
        seconds = max(self._before_s, self._state.held_s)
        self._bridge.order(
            lambda: self._recordings.save(seconds, OPERATOR), "Save what was received", lambda one: self._tell((one,))
        )

    def _tell(self, done: tuple[Recording, ...]) -> None:
        for one in done:
            self._bridge.tell("Recorded", f"{one.name}.sigmf-data, {size_text(one.size_bytes)}")


def words(state: RecordingState) -> str:
    """Time and size of what is recorded, and how long there is room: 1:00, 28.8 MB, 1:42:05 left."""
    if not state.running:
        return ""
    samples = max(one.samples / one.rate_hz for one in state.running)
    parts = [duration_text(samples), size_text(sum(one.size_bytes for one in state.running))]
    if state.seconds_left is not None and state.seconds_left < ENDLESS_S:
        parts.append(f"{duration_text(state.seconds_left)} left")
    if lost := sum(one.lost_samples for one in state.running):
        parts.append(f"{lost} samples lost")
    return ", ".join(parts)
