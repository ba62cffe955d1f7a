"""Colours, palette and style sheet of the three themes; GUI thread."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.mission import MissionState


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by their task. Each pair of text and ground has a contrast of at least 4.5 (WCAG AA)."""

    name: str
    window: str
    panel: str
    raised: str
    field: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    good: str
    warn: str
    bad: str
    stop: str
    simulation: str
    sea: str
    land: str
    grid: str
    track: str

    def colour(self, name: str, alpha: int = 255) -> QColor:
        """The colour of that field of the theme."""
        return _colour(getattr(self, name), alpha)


@cache
def _colour(name: str, alpha: int) -> QColor:
    """One for all who ask: never to be changed."""
    colour = QColor(name)
    colour.setAlpha(alpha)
    return colour


DARK = Theme(
    name="dark",
    window="#12161c",
    panel="#181d25",
    raised="#222934",
    field="#0e1217",
    line="#2c3542",
    text="#e6ebf2",
    muted="#93a0b2",
    accent="#4ea1f3",
    on_accent="#06121f",
    good="#4cc38a",
    warn="#f2b544",
    bad="#ff7b72",
    stop="#d92d20",
    simulation="#b78af7",
    sea="#10151c",
    land="#1b222b",
    grid="#2b3542",
    track="#8fb7e0",
)
LIGHT = Theme(
    name="light",
    window="#eef1f5",
    panel="#ffffff",
    raised="#e6ebf1",
    field="#ffffff",
    line="#cbd3dd",
    text="#17202b",
    muted="#556372",
    accent="#1466b8",
    on_accent="#ffffff",
    good="#12744a",
    warn="#8a5a00",
    bad="#b3261e",
    stop="#c62017",
    simulation="#6a3fb5",
    sea="#dfe9f2",
    land="#f6f4ee",
    grid="#d5dae0",
    track="#2b5f93",
)
SUNLIGHT = Theme(
    name="sunlight",
    window="#ffffff",
    panel="#ffffff",
    raised="#e2e2e2",
    field="#ffffff",
    line="#4a4a4a",
    text="#000000",
    muted="#262626",
    accent="#003f8a",
    on_accent="#ffffff",
    good="#00532c",
    warn="#6b3d00",
    bad="#8c0009",
    stop="#b00000",
    simulation="#47108f",
    sea="#ffffff",
    land="#f4f4f4",
    grid="#b5b5b5",
    track="#003f8a",
)
THEMES = {theme.name: theme for theme in (DARK, LIGHT, SUNLIGHT)}

STATE_COLOUR = {
    MissionState.IDLE: "muted",
    MissionState.SEARCHING: "accent",
    MissionState.DETECTING: "warn",
    MissionState.HOMING: "simulation",
    MissionState.HOLDING: "good",
    MissionState.EMERGENCY: "bad",
}

