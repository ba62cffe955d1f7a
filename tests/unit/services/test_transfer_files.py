"""What the vehicle keeps as rows and files."""

from pathlib import Path

import pytest

from app.errors import BadFile
from app.exchange.parameters import Difference, ParameterForm
from app.exchange.plans import PlanForm
from app.services import transfer_files as files
from app.vehicle.parameters import Parameter

PLAN = "QGC WPL 110\n0 1 0 16 0 0 0 0 47 8 500 1\n1 0 3 16 0 0 0 0 47.1 8.1 20 1\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (0.0, "0"), (16_777_216.0, "16777216"), (0.1350000054, "0.135"), (1e30, "1e+30"), (-2.0, "-2")],
)
def test_figures_are_as_people_write_them(value: float | None, text: str) -> None:
    assert files.figure(value) == text


def test_rows_say_what_is_in_the_file_and_what_differs() -> None:
    held = {name: Parameter(name, value, 9, at, 2) for at, (name, value) in enumerate({"B": 2.0, "A": 1.0}.items())}
    rows = files.parameter_rows(held, (Difference("B", 3.0, 2.0), Difference("C", 4.0, None)))
    assert [(row.name, row.value, row.file, row.differs) for row in rows] == [
        ("A", 1.0, 1.0, False),
        ("B", 2.0, 3.0, True),
        ("C", None, 4.0, True),
    ]


def test_what_is_set_agrees_with_the_file_or_differs_from_it() -> None:
    row = files.ParameterRow("B", 2.0, 3.0, True)
    compared = (Difference("A", 1.0, 0.0), Difference("B", 3.0, 2.0))
    assert files.set_since(compared, row, Parameter("B", 3.0, 9, 0, 1)) == compared[:1]
    assert files.set_since(compared, row, Parameter("B", 4.0, 9, 0, 1))[1] == Difference("B", 3.0, 4.0)
    same = files.ParameterRow("C", 5.0, 5.0)
    assert files.set_since((), same, Parameter("C", 6.0, 9, 0, 1)) == (Difference("C", 5.0, 6.0),)


def test_forms_by_the_files_name() -> None:
    assert files.parameter_form(Path("x.params")) is ParameterForm.QGC
    assert files.parameter_form(Path("x.parm")) is ParameterForm.ARDUPILOT
    assert files.plan_form(Path("x.PLAN")) is PlanForm.PLAN
    with pytest.raises(BadFile, match="waypoints"):
        files.plan_form(Path("x.txt"))


def test_a_plan_is_looked_through_and_says_which_lists_it_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a.waypoints"
    path.write_text(PLAN)
    found = files.open_plan(path)
    assert [(name, len(rows)) for name, rows in found.lists.items()] == [("Mission", 1)]
    path.write_text(PLAN.replace("8.1 20", "x 20"))
    with pytest.raises(BadFile, match="line 3: longitude"):
        files.open_plan(path)
