"""Profiles are written, read back and refused with what is wrong with them."""

from pathlib import Path

import pytest

from app.domain.calibration import Calibration, CalibrationPoint
from app.domain.radio import DirectSampling
from app.errors import NotFound, OutOfRange, SettingsError, StoreError
from app.exchange.profiles import profile_names, read_profile, remove_profile, write_profile
from app.settings import ReceiverProfile

PROFILE = ReceiverProfile(
    source="rtlsdr:serial=0001",
    rate_hz=1_024_000.0,
    gain_db=28.0,
    ppm=-3,
    direct_sampling=DirectSampling.Q,
    antenna="Yagi, 3 Elemente (größer)",
    calibration=Calibration(
        device="RTL-SDR serial=0001 (R820T)",
        points=(CalibrationPoint(frequency_hz=433.92e6, gain_db=28.0, offset_db=-12.25),),
    ),
)


def test_a_profile_reads_back_as_it_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    assert profile_names(folder) == ()
    for name in ("Roof 2", "barn", "Übung"):
        write_profile(folder, name, PROFILE)
    assert profile_names(folder) == ("barn", "Roof 2", "Übung")
    assert read_profile(folder, "Roof 2") == PROFILE
    write_profile(folder, "barn", ReceiverProfile())
    assert read_profile(folder, "barn") == ReceiverProfile()
    remove_profile(folder, "barn")
    assert profile_names(folder) == ("Roof 2", "Übung")


def test_what_is_not_there_is_said_with_what_is(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="None was saved yet"):
        read_profile(tmp_path, "Roof")
    write_profile(tmp_path, "Barn", PROFILE)
    with pytest.raises(NotFound, match="There are: Barn"):
        read_profile(tmp_path, "Roof")
    with pytest.raises(NotFound):
        remove_profile(tmp_path, "Roof")


@pytest.mark.parametrize(
    "name", ["", "..", "../x", "a/b", "a\\b", ".x", "CON", "lpt1", "nul.x", "x.", "x ", "a" * 60, "a\0"]
)
def test_a_name_that_could_be_another_place_is_refused(tmp_path: Path, name: str) -> None:
    for act in (
        lambda: write_profile(tmp_path, name, PROFILE),
        lambda: read_profile(tmp_path, name),
        lambda: remove_profile(tmp_path, name),
    ):
        with pytest.raises(OutOfRange, match="cannot be a profile's name"):
            act()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"rate_hz: fast", "rate_hz"),
        (b"- 1\n- 2", "valid"),
        (b"a: [", "not YAML"),
        (b"\xff\xfe", "not YAML"),
        (b"speling: 1", "speling"),
        (b"calibration: {points: [{frequency_hz: .nan, gain_db: 0, offset_db: 0}]}", "frequency_hz"),
        (b"#" * 1_000_001, "too large"),
    ],
)
def test_a_file_that_is_no_profile_is_told(tmp_path: Path, content: bytes, word: str) -> None:
    (tmp_path / "x.yaml").write_bytes(content)
    with pytest.raises(SettingsError, match=word):
        read_profile(tmp_path, "x")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        write_profile(tmp_path / "file" / "profiles", "x", PROFILE)
