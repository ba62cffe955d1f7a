"""``kestrel calibrate`` and ``kestrel profiles``: what is measured is kept, what cannot be measured is said."""

from pathlib import Path

import numpy as np
import orjson
import pytest
from typer.testing import CliRunner

from app.cli import commands
from app.errors import AppError, Conflict, NotConnected, NotFound, OutOfRange
from app.exchange.profiles import PROFILES, read_profile

RATE_HZ = 240_000


def run(folder: Path, *arguments: str) -> str:
    return CliRunner().invoke(commands, [*arguments, "--data", str(folder)], catch_exceptions=False).stdout


def recording(folder: Path, tone: str = "steady") -> str:
    """An address of 2 s of a tone 30 kHz above 100 MHz."""
    times_s = np.arange(2 * RATE_HZ) / RATE_HZ
    random = np.random.default_rng(3)
    size = {"steady": 0.2, "none": 0.0, "strong": 1.5}.get(tone, 0.2)
    iq = size * np.exp(2j * np.pi * 30_000.0 * times_s)
    if tone == "unsteady":
        iq *= 1.0 + 0.5 * np.sin(2.0 * np.pi * 0.9 * times_s)
    parts = iq.astype(np.complex64).view(np.float32) * 127.5 + 127.5 + random.standard_normal(2 * iq.size)
    path = folder / f"{tone}.cu8"
    np.clip(np.round(parts), 0, 255).astype(np.uint8).tofile(path)
    return f"file:{path}?rate={RATE_HZ}&centre=100000000&speed=0"


def measure(folder: Path, source: str, *more: str) -> str:
    fixed = ("calibrate", "Bench", "--level-dbm", "-50", "--frequency", "100.03e6", "--seconds", "1")
    return run(folder, *fixed, "--radio", source, *more)


def test_what_is_measured_is_kept_and_listed(tmp_path: Path) -> None:
    source = recording(tmp_path)
    told = orjson.loads(measure(tmp_path, source, "--antenna", "cable", "--json"))
    kept = read_profile(tmp_path / PROFILES, "Bench")
    assert kept.calibration is not None
    assert (kept.source, kept.antenna, kept.calibration.device) == (source, "cable", "Recording steady.cu8 (cu8)")
    assert told["measured"][0]["power_dbfs"] == pytest.approx(20.0 * np.log10(0.2), abs=0.1)
    assert kept.calibration.points[0].offset_db == pytest.approx(-50.0 - 20.0 * np.log10(0.2), abs=0.1)
    run(tmp_path, "calibrate", "Bench", "--level-dbm", "-40", "--frequency", "100.03e6")  # again, by the profile alone
    again = read_profile(tmp_path / PROFILES, "Bench").calibration
    assert again is not None
    assert [point.offset_db for point in again.points] == [pytest.approx(-40.0 - 20.0 * np.log10(0.2), abs=0.1)]
    assert "calibrated at 100.03 MHz" in run(tmp_path, "profiles", "list")


@pytest.mark.parametrize(
    ("tone", "more", "error", "word"),
    [
        ("none", (), OutOfRange, "No tone"),
        ("strong", (), Conflict, "overloaded"),
        ("unsteady", (), Conflict, "not steady"),
        ("steady", ("--gain-db", "10"), OutOfRange, "cannot be set"),
    ],
)
def test_what_cannot_be_measured_is_said_and_nothing_kept(
    tmp_path: Path, tone: str, more: tuple[str, ...], error: type[AppError], word: str
) -> None:
    with pytest.raises(error, match=word):
        measure(tmp_path, recording(tmp_path, tone), *more)
    assert not (tmp_path / PROFILES).exists()


def test_without_a_receiver_there_is_nothing_to_calibrate(tmp_path: Path) -> None:
    with pytest.raises(NotConnected, match="give --radio"):
        measure(tmp_path, "")


def test_profiles_are_saved_like_others_listed_and_removed(tmp_path: Path) -> None:
    assert run(tmp_path, "profiles", "list") == "None yet.\n"
    run(tmp_path, "profiles", "save", "Roof", "--radio", "rtlsdr:serial=7", "--gain-db", "28", "--bias-tee")
    run(tmp_path, "profiles", "save", "Roof 2", "--profile", "Roof", "--ppm", "3", "--no-bias-tee", "--antenna", "whip")
    first, second = (read_profile(tmp_path / PROFILES, name) for name in ("Roof", "Roof 2"))
    assert (first.gain_db, first.bias_tee, first.ppm) == (28.0, True, 0)
    assert (second.source, second.gain_db, second.bias_tee, second.ppm) == ("rtlsdr:serial=7", 28.0, False, 3)
    assert orjson.loads(run(tmp_path, "profiles", "list", "--json")).keys() == {"Roof", "Roof 2"}
    run(tmp_path, "profiles", "remove", "Roof")
    assert run(tmp_path, "profiles", "list").startswith("Roof 2: rtlsdr:serial=7, 0.24 MS/s, gain 28 dB, whip, not")
    with pytest.raises(NotFound, match="There are: Roof 2"):
        run(tmp_path, "doctor", "--profile", "Roof")
