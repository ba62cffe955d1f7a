"""The picture of the mission's states says what the table says, and lies in docs/ as it is made now."""

from pathlib import Path

import pytest

from app.domain.mission import ALLOWED, MissionState
from app.domain.mission_diagram import WHEN, mission_diagram, when

DOCS = Path(__file__).parents[3] / "docs"


def test_the_diagram_in_docs_is_up_to_date() -> None:
    written = (DOCS / "mission.md").read_text(encoding="utf-8")
    assert written == mission_diagram(), "run `kestrel states --to docs/mission.md`"


def test_every_step_of_the_table_is_drawn_with_its_cause_and_no_other() -> None:
    text = mission_diagram()
    for before in MissionState:
        for after in MissionState:
            if after in ALLOWED[before]:
                assert f"{before} --> {after}: {when(before, after)}" in text
            else:
                assert f"{before} --> {after}" not in text
                with pytest.raises(KeyError):
                    when(before, after)
    assert all(after in ALLOWED[before] for before, after in WHEN)
