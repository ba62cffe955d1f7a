"""Small pieces every panel is made of: headings, figures, buttons with icons, messages where a panel is empty."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QMenu,
    QMessageBox,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from widgets.figures import NOT_KNOWN
from widgets.icons import icon
from widgets.steady import SteadyLabel
from widgets.theme import Look, figure_font


def heading(text: str) -> QLabel:
    label = QLabel(text.upper())
    label.setObjectName("heading")
    font = label.font()
    font.setPointSizeF(8.0)
    label.setFont(font)
    return label


def muted(text: str = "") -> QLabel:
    """Text of second rank that may be as long as it likes."""
    label = QLabel(text)
    label.setObjectName("muted")
    label.setWordWrap(True)
    return label


def rule() -> QFrame:
    line = QFrame()
    line.setObjectName("rule")
    return line


def dress(label: QLabel, style: str) -> bool:
    """Give a label its style when it has another, which costs Qt far more than a text; returns whether it had."""
    if label.styleSheet() == style:
        return False
    label.setStyleSheet(style)
    return True


class FigureLabel(QWidget):
    """A figure with its name above it; a dash while it is not known."""

    def __init__(self, name: str, points: float = 12.0) -> None:
        super().__init__()
        self._value = SteadyLabel(NOT_KNOWN)
        self._value.setObjectName("figure")
        self._value.setFont(figure_font(points, bold=True))
        title = muted(name)
        title.setWordWrap(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(title)
        layout.addWidget(self._value)

    def show_figure(self, text: str, colour: str = "") -> None:
        self._value.show_text(text, colour)

    @property
    def text(self) -> str:
        return self._value.text()


class IconButton(QPushButton):
    """A button whose icon follows the theme."""

    def __init__(self, text: str, name: str, look: Look, tip: str = "") -> None:
        super().__init__(f" {text}")  # some room after the icon
        self._name, self._look = name, look
        self.setToolTip(tip)
        self.setIconSize(QSize(15, 15))
        look.changed.connect(self._dress)
        self._dress()

    def choose(self, text: str, name: str) -> None:
        """Say something else from now on."""
        if (text, name) != (self.text().strip(), self._name):
            self.setText(f" {text}")
            self._name = name
            self._dress()

    def make_primary(self) -> None:
        """The one button of its panel that is meant to be pressed."""
        self.setObjectName("primary")
        self._dress()

    @Slot()
    def _dress(self) -> None:
        theme = self._look.theme
        self.setIcon(icon(self._name, theme.on_accent if self.objectName() == "primary" else theme.text, theme.muted))


class IconTool(QToolButton):
    """A small square button with an icon only; its tool tip is its name."""

    def __init__(self, tip: str, name: str, look: Look, checkable: bool = False) -> None:
        super().__init__()
        self._name, self._look = name, look
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setCheckable(checkable)
        self.setIconSize(QSize(16, 16))
        look.changed.connect(self._dress)
        self.toggled.connect(self._dress)
        self._dress()

    def choose(self, name: str) -> None:
        """Show another icon from now on."""
        if name != self._name:
            self._name = name
            self._dress()

    @Slot()
    def _dress(self) -> None:
        theme = self._look.theme
        self.setIcon(icon(self._name, theme.on_accent if self.isChecked() else theme.text, theme.muted))


def add_form(menu: QMenu, form: QWidget) -> None:
    """Make a widget a part of a menu."""
    action = QWidgetAction(menu)
    action.setDefaultWidget(form)
    menu.addAction(action)


def confirm(parent: QWidget, title: str, text: str, verb: str, act: Callable[[], None]) -> QMessageBox:
    """Ask before ``act``; the safe answer is the one that Enter and Esc give. Returns at once."""
    box = QMessageBox(QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.Cancel, parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    yes = box.addButton(verb, QMessageBox.ButtonRole.AcceptRole)
    yes.clicked.connect(act)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.open()
    return box
