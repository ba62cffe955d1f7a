"""The message bar: what failed and why, until it is read; GUI thread."""

from html import escape

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from widgets.bridge import Bridge, Notice, Severity
from widgets.icons import icon, pixmap
from widgets.theme import Look

MOST = 3
GONE_MS = {Severity.DONE: 5_000, Severity.WARNING: 12_000, Severity.ERROR: 30_000}
SIGNS = {Severity.DONE: ("pass", "good"), Severity.WARNING: ("warning", "warn"), Severity.ERROR: ("fail", "bad")}


class _Card(QFrame):
    """One message with its reasons as a list."""

    def __init__(self, notice: Notice, look: Look) -> None:
        super().__init__()
        self.notice = notice
        self.setObjectName("notice")
        self.setProperty("severity", notice.severity.value)
        name, colour = SIGNS[notice.severity]
        sign = QLabel()
        sign.setPixmap(pixmap(name, getattr(look.theme, colour), 18))
        reasons = "".join(f"<br>{'• ' if len(notice.reasons) > 1 else ''}{escape(one)}" for one in notice.reasons)
        text = QLabel(f"<b>{escape(notice.title)}</b>{reasons}")
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton()
        close.setIcon(icon("close", look.theme.muted))
        close.setToolTip("Dismiss")
        close.clicked.connect(self.leave)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 10, 8)
        layout.setSpacing(12)
        layout.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(text, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self, interval=GONE_MS[notice.severity], singleShot=True)
        self._timer.timeout.connect(self.leave)
        self._timer.start()

    @Slot()
    def leave(self) -> None:
        self.hide()
        self.deleteLater()


class NoticeBar(QWidget):
    """At most three messages, the newest on top; one that is there already is not shown twice."""

    def __init__(self, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._look = look
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        bridge.notice.connect(self.show_notice)

    @property
    def texts(self) -> tuple[str, ...]:
        """Titles and reasons shown, newest first."""
        return tuple("\n".join((card.notice.title, *card.notice.reasons)) for card in self._cards())

    @Slot(object)
    def show_notice(self, notice: Notice) -> None:
        for card in self._cards():
            if card.notice == notice:
                card.leave()
        self._layout.insertWidget(0, _Card(notice, self._look))
        for card in self._cards()[MOST:]:
            card.leave()

    def _cards(self) -> list[_Card]:
        items = [self._layout.itemAt(index) for index in range(self._layout.count())]
        found = [item.widget() for item in items if item is not None]
        return [card for card in found if isinstance(card, _Card) and not card.isHidden()]
