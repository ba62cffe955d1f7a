"""The main job as a user starts it: `kestrel demo`, its simulator a process of its own, over the real protocols."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def demo(data: Path, *options: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "app", "demo", "--headless", "--json", "--data", str(data), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def check_found(code: int, result: dict[str, Any]) -> None:
    assert code == 0, result
    assert result["found"]
    assert result["error_m"] <= 20.0
    assert result["lost_samples"] == 0
    states = [state for state, _ in result["states"]]
    assert states[:2] == ["SEARCHING", "DETECTING"]
    assert "HOMING" in states
    assert result["states"][-1][0] == "HOLDING"


@pytest.mark.timeout(400)
def test_a_carrier_is_found_and_the_flight_is_kept(tmp_path: Path) -> None:
    code, result = demo(tmp_path, "--seed", "8", "--speed", "5")
    check_found(code, result)
    with sqlite3.connect(tmp_path / "kestrel.db") as store:
        for table in ("telemetry", "reading", "detection", "estimate", "transition", "command"):
            (rows,) = store.execute(
                f"SELECT count(*) FROM {table} WHERE flight_id = ?", (result["flight_id"],)
            ).fetchone()
            assert rows > 0, table
        flight = store.execute("SELECT simulated, clean, ended_s FROM flight").fetchone()
    store.close()
    assert flight[:2] == (1, 1)
    assert flight[2] is not None


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_pulsed_tag_is_found(tmp_path: Path) -> None:
    check_found(*demo(tmp_path, "--seed", "8", "--speed", "5", "--kind", "pulsed"))
