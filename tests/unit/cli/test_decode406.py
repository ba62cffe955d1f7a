"""``kestrel decode406``: digits, IQ in three forms, sound, and files that are none."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io.wavfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.cli import commands
from app.errors import AppError, BadFile, BadMessage, OutOfRange
from hardware.sounds import read_sound
from tests.unit.dsp.sarsat406.bursts406 import ID, MESSAGE, NORMAL, SELF_TEST, SHORT, burst, in_noise

runner = CliRunner()
RATE_HZ = 24_000.0


def decoded(*words: str) -> list[dict[str, Any]]:
    told = runner.invoke(commands, ["decode406", *words, "--json"])
    assert told.exit_code == 0, told.output
    found: list[dict[str, Any]] = json.loads(told.stdout)
    return found


def samples() -> Any:
    """Two bursts, 1.5 s apart."""
    rng = np.random.default_rng(1)
    first = burst(NORMAL + MESSAGE, RATE_HZ, offset_hz=-6_000.0, length_s=1.5)
    second = burst(SELF_TEST + SHORT, RATE_HZ, offset_hz=4_000.0, length_s=1.2)
    return 0.2 * in_noise(np.concatenate((first, second)), 45.0, rng, RATE_HZ)


def test_digits_become_words_and_json() -> None:
    told = runner.invoke(commands, ["decode406", "90127B92922BC022FF103504422535"])
    assert told.exit_code == 0
    assert "2024F72524FFBFF" in told.stdout
    assert "Norway" in told.stdout
    found = decoded("90127B92922BC022FF103504422535")
    assert found[0]["id_hex"] == "2024F72524FFBFF"
    assert found[0]["position"]["lat_deg"] == pytest.approx(43.7322, abs=1e-4)


@pytest.mark.parametrize("form", ["cu8", "cf32", "wav"])
def test_iq_files(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"beacon.{form}"
    iq = samples().astype(np.complex64)
    parts = iq.view(np.float32)
    if form == "cu8":
        path.write_bytes(np.clip(parts * 127.5 + 127.5, 0, 255).astype(np.uint8).tobytes())
    elif form == "cf32":
        path.write_bytes(iq.tobytes())
    else:
        scipy.io.wavfile.write(path, round(RATE_HZ), (parts.reshape(-1, 2) * 20_000).astype(np.int16))
    words = [] if form == "wav" else ["--rate", "24000", "--centre", "406040000"]
    found = decoded(str(path), *words)
    assert [one["message_hex"] for one in found] == [MESSAGE, SHORT]
    assert [one["time_s"] for one in found] == pytest.approx([0.4, 1.9], abs=0.01)
    assert [one["test"] for one in found] == [False, True]
    if form != "wav":
        assert found[0]["frequency_hz"] == pytest.approx(406.034e6, abs=5.0)


def test_sound_of_a_single_sideband_receiver(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    sound = in_noise(burst(NORMAL + MESSAGE, RATE_HZ, offset_hz=1_300.0), 42.0, rng, RATE_HZ).real
    path = tmp_path / "ssb.wav"
    scipy.io.wavfile.write(path, round(RATE_HZ), (sound / np.abs(sound).max() * 20_000).astype(np.int16))
    found = decoded(str(path))
    assert [one["id_hex"] for one in found] == [ID]
    assert found[0]["frequency_hz"] is None


def test_nothing_found_is_exit_code_1(tmp_path: Path) -> None:
    path = tmp_path / "noise.cu8"
    path.write_bytes(np.random.default_rng(3).integers(100, 155, 60_000, np.uint8).tobytes())
    told = runner.invoke(commands, ["decode406", str(path), "--rate", "24000", "--json"])
    assert told.exit_code == 1
    assert json.loads(told.stdout) == []


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("cut.wav", b"RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00", BadFile),
        ("none.wav", b"", BadFile),
        ("none.cu8", b"", BadFile),
        ("picture.cu8", b"\x89PNG" + bytes(100), BadFile),
        ("odd.sigmf-meta", b"{", BadFile),
    ],
)
def test_files_that_are_none_are_said_to_be(tmp_path: Path, name: str, content: bytes, error: type[AppError]) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    refused = runner.invoke(
        commands, ["decode406", str(path), "--rate", "24000"] if "cu8" in name else ["decode406", str(path)]
    )
    assert isinstance(refused.exception, error)


def test_wrong_rates_and_missing_files_are_said(tmp_path: Path) -> None:
    path = tmp_path / "slow.cf32"
    path.write_bytes(samples().astype(np.complex64).tobytes())
    assert isinstance(runner.invoke(commands, ["decode406", str(path), "--rate-hz", "1000"]).exception, BadFile)
    unsaid = runner.invoke(commands, ["decode406", str(path)]).exception
    assert isinstance(unsaid, OutOfRange)
    assert "--rate-hz" in str(unsaid)
    assert isinstance(runner.invoke(commands, ["decode406", str(tmp_path / "no.wav")]).exception, BadMessage)
    assert isinstance(runner.invoke(commands, ["decode406", "123456789012345678"]).exception, BadMessage)


def test_sound_that_is_not_numbers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nan.wav"
    scipy.io.wavfile.write(path, 24_000, np.full(30_000, np.nan, np.float32))
    with pytest.raises(BadFile, match="not numbers"):
        read_sound(path)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), keep=st.integers(0, 80))
def test_any_bytes_are_sound_or_refused(tmp_path: Path, content: bytes, keep: int) -> None:
    path = tmp_path / "any.wav"
    scipy.io.wavfile.write(path, 24_000, np.zeros(100, np.int16))
    path.write_bytes(path.read_bytes()[:keep] + content)
    try:
        sound = read_sound(path, first_of_several=True)
    except BadFile:
        return
    assert sum(part.size for part in sound.parts(64)) == sound.samples.size
