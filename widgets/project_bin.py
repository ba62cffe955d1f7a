"""Projects that are put into the bin and brought back from it; GUI thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from app.domain.project import Project


def choose(
    parent: QWidget, title: str, words: str, projects: Sequence[Project], take: Callable[[Project], None]
) -> QInputDialog:
    """Let one of the projects be chosen; ``take`` is called with it, never when the dialog is left."""
    by_text = {f"{project.name} ({project.id})": project for project in projects}
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setLabelText(words)
    dialog.setComboBoxItems(list(by_text))
    dialog.setComboBoxEditable(False)
    dialog.setOkButtonText(title)
    dialog.textValueSelected.connect(lambda text: take(by_text[text]))
    dialog.open()
    return dialog
