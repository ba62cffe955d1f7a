"""``kestrel record`` writes what a receiver gives, ends in time, and says why when it ends before."""

from pathlib import Path
from threading import Event

import numpy as np
import orjson
import pytest
from typer.testing import CliRunner, Result

from app.cli import commands, record
from app.domain.calibration import Calibration, CalibrationPoint
from app.errors import NotConnected, OutOfRange
from app.exchange.profiles import PROFILES, write_profile
from app.exchange.recordings import look
from app.settings import ReceiverProfile

RATE_HZ = 100_000


@pytest.fixture(autouse=True)
def keep_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program takes Ctrl-C for itself; the tests' own is left alone."""
    monkeypatch.setattr(record, "end_of_program", Event)


@pytest.fixture
def samples(tmp_path: Path) -> str:
    """An address of 3 s of noise."""
    path = tmp_path / "noise.cu8"
    np.random.default_rng(1).integers(90, 160, 6 * RATE_HZ, np.uint8).tofile(path)
    return f"file:{path}?rate={RATE_HZ}&centre=433920000"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["record", *arguments, "--json"], catch_exceptions=False)


def test_what_is_received_is_recorded_for_so_long(tmp_path: Path, samples: str) -> None:
    folder = tmp_path / "here"
    done = run("--radio", f"{samples}&loop=1", "--seconds", "1.5", "--to", str(folder), "--antenna", "whip")
    assert done.exit_code == 0, done.output
    (told,) = orjson.loads(done.stdout)
    assert 1.5 <= told["seconds"] < 10.0
    found = look(Path(told["file"]).with_suffix(""), whole=True)
    assert found.problems == ()
    assert found.recording is not None
    assert (found.recording.samples, found.recording.complete) == (told["samples"], True)
    description = orjson.loads(Path(told["file"]).read_bytes())["global"]
    assert description["antenna:model"] == "whip"
    assert {one["name"] for one in description["core:extensions"]} == {"kestrel", "antenna"}


def test_a_profile_is_recorded_with_its_calibration(tmp_path: Path, samples: str) -> None:
    points = (CalibrationPoint(frequency_hz=433.92e6, gain_db=0.0, offset_db=-31.5),)
    calibration = Calibration(device="Recording noise.cu8 (cu8)", points=points)
    kept = ReceiverProfile(source=f"{samples}&loop=1", antenna="Yagi", calibration=calibration)
    write_profile(tmp_path / PROFILES, "Roof", kept)
    done = run("--profile", "Roof", "--data", str(tmp_path), "--seconds", "0.5")
    (told,) = orjson.loads(done.stdout)
    assert Path(told["file"]).parent == tmp_path / "recordings"
    captures = orjson.loads(Path(told["file"]).read_bytes())["captures"]
    assert [one["kestrel:dbm_offset_db"] for one in captures] == [-31.5]


def test_an_end_before_its_time_is_told_and_what_there_was_is_kept(tmp_path: Path, samples: str) -> None:
    done = run("--radio", samples, "--seconds", "100", "--to", str(tmp_path))
    assert done.exit_code == 1
    assert "played to its end" in done.stderr
    (told,) = orjson.loads(done.stdout)
    assert 0.5 < told["seconds"] <= 3.0
    assert told["samples"] > 0


def test_without_room_nothing_is_begun(tmp_path: Path, samples: str) -> None:
    settings = tmp_path / "settings.yaml"
    settings.write_text("recording: {least_free_gb: 10000}")
    with pytest.raises(Exception, match="free"):
        run("--radio", f"{samples}&loop=1", "--to", str(tmp_path), "--settings", str(settings))


@pytest.mark.parametrize(
    ("arguments", "error", "word"),
    [
        ([], NotConnected, "give --radio"),
        (["--radio", "rtl_tcp://127.0.0.1:9"], OutOfRange, "Say --centre-hz"),
        (["--radio", "rtl_tcp://127.0.0.1:9", "--centre-hz", "433e6"], NotConnected, "127.0.0.1"),
        (["--radio", "file:nowhere.cu8"], NotConnected, "nowhere"),
    ],
)
def test_what_cannot_be_recorded_is_said(
    tmp_path: Path, arguments: list[str], error: type[Exception], word: str
) -> None:
    with pytest.raises(error, match=word):
        run(*arguments, "--to", str(tmp_path), "--data", str(tmp_path))
