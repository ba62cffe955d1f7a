"""The safety gate as a list: every rule with a sign and its own words; GUI thread."""

from PySide6.QtCore import QElapsedTimer, Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.safety import GateReport
from widgets.icons import pixmap
from widgets.parts import heading, muted
from widgets.steady import SteadyLabel
from widgets.theme import Look

FIGURES_MS = 250


class GateList(QWidget):
    """What keeps the gate closed comes first; sign, word and text say it, colour only helps."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._report: GateReport | None = None
        self._shown: tuple[object, ...] = ()
        self._drawn = QElapsedTimer()
        self._title = heading("Safety gate")
        self._verdict = SteadyLabel()
        bold = self._verdict.font()
        bold.setBold(True)
        self._verdict.setFont(bold)
        self._empty = muted("The gate has not been asked yet: it is shown as soon as the mission runs.")
        self._rows: list[tuple[QLabel, SteadyLabel]] = []
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch()
        top.addWidget(self._verdict)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self._empty)
        layout.addLayout(self._grid)
        look.changed.connect(self._draw_again)

    def show_report(self, report: GateReport) -> None:
        """Show this report: at once when a rule changed sides, else its figures four times a second."""
        self._report = report
        shown = (report.purpose, tuple((verdict.rule, verdict.passed) for verdict in report.verdicts))
        if shown != self._shown or self._drawn.hasExpired(FIGURES_MS):
            self._shown = shown
            self._draw()

    @Slot()
    def _draw_again(self) -> None:
        if self._report is not None:
            self._draw()

    def _draw(self) -> None:
        report, theme = self._report, self._look.theme
        if report is None:
            return
        self._drawn.start()
        self._empty.hide()
        closed = len(set(report.reasons))
        title = f"Safety gate: {report.purpose}".upper()
        if self._title.text() != title:
            self._title.setText(title)
        word = "OPEN" if report.open else f"CLOSED ({closed})"
        self._verdict.show_text(word, theme.good if report.open else theme.bad)
        distinct = {
            (verdict.passed, verdict.text): verdict for verdict in report.verdicts
        }  # several rules may miss one thing
        verdicts = sorted(distinct.values(), key=lambda verdict: verdict.passed)
        self._make_rows(len(verdicts))
        for (sign, text), verdict in zip(self._rows, verdicts, strict=False):
            colour = theme.good if verdict.passed else theme.bad
            if sign.property("colour") != colour:
                sign.setProperty("colour", colour)
                sign.setPixmap(pixmap("pass" if verdict.passed else "fail", colour, 15))
                sign.setToolTip("passed" if verdict.passed else "not passed")
            text.show_text(verdict.text, theme.muted if verdict.passed else theme.text)

    def _make_rows(self, count: int) -> None:
        while len(self._rows) < count:
            sign, text = QLabel(), SteadyLabel(wrap=True)
            row = len(self._rows)
            self._grid.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(text, row, 1)
            self._rows.append((sign, text))
        for number, (sign, text) in enumerate(self._rows):
            sign.setVisible(number < count)
            text.setVisible(number < count)
