"""The projects' panel: what can be deleted and restored, and in which forms a flight is exported."""

from dataclasses import replace
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QInputDialog

from app.services.station import Station
from tests.gui.station import FLIGHTS, PROJECT, Spy
from widgets.bridge import Bridge
from widgets.projects import FORMS, ProjectsPanel
from widgets.theme import Look

OTHER, GONE = replace(PROJECT, id=2, name="Training"), replace(PROJECT, id=3, name="Old", deleted_s=2.0)


@pytest.fixture
def panel(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> ProjectsPanel:
    made = ProjectsPanel(station, bridge, look)
    qtbot.addWidget(made)
    return made


def test_others_go_into_the_bin_and_come_back(panel: ProjectsPanel, station: Station) -> None:
    spy = cast(Spy, station.projects)
    panel._show(([PROJECT], PROJECT.id, FLIGHTS))
    assert (panel._delete.isEnabled(), panel._restore.isEnabled()) == (False, False)
    panel._show(([PROJECT, OTHER, GONE], PROJECT.id, FLIGHTS))
    assert [panel._choice.itemText(at) for at in range(panel._choice.count())] == ["Valley search", "Training"]
    for button, offered, verb in ((panel._delete, "Training (2)", "delete"), (panel._restore, "Old (3)", "restore")):
        button.click()
        dialog = panel.findChildren(QInputDialog)[-1]
        assert dialog.comboBoxItems() == [offered]
        dialog.accept()
        assert spy.asked(verb) == [[2 if verb == "delete" else 3]]


def test_each_form_of_export_is_in_the_menu(panel: ProjectsPanel) -> None:
    assert [action.data() for action in panel._forms.actions()] == [form for form, _ in FORMS]
