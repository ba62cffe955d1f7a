"""The receiver's switches, its calibration and its profile; part of a menu, GUI thread."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QPushButton,
    QSpinBox,
    QWidget,
)

from app.domain.radio import DirectSampling, FrontEnd, RadioState
from app.services.radio import RadioService
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge, Notice, Severity
from widgets.parts import confirm, muted
from widgets.profile_dialogs import calibration_dialog, keep_dialog

WIDTH = 330
DIRECT = {
    DirectSampling.OFF: "Off",
    DirectSampling.I: "Input I",
    DirectSampling.Q: "Input Q",
}


class FrontEndForm(QWidget):
    """Every change is an order to the station; what is in force comes back with its state.

    Switches the receiver does not have cannot be set. Voltage on the antenna's cable is asked about first.
    """

    def __init__(self, station: Station, bridge: Bridge) -> None:
        super().__init__()
        self._station, self._bridge = station, bridge
        self._state: RadioState | None = None
        self.ppm = QSpinBox(minimum=-RadioService.MOST_PPM, maximum=RadioService.MOST_PPM, suffix=" ppm")
        self.ppm.setKeyboardTracking(False)
        self.direct = QComboBox()
        for kind, text in DIRECT.items():
            self.direct.addItem(text, kind)
        self.agc = _box("AGC of the demodulator", "Levels mean nothing while it is on")
        self.bias = _box("Bias tee: voltage on the antenna's cable", "Feeds an amplifier at the antenna")
        self.offset = _box("Offset tuning", "Takes the line at the centre out of the band; for an E4000")
        self.dc = _box("Take the line at the centre away", "By the station, for any receiver")
        self.iq = _box("Take mirror images away", "By the station, for any receiver")
        self.calibration = muted()
        self.calibrate, self.keep = QPushButton("Calibrate …"), QPushButton("Keep as a profile …")
        self._lay_out()
        self._wire()
        bridge.radio.connect(self.show_state)
        self.show_state(station.radio.state())

    @Slot(object)
    def show_state(self, state: RadioState) -> None:
        before, self._state = self._state, state
        if before is not None and _shown(before) == _shown(state):
            return
        now = state.front_end
        for part, value in (
            (self.agc, now.agc),
            (self.bias, now.bias_tee),
            (self.offset, now.offset_tuning),
            (self.dc, now.correct_dc),
            (self.iq, now.correct_iq),
        ):
            part.setChecked(value)
        self.ppm.blockSignals(True)
        self.ppm.setValue(now.ppm)
        self.ppm.blockSignals(False)
        self.direct.setCurrentIndex(self.direct.findData(now.direct_sampling))
        for name, switch in self._switches().items():
            switch.setEnabled(state.connected and name in state.switches)
        for corrected in (self.dc, self.iq, self.calibrate, self.keep):
            corrected.setEnabled(state.connected)
        self.calibration.setText(_calibration_text(state))

    def _lay_out(self) -> None:
        self.ppm.setAccessibleName("Correction of the crystal")
        self.direct.setAccessibleName("Direct sampling")
        self.calibration.setFixedWidth(WIDTH)
        self.calibration.setTextFormat(Qt.TextFormat.PlainText)
        form = QFormLayout(self)
        form.setContentsMargins(12, 8, 12, 8)
        form.addRow("Crystal", self.ppm)
        form.addRow("Direct sampling", self.direct)
        for part in (self.agc, self.bias, self.offset, self.dc, self.iq, self.calibration, self.calibrate, self.keep):
            form.addRow(part)

    def _wire(self) -> None:
        self.ppm.valueChanged.connect(self._order_shown)
        self.direct.activated.connect(self._order_shown)
        for box in (self.agc, self.offset, self.dc, self.iq):
            box.clicked.connect(self._order_shown)
        self.bias.clicked.connect(self._set_bias)
        self.calibrate.clicked.connect(self._ask_tone)
        self.keep.clicked.connect(self._ask_name)

    def _switches(self) -> dict[str, QWidget]:
        return {
            "ppm": self.ppm,
            "agc": self.agc,
            "bias_tee": self.bias,
            "direct_sampling": self.direct,
            "offset_tuning": self.offset,
        }

    @Slot()
    def _order_shown(self) -> None:
        """Order what the form shows now, but for the bias tee, which is asked about."""
        self._order(
            ppm=self.ppm.value(),
            agc=self.agc.isChecked(),
            direct_sampling=DirectSampling(self.direct.currentData()),
            offset_tuning=self.offset.isChecked(),
            correct_dc=self.dc.isChecked(),
            correct_iq=self.iq.isChecked(),
        )

    def _order(self, **changes: Any) -> None:
        wanted = replace(self._state.front_end if self._state is not None else FrontEnd(), **changes)
        self._bridge.order(
            lambda: self._station.radio.set_front_end(wanted, OPERATOR), "Set the receiver", failed=self._refused
        )

    def _refused(self, text: str) -> None:
        """What is in force is shown again; the state has not changed."""
        state, self._state = self._state, None
        if state is not None:
            self.show_state(state)
        self._bridge.notice.emit(Notice(Severity.ERROR, "Set the receiver", (text,)))

    @Slot(bool)
    def _set_bias(self, on: bool) -> None:
        self.bias.setChecked(not on)  # the station's word, not the box's, says what is
        if not on:
            self._order(bias_tee=False)
            return
        confirm(
            self,
            "Voltage on the antenna's cable",
            "The bias tee puts some 4.5 V on the antenna's socket, for an amplifier at the antenna. An antenna that "
            "is a short circuit for direct current, or a signal generator, can be damaged, and so can the receiver.",
            "Switch it on",
            lambda: self._order(bias_tee=True),
        )

    @Slot()
    def _ask_tone(self) -> None:
        if self._state is not None:
            calibration_dialog(self, self._station, self._bridge, self._state).open()

    @Slot()
    def _ask_name(self) -> None:
        if self._state is not None:
            keep_dialog(self, self._station, self._bridge, self._state).open()


def _box(text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tip)
    return box


def _shown(state: RadioState) -> tuple[Any, ...]:
    calibration = (state.dbm_offset_db is None, state.uncalibrated, state.profile, state.antenna)
    return (state.front_end, state.switches, state.connected, calibration)


def _calibration_text(state: RadioState) -> str:
    parts = [f"Profile {state.profile}" if state.profile else "", state.antenna]
    parts.append("calibrated: levels in dBm" if not state.uncalibrated else f"levels in dBFS: {state.uncalibrated}")
    text = ", ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}."
