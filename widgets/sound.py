"""What is listened to: mode, squelch, and the loudspeaker of this computer; GUI thread."""

import logging

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QWidget

from app.domain.audio import HIGHEST_SQUELCH_DB, LOWEST_SQUELCH_DB, AudioMode, AudioState
from app.domain.radio import Targets
from app.services.radio import RadioService
from app.services.sound import SoundService
from widgets.bridge import OPERATOR, Bridge
from widgets.player import Player

log = logging.getLogger(__name__)
PULL_MS = 30
NAMES = {
    None: "Sound off",
    AudioMode.AM: "AM",
    AudioMode.NFM: "NFM",
    AudioMode.USB: "USB",
    AudioMode.LSB: "LSB",
    AudioMode.CW: "CW",
    AudioMode.LEVEL: "Level tone",
}
NO_SQUELCH_DB = LOWEST_SQUELCH_DB - 1.0


class SoundControl(QWidget):
    """Listens to the selected target, or to where the operator pointed; one for every window and browser."""

    def __init__(self, radio: RadioService, sound: SoundService, bridge: Bridge) -> None:
        super().__init__()
        self._radio, self._sound, self._bridge = radio, sound, bridge
        self._frequency_hz = 0.0
        self._pointed_hz = 0.0  # 0: the target's
        self._player: Player | None = None
        self.mode = QComboBox()
        for mode, name in NAMES.items():
            self.mode.addItem(name, mode)
        self.mode.setToolTip("Listen to the selected target, or point into the waterfall: Listen here")
        self.squelch = QDoubleSpinBox(decimals=0, minimum=NO_SQUELCH_DB, maximum=HIGHEST_SQUELCH_DB, suffix=" dB")
        self.squelch.setSpecialValueText("No squelch")
        self.squelch.setValue(NO_SQUELCH_DB)
        self.squelch.setKeyboardTracking(False)
        self.squelch.setToolTip("Least SNR that is heard")
        self._timer = QTimer(self, interval=PULL_MS)
        self._timer.timeout.connect(self._pull)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.mode)
        row.addWidget(self.squelch)
        self.mode.activated.connect(self._listen)
        self.squelch.valueChanged.connect(self._listen)
        bridge.audio.connect(self._show)
        self._show(sound.audio())

    @property
    def chosen(self) -> AudioMode | None:
        """The mode in the list, None for off; Qt gives back plain text."""
        data = self.mode.currentData()
        return None if data is None else AudioMode(data)

    def set_targets(self, targets: Targets) -> None:
        """The selected one is listened to from now on, unless the operator pointed elsewhere."""
        target = targets.selected
        before, self._frequency_hz = self._frequency_hz, target.frequency_hz if target is not None else 0.0
        if before != self._frequency_hz and not self._pointed_hz and self.chosen is not None:
            self._listen()

    def listen_at(self, hz: float) -> None:
        """Listen there from now on, in the mode chosen, AM when there was none."""
        self._pointed_hz = hz
        if self.chosen is None:
            self.mode.setCurrentIndex(1)
        self._listen()

    @Slot()
    def _listen(self) -> None:
        mode = self.chosen
        if mode is None:
            self._pointed_hz = 0.0
            self._bridge.order(lambda: self._sound.stop_listening(OPERATOR), "Stop listening")
            return
        hz = self._pointed_hz or self._frequency_hz or self._radio.state().centre_hz
        squelch_db = None if self.squelch.value() <= NO_SQUELCH_DB else self.squelch.value()
        self._bridge.order(lambda: self._sound.listen(mode, hz, OPERATOR, None, squelch_db), "Listen")

    @Slot(object)
    def _show(self, state: AudioState) -> None:
        wanted = state.listening
        self.mode.setCurrentIndex(self.mode.findData(wanted.mode if wanted is not None else None))
        self.squelch.setEnabled(wanted is not None)
        if wanted is None:
            self._timer.stop()
            if self._player is not None:
                self._player.stop()
                self._player = None
            return
        self.mode.setToolTip(state.problem or f"Listening at {wanted.frequency_hz / 1e6:.4f} MHz")
        if self._player is None:
            self._player = Player(self._sound.ring)
            self._timer.start()

    @Slot()
    def _pull(self) -> None:
        if self._player is not None:
            self._player.pull()
