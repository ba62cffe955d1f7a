"""``kestrel mission`` and ``kestrel parameters`` with the simulated vehicle."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import commands
from app.errors import BadFile, NotFound
from hardware.sim.config import SimConfig
from tests.simulated import simulated

PLAN = """QGC WPL 110
0 1 0 16 0 0 0 0 47.3977419 8.5455938 488 1
1 0 3 22 0 0 0 0 0 0 20 1
2 0 3 16 0 0 0 0 47.398 8.546 25 1
"""


def kestrel(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(commands, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def test_plans_and_parameters_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KESTREL_SPEED", "4")
    plan, held = tmp_path / "x.waypoints", tmp_path / "held.param"
    plan.write_text(PLAN, encoding="utf-8")
    child = simulated(SimConfig(speed=4.0))
    try:
        link = ("--vehicle", child.ready["mavlink"])
        assert "mission: 2 items" in kestrel("mission", "upload", str(plan), *link)
        kestrel("mission", "download", str(tmp_path / "back.plan"), *link)
        assert "2 items, commands 16, 22" in kestrel("plan", str(tmp_path / "back.plan"))
        assert "cleared" in kestrel("mission", "clear", "fence", *link)
        assert kestrel("parameters", "set", "WPNAV_SPEED", "640", *link) == "WPNAV_SPEED 640\n"
        assert kestrel("parameters", "set", "RTL_LOIT_TIME", "-1", *link) == "RTL_LOIT_TIME -1\n"
        kestrel("parameters", "save", str(held), *link)
        held.write_text(held.read_text(encoding="utf-8") + "NEW_ONE,-1\n", encoding="utf-8")
        compared = kestrel("parameters", "compare", str(held), *link).split()
        assert compared == ["NEW_ONE", "file", "-1", "vehicle", "-"]
        assert "0 set, 0 refused, 1 unknown" in kestrel("parameters", "load", str(held), *link)
        with pytest.raises(NotFound, match="NO_SUCH"):
            kestrel("parameters", "get", "NO_SUCH", *link)
    finally:
        child.stop()


def test_wrong_files_are_told_before_any_vehicle_is_called(tmp_path: Path) -> None:
    wrong = tmp_path / "x.param"
    wrong.write_text("A,1\nB\n", encoding="utf-8")
    with pytest.raises(BadFile, match="line 2"):
        kestrel("parameters", "load", str(wrong), "--vehicle", "tcp:127.0.0.1:1")
    with pytest.raises(BadFile, match="line 1"):
        kestrel("mission", "upload", str(wrong))
    with pytest.raises(BadFile, match="ends in"):
        kestrel("mission", "download", str(wrong))
    assert "none of mission" in kestrel("mission", "clear", "everything", code=2)
