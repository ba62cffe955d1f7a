"""Asking for a file without halting the window; GUI thread."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_open(parent: QWidget, title: str, patterns: str, take: Callable[[Path], None]) -> QFileDialog:
    """A file that is there; ``patterns`` as Qt has them, "Plans (*.plan *.waypoints)". Returns at once."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _shown(dialog, patterns, take)


def ask_save(parent: QWidget, title: str, patterns: str, name: str, take: Callable[[Path], None]) -> QFileDialog:
    """A place for a file, ``name`` proposed. Returns at once."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    dialog.setDefaultSuffix(Path(name).suffix[1:])
    return _shown(dialog, patterns, take)


def _shown(dialog: QFileDialog, patterns: str, take: Callable[[Path], None]) -> QFileDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setNameFilter(patterns)
    dialog.fileSelected.connect(lambda path: take(Path(path)))
    dialog.open()
    return dialog
