"""How the waterfall looks: levels of its colours, colour map, peak hold; a menu, GUI thread."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QMenu, QSpinBox, QWidget

from widgets.colour_map import ANCHORS
from widgets.parts import add_form
from widgets.spectrum import SpectrumView
from widgets.waterfall import WaterfallView


class DisplayMenu(QMenu):
    def __init__(self, parent: QWidget, waterfall: WaterfallView, spectrum: SpectrumView) -> None:
        super().__init__(parent)
        self._waterfall, self._spectrum = waterfall, spectrum
        self._dbm_offset_db: float | None = None
        self._automatic = QCheckBox("Levels follow noise and peaks")
        self._floor, self._top = self._level(-100), self._level(-40)
        self._colours = QComboBox()
        self._colours.addItems(sorted(ANCHORS))
        self._colours.setCurrentText("inferno")
        self._peaks = QCheckBox("Hold peaks")
        self._automatic.setChecked(True)
        self._peaks.setChecked(True)
        form_widget = QWidget()
        form = QFormLayout(form_widget)
        form.setContentsMargins(12, 8, 12, 8)
        form.addRow(self._automatic)
        form.addRow("Darkest colour", self._floor)
        form.addRow("Brightest colour", self._top)
        form.addRow("Colours", self._colours)
        form.addRow(self._peaks)
        add_form(self, form_widget)
        self._automatic.toggled.connect(self._set_automatic)
        self._floor.valueChanged.connect(self._set_range)
        self._top.valueChanged.connect(self._set_range)
        self._colours.currentTextChanged.connect(waterfall.set_colours)
        self._peaks.toggled.connect(spectrum.hold_peaks)

    @staticmethod
    def _level(value: int) -> QSpinBox:
        box = QSpinBox(minimum=-300, maximum=100, value=value, suffix=" dBFS")
        box.setKeyboardTracking(False)
        box.setEnabled(False)
        return box

    def calibrate(self, dbm_offset_db: float | None) -> None:
        """Levels are typed in dBm from now on, and stay what they are in dBm; in dBFS where that is not known."""
        before, self._dbm_offset_db = self._dbm_offset_db, dbm_offset_db
        if before == dbm_offset_db:
            return
        for box in (self._floor, self._top):
            box.setSuffix(" dBFS" if dbm_offset_db is None else " dBm")
        if before is not None and dbm_offset_db is not None and not self._waterfall.automatic:
            self._set_range()
        else:
            self._show_range()

    @Slot(bool)
    def _set_automatic(self, automatic: bool) -> None:
        """By hand the levels begin where they are."""
        self._waterfall.automatic = automatic
        for box in (self._floor, self._top):
            box.setEnabled(not automatic)
        self._show_range()

    def _show_range(self) -> None:
        image, more_db = self._waterfall.image, self._dbm_offset_db or 0.0
        for box, value in ((self._floor, image.floor_db), (self._top, image.top_db)):
            box.blockSignals(True)
            box.setValue(round(value + more_db))
            box.blockSignals(False)

    @Slot()
    def _set_range(self) -> None:
        more_db = self._dbm_offset_db or 0.0
        self._waterfall.set_range(self._floor.value() - more_db, self._top.value() - more_db)
