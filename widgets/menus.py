"""The menus of the main window and their short cuts; GUI thread."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QMessageBox

from app.services.system import SystemService
from widgets.theme import THEMES, Look

Entry = tuple[str, str, Callable[[], object]]  # text, short cut, what is done; an empty text is a line


class Menus(QObject):
    """Station, View and Help. ``orders`` are the entries of the first."""

    def __init__(self, window: QMainWindow, system: SystemService, look: Look, orders: Iterable[Entry]) -> None:
        super().__init__(window)
        self._window, self._system, self._look = window, system, look
        station = window.menuBar().addMenu("&Station")
        for text, keys, act in orders:
            if text:
                station.addAction(text, QKeySequence(keys), act)
            else:
                station.addSeparator()
        self.view = window.menuBar().addMenu("&View")
        window.menuBar().addMenu("&Help").addAction("&About Kestrel", self._about)

    def list_views(self, docks: Iterable[QDockWidget], lay_out_anew: Callable[[], object]) -> None:
        """Fill the View menu: a panel a line, the themes, the layout."""
        for number, dock in enumerate(docks, start=1):
            action = dock.toggleViewAction()
            action.setShortcut(QKeySequence(f"Ctrl+{number % 10}"))
            self.view.addAction(action)
        self.view.addSeparator()
        self._list_themes(self.view)
        self.view.addSeparator()
        self.view.addAction("&Full screen", QKeySequence("F11"), self._full_screen)
        self.view.addAction("&Reset the layout", lay_out_anew)

    def _list_themes(self, menu: QMenu) -> None:
        group = QActionGroup(self)
        for name in THEMES:
            action = menu.addAction(f"{name.capitalize()} theme")
            action.setCheckable(True)
            action.setChecked(name == self._look.theme.name)
            action.setData(name)
            group.addAction(action)
        group.triggered.connect(self._choose_theme)

    @Slot(QAction)
    def _choose_theme(self, action: QAction) -> None:
        self._look.choose(action.data())

    @Slot()
    def _full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def _about(self) -> None:
        info = self._system.info()
        box = QMessageBox(QMessageBox.Icon.NoIcon, "About Kestrel", "", QMessageBox.StandardButton.Close, self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setText(
            f"<b>Kestrel {info.version}</b><br>A ground station that finds radio beacons with a drone.<br><br>"
            f"Projects: {info.store_path}<br>Python {info.python} on {info.platform}<br><br>"
            "GPL-3.0-or-later. Base map: Natural Earth, public domain."
        )
        box.open()