STYLE = Template("""
* { outline: none; }
QMainWindow, QDialog { background: $window; }
QWidget { color: $text; }
QWidget#panel, QScrollArea, QScrollArea > QWidget > QWidget { background: $panel; }
QMainWindow::separator { background: $window; width: 5px; height: 5px; }
QMainWindow::separator:hover { background: $accent; }
QDockWidget { color: $muted; font-weight: 600; titlebar-close-icon: none; }
QDockWidget::title { background: $panel; padding: 6px 10px 4px 10px; border-bottom: 1px solid $line; text-align: left; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 6px 12px 5px 12px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 6px; }
QMenuBar { background: $window; padding: 2px 6px; }
QMenuBar::item { padding: 4px 9px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $panel; border: 1px solid $line; padding: 5px; }
QMenu::item { padding: 5px 26px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QPushButton, QToolButton { background: $raised; border: 1px solid $line; border-radius: 5px; padding: 5px 11px;
  min-height: 17px; }
QPushButton:hover, QToolButton:hover { border-color: $accent; }
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked { background: $accent;
  color: $on_accent; border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { color: $muted; background: $panel; border-color: $line; }
QPushButton:focus, QToolButton:focus, QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {
  border: 1px solid $accent; }
QToolButton { padding: 3px 6px; }
QToolButton::menu-indicator { image: none; }
QPushButton#primary { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton#primary:disabled { background: $raised; color: $muted; border-color: $line; }
QPushButton#stop { background: $stop; color: #ffffff; border: 2px solid $stop; border-radius: 6px;
  font-weight: 800; letter-spacing: 2px; padding: 5px 26px; }
QPushButton#stop:hover { border-color: $text; }
QPushButton#stop:pressed { background: #7a120b; }
QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit { background: $field; border: 1px solid $line;
  border-radius: 5px; padding: 4px 7px; min-height: 17px; selection-background-color: $accent;
  selection-color: $on_accent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; height: 0; border: none; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url("$icons/down.svg"); width: 11px; height: 11px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; selection-background-color: $accent;
  selection-color: $on_accent; }
QTableView, QListView, QTreeView { background: $panel; alternate-background-color: $window; border: none;
  gridline-color: $line; selection-background-color: $raised; selection-color: $text; }
QTableView::item { padding: 2px 6px; }
QHeaderView { background: $panel; }
QHeaderView::section { background: $panel; color: $muted; border: none; border-bottom: 1px solid $line;
  padding: 4px 6px; font-weight: 600; }
QTableCornerButton::section { background: $panel; border: none; }
QScrollBar:vertical { background: transparent; width: 9px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 9px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QStatusBar { background: $window; color: $muted; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; padding: 0 7px; }
QToolBar { background: $window; border: none; border-bottom: 1px solid $line; padding: 5px 8px; spacing: 8px; }
QProgressBar { background: $raised; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QCheckBox::indicator { width: 15px; height: 15px; border: 1px solid $muted; border-radius: 4px; background: $field; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$icons/check.svg"); }
QGroupBox { border: none; margin-top: 18px; }
QGroupBox::title { subcontrol-origin: margin; left: 0; color: $muted; }
QLabel#muted { color: $muted; }
QLabel#heading { color: $muted; font-weight: 600; letter-spacing: 1px; }
QLabel#figure { font-weight: 600; }
QLabel#simulation { background: $simulation; color: $window; border-radius: 4px; padding: 2px 9px;
  font-weight: 800; letter-spacing: 1px; }
QFrame#notice { background: $raised; border-left: 4px solid $accent; }
QFrame#notice[severity="error"] { border-left-color: $bad; }
QFrame#notice[severity="warning"] { border-left-color: $warn; }
QFrame#notice[severity="done"] { border-left-color: $good; }
QFrame#rule { background: $line; max-height: 1px; min-height: 1px; border: none; }
""")


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for part, name in {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "panel",
        role.AlternateBase: "window",
        role.Text: "text",
        role.Button: "raised",
        role.ButtonText: "text",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.PlaceholderText: "muted",
        role.Link: "accent",
        role.Mid: "line",
    }.items():
        palette.setColor(part, theme.colour(name))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Text, theme.colour("muted"))
    palette.setColor(QPalette.ColorGroup.Disabled, role.ButtonText, theme.colour("muted"))
    return palette


@cache
def _fixed_font() -> QFont:
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


def figure_font(points: float, bold: bool = False) -> QFont:
    """A font whose digits are all of one width, so that figures do not dance."""
    font = QFont(_fixed_font())
    font.setPointSizeF(points)
    font.setBold(bold)
    return font


class Look(QObject):
    """The theme in use; ``changed`` tells everyone who paints by hand."""

    changed = Signal()

    def __init__(self, name: str = "dark") -> None:
        super().__init__()
        self.theme = THEMES.get(name, DARK)

    def choose(self, name: str) -> None:
        """Put another theme on. An unknown name is the dark one: it can only come from an old layout file."""
        self.theme = THEMES.get(name, DARK)
        self.changed.emit()

    def dress(self, window: QWidget) -> None:
        """Give the program its palette and ``window`` its style sheet."""
        QApplication.setPalette(_palette(self.theme))
        names = {field: getattr(self.theme, field) for field in Theme.__dataclass_fields__}
        icons = Path(str(resources.files("resources").joinpath("icons"))).as_posix()
        window.setStyleSheet(STYLE.substitute(names, icons=icons))
