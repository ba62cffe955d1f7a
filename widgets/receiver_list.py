"""What can be connected to: receivers that are plugged in, and those kept as profiles; GUI thread."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.ports import FoundReceiver
from app.services.profiles import KeptProfile
from app.services.station import Station
from widgets.bridge import Bridge
from widgets.parts import IconButton, heading, muted
from widgets.theme import Look

ROLE = Qt.ItemDataRole.UserRole
HEIGHT = 132
PROFILE = "profile:"  # begins the address of a profile


class ReceiverList(QWidget):
    """``chosen`` gives the address that was clicked, ``opened`` one that was double-clicked or entered."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._station, self._bridge, self._look = station, bridge, look
        self._found: tuple[FoundReceiver, ...] = ()
        self._looked = False
        self.list = QListWidget()
        self.list.setFixedHeight(HEIGHT)
        self.list.setSpacing(3)
        self.list.setAccessibleName("Receivers that are plugged in, and profiles")
        self.refresh = IconButton("Look again", "radio", look, "Look for receivers that are plugged in")
        self.refresh.setAutoDefault(False)
        self._said = muted()
        self._said.hide()
        row = QHBoxLayout()
        row.addWidget(heading("Plugged in, and profiles"))
        row.addStretch()
        row.addWidget(self.refresh)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.list)
        layout.addWidget(self._said)
        self.refresh.clicked.connect(self.look_again)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._open)

    @property
    def said(self) -> str:
        return self._said.text()

    @Slot()
    def look_again(self) -> None:
        """Ask the station's libraries, which takes up to some seconds, and the folder of profiles."""
        self.refresh.setEnabled(False)
        self._say("Looking for receivers …")
        self._bridge.work(self._station.profiles.profiles, "List the profiles", self._show_profiles)
        self._bridge.order(self._station.radio.devices, "Look for receivers", self._show_found, self._not_looked)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(ROLE))

    @Slot(QListWidgetItem)
    def _open(self, item: QListWidgetItem) -> None:
        self.opened.emit(item.data(ROLE))

    def _show_profiles(self, kept: tuple[KeptProfile, ...]) -> None:
        self._fill(kept, self._found)

    def _show_found(self, found: tuple[FoundReceiver, ...]) -> None:
        self._found = found
        self.refresh.setEnabled(True)
        self._say("" if found else "No receiver is plugged into this computer (or its library is missing).")
        self._bridge.work(self._station.profiles.profiles, "List the profiles", self._show_profiles)

    def _not_looked(self, text: str) -> None:
        self.refresh.setEnabled(True)
        self._say(text)

    def _say(self, text: str) -> None:
        self._said.setText(text)
        self._said.setVisible(bool(text))

    def _fill(self, kept: tuple[KeptProfile, ...], found: tuple[FoundReceiver, ...]) -> None:
        self.list.clear()
        for one in kept:
            self._add(f"{one.name}  ·  {_words(one)}", f"{PROFILE}{one.name}", one.problem)
        for receiver in found:
            self._add(f"{receiver.name}  ·  {receiver.source}", receiver.source, "")

    def _add(self, text: str, address: str, problem: str) -> None:
        item = QListWidgetItem(text)
        item.setData(ROLE, address)
        item.setToolTip(problem)
        if problem:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setForeground(self._look.theme.colour("warn"))
        self.list.addItem(item)


def _words(one: KeptProfile) -> str:
    profile = one.profile
    if profile is None:
        return one.problem
    calibrated = "calibrated" if profile.calibration is not None and profile.calibration.points else ""
    bias = "bias tee on" if profile.bias_tee else ""
    return ", ".join(part for part in (profile.source or "no receiver", profile.antenna, calibrated, bias) if part)
