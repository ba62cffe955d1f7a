"""Who else is at this station: its address, a code that lets one in, who is signed in, who commands; GUI thread."""

import io
import time

import segno
from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Slot
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QApplication, QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.access import Role, Session
from app.domain.control import Control
from app.services.sessions import Pairing
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge
from widgets.figures import clock_text
from widgets.parts import IconButton, confirm, heading, muted
from widgets.rows_model import Column, RowsModel, RowsView
from widgets.theme import Look

LOOK_MS = 2000
CODE_SIDE = 168  # pixels
HERE = "This computer alone. For others, start Kestrel with --host and its address in the network."
NOBODY = "Nobody is signed in. Show a code and open it with a phone's camera, or sign in at the address."


class RemotePanel(QWidget):
    """What it shows is asked for every two seconds, while it can be seen; control comes as a fact."""

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._station, self._bridge, self._look = station, bridge, look
        self._pairing: Pairing | None = None
        self._asking = ""
        self._address, self._fingerprint, self._holder, self._code = QLabel(), muted(), QLabel(), muted()
        for text in (self._address, self._code):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._picture = QSvgWidget()
        self._picture.setFixedSize(QSize(CODE_SIDE, CODE_SIDE))
        self._picture.setAccessibleName("Code that lets a device in")
        self._role = QComboBox()
        for role in Role:
            self._role.addItem(f"as {role}", role)
        self._copy = IconButton("Copy the address", "export", look, "Put the address on the clipboard")
        self._show = IconButton("Show a code", "plus", look, "A device signs in with it, once, within five minutes")
        self._take = IconButton("Take control", "check", look, "Remote clients then cannot command the vehicle")
        self._give = IconButton("Give control", "forward", look, "To whoever asks for it")
        self._out = IconButton("Sign out", "remove", look, "End the chosen session")
        columns = (
            Column[Session]("Who", lambda one: one.actor),
            Column[Session]("Role", lambda one: str(one.role)),
            Column[Session]("Since", lambda one: clock_text(one.created_s), figure=True),
            Column[Session]("From", lambda one: one.address, figure=True),
            Column[Session]("With", lambda one: one.agent, stretch=True),
        )
        self.model = RowsModel(columns, look)
        self.view = RowsView(self.model, NOBODY, (130, 90, 90, 130))
        self._lay_out()
        self._wire()
        self._show_control(station.control.control())
        self._look_again()

    def _lay_out(self) -> None:
        left, buttons = QGridLayout(), QHBoxLayout()
        left.setContentsMargins(10, 8, 10, 8)
        left.setVerticalSpacing(6)
        parts = (heading("Address"), self._address, self._fingerprint, self._copy, heading("Let a device in"))
        for row, part in enumerate(parts):
            left.addWidget(part, row, 0, 1, 2)
        left.addWidget(self._role, len(parts), 0)
        left.addWidget(self._show, len(parts), 1)
        left.addWidget(self._code, len(parts) + 1, 0, 1, 2)
        left.setRowStretch(len(parts) + 2, 1)
        buttons.setContentsMargins(8, 5, 8, 5)
        buttons.addWidget(self._holder, 1)
        for button in (self._take, self._give, self._out):
            buttons.addWidget(button)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(buttons)
        right.addWidget(self.view, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(left)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(right, 1)

    def _wire(self) -> None:
        self._copy.clicked.connect(self._copy_address)
        self._show.clicked.connect(self._show_code)
        self._take.clicked.connect(self._take_control)
        self._give.clicked.connect(self._give_control)
        self._out.clicked.connect(self._ask_sign_out)
        self.view.table.selectionModel().selectionChanged.connect(self._choose)
        self._bridge.control.connect(self._show_control)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look_again)
        self._timer.start()

    @Slot()
    def _look_again(self) -> None:
        place = self._station.reach.place()
        self._address.setText(place.url if place is not None else "The API does not run: its port is taken.")
        certificate = f"Certificate {place.fingerprint[:23]}…" if place is not None and place.fingerprint else ""
        self._fingerprint.setText(certificate if place is not None and place.open_to_network else HERE)
        self._copy.setEnabled(place is not None)
        self._show.setEnabled(place is not None)
        if self._pairing is not None and time.time() >= self._pairing.until_s:
            self._forget_code()
        self._show_control(self._station.control.control())  # a lease that runs out is told by nobody
        if self.isVisible():
            self.model.update_rows(self._station.sessions.sessions())
            self._choose()

    @Slot()
    def _copy_address(self) -> None:
        QApplication.clipboard().setText(self._address.text())

    @Slot()
    def _show_code(self) -> None:
        place = self._station.reach.place()
        if place is None:
            return
        self._pairing = self._station.sessions.pair(Role(self._role.currentData()), OPERATOR)
        picture = io.BytesIO()
        segno.make(place.pairing_url(self._pairing.code), error="m").save(picture, kind="svg", border=2, light="#fff")
        self._picture.load(QByteArray(picture.getvalue()))
        self._code.setText(f"{self._pairing.code}: signs one device in, until {clock_text(self._pairing.until_s)}")

    def _forget_code(self) -> None:
        self._pairing = None
        self._picture.load(QByteArray())
        self._code.setText("")

    @Slot(object)
    def _show_control(self, control: Control) -> None:
        held, self._asking = control.held_at(time.time()), control.asked_by
        if held == OPERATOR:
            text = "This window commands the vehicle"
        else:
            text = f"{held} commands the vehicle" if held else "Nobody has taken control of the vehicle"
        self._holder.setText(f"{text}; {self._asking} asks for it" if self._asking else text)
        self._take.setEnabled(held != OPERATOR)
        self._give.setEnabled(held == OPERATOR and bool(self._asking))

    @Slot()
    def _take_control(self) -> None:
        self._show_control(self._station.control.take(OPERATOR))

    @Slot()
    def _give_control(self) -> None:
        given = self._bridge.attempt(lambda: self._station.control.give(OPERATOR), "Give control")
        if given is not None:
            self._show_control(given)

    @Slot()
    def _choose(self) -> None:
        self._out.setEnabled(self.view.selected is not None)

    @Slot()
    def _ask_sign_out(self) -> None:
        one = self.view.selected
        if one is None:
            return
        text = f"{one.actor} ({one.role}) from {one.address} has to sign in again."
        confirm(self, "Sign out", text, "Sign out", lambda: self._sign_out(one.id))

    def _sign_out(self, session_id: str) -> None:
        self._bridge.attempt(lambda: self._station.sessions.end(session_id), "Sign out")
        self._look_again()
