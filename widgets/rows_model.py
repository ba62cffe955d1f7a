"""A table model over a list of facts, one column a function of the fact; GUI thread."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from widgets.parts import muted
from widgets.theme import Look, figure_font

RowT = TypeVar("RowT")
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)  # without slots: typing could not name the class of Column[Row](...)
class Column(Generic[RowT]):
    """``text`` of a row; ``colour`` names a colour of the theme; figures are set right in a font of one width."""

    title: str
    text: Callable[[RowT], str]
    figure: bool = False
    colour: Callable[[RowT], str] | None = None
    stretch: bool = False


class RowsModel(QAbstractTableModel, Generic[RowT]):
    """Newest row on top when rows are added; at most ``most`` of them."""

    def __init__(self, columns: Sequence[Column[RowT]], look: Look, most: int = 1000) -> None:
        super().__init__()
        self._columns, self._look, self._most = tuple(columns), look, most
        self._rows: list[RowT] = []
        self._font = figure_font(8.5)
        look.changed.connect(self._dress)

    @property
    def rows(self) -> tuple[RowT, ...]:
        return tuple(self._rows)

    def set_rows(self, rows: Sequence[RowT]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def update_rows(self, rows: Sequence[RowT]) -> None:
        """As ``set_rows``, but the selection stays when the number of rows is the same."""
        if len(rows) != len(self._rows):
            self.set_rows(rows)
            return
        self._rows = list(rows)
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._columns) - 1))

    def add(self, rows: Sequence[RowT]) -> None:
        """Put rows, oldest first, on top."""
        if not rows:
            return
        newest = list(reversed(rows))[: self._most]
        self.beginInsertRows(QModelIndex(), 0, len(newest) - 1)
        self._rows[:0] = newest
        self.endInsertRows()
        if len(self._rows) > self._most:
            self.beginRemoveRows(QModelIndex(), self._most, len(self._rows) - 1)
            del self._rows[self._most :]
            self.endRemoveRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column, row = self._columns[index.column()], self._rows[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.figure:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and column.figure:
            return self._font
        if role == Qt.ItemDataRole.ForegroundRole and column.colour is not None:
            return QColor(getattr(self._look.theme, column.colour(row)))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self._columns[section].figure else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    @Slot()
    def _dress(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._columns) - 1))

    @property
    def stretched(self) -> int:
        return next((number for number, column in enumerate(self._columns) if column.stretch), -1)


class RowsView(QWidget, Generic[RowT]):
    """The table of a model; while it has no rows, words that say how to get some."""

    def __init__(self, model: RowsModel[RowT], empty: str, widths: Sequence[int]) -> None:
        super().__init__()
        self.model = model
        self.table = QTableView()
        self.table.setModel(model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        for number, width in enumerate(widths):
            self.table.setColumnWidth(number, width)
        if model.stretched >= 0:
            header.setSectionResizeMode(model.stretched, QHeaderView.ResizeMode.Stretch)
        self._empty = muted(empty)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(24, 12, 24, 12)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self._empty)
        self._layout.addWidget(self.table)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._choose)
        self._choose()

    @property
    def selected(self) -> RowT | None:
        chosen = self.table.selectionModel().selectedRows()
        return self.model.rows[chosen[0].row()] if chosen else None

    @Slot()
    def _choose(self) -> None:
        self._layout.setCurrentIndex(1 if self.model.rowCount() else 0)


def lay_out_table(panel: QWidget, buttons: Iterable[QWidget], said: QWidget, view: QWidget) -> None:
    """A row of buttons, what is said of the table beside them, and the table below."""
    row = QHBoxLayout()
    row.setContentsMargins(8, 6, 8, 6)
    row.setSpacing(6)
    for button in buttons:
        row.addWidget(button)
    row.addWidget(said, 1)
    layout = QVBoxLayout(panel)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addLayout(row)
    layout.addWidget(view)
