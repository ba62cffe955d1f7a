"""How homing finds its way on this flight, as a choice; GUI thread."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox

from app.services.station import Station
from widgets.bridge import Bridge

STRATEGIES = {"Informed legs": "informed", "Turns and bearings": "bearing", "Up the gradient": "gradient"}


class StrategyBox(QComboBox):
    def __init__(self, station: Station, bridge: Bridge) -> None:
        super().__init__()
        self._station, self._bridge = station, bridge
        self.setToolTip("How homing finds its way on this flight; bearings need an antenna with a direction")
        for name, value in STRATEGIES.items():
            self.addItem(name, value)
        self.activated.connect(self._choose)

    def follow(self) -> None:
        """Show what holds: a choice ends with its flight."""
        self.setCurrentIndex(max(self.findData(self._station.estimate.strategy), 0))

    @Slot()
    def _choose(self) -> None:
        strategy = self.currentData()
        self._bridge.order(lambda: self._station.estimate.choose(strategy), "Choose the strategy of homing")
