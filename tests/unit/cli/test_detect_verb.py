"""``kestrel detect`` as a user runs it: on good recordings, on bad ones, with absurd settings."""

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from app.cli import commands
from app.errors import AppError, BadFile, OutOfRange
from hardware.sim.signals import elt, white

RATE_HZ = 240_000.0


def run(*arguments: str) -> list[dict[str, Any]]:
    """The JSON lines it prints; raises what it ends with."""
    result = CliRunner().invoke(commands, ["detect", *arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def cu8(path: Path, iq: NDArray[np.complex64]) -> Path:
    parts = np.clip(np.round(iq.view(np.float32) * 127.5 + 127.5), 0, 255)
    parts.astype(np.uint8).tofile(path)
    return path


def sound(path: Path, samples: NDArray[np.float64], rate_hz: int = 8_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate_hz, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def noise(seconds: float, level_db: float = -40.0, seed: int = 1) -> NDArray[np.complex64]:
    return white(np.random.default_rng(seed), round(seconds * RATE_HZ)) * np.float32(10.0 ** (level_db / 20.0))


def test_an_elt_is_confirmed_and_what_else_is_there_is_told(tmp_path: Path) -> None:
    iq = noise(5.0)
    iq += 0.05 * elt(np.random.default_rng(2), iq.size, RATE_HZ, 40_000.0)
    iq[480_000:482_400] += 0.3 * np.exp(-2j * np.pi * 0.2 * np.arange(2_400)).astype(np.complex64)
    file = cu8(tmp_path / "g001_121.46M_240k.cu8", iq)
    lines = run(str(file), "--kind", "swept", "--frequency", "121.5e6")
    confirmed = [line for line in lines if line.get("confirmed")]
    assert confirmed
    assert confirmed[0]["time_s"] < 2.5
    (burst,) = [line for line in lines if "burst" in line["text"]]
    assert burst["time_s"] == pytest.approx(2.0, abs=1e-3)
    assert burst["duration_s"] == pytest.approx(0.01, abs=1e-3)
    assert burst["frequency_hz"] == pytest.approx(121.46e6 - 48_000.0, abs=4_000.0)


def test_nothing_heard_comes_with_the_level_that_would_have_been(tmp_path: Path) -> None:
    file = cu8(tmp_path / "x.cu8", noise(3.0))
    lines = run(
        str(file), "--rate-hz", "240000", "--centre-hz", "150e6", "--kind", "carrier", "--frequency", "150.02e6"
    )
    assert [line["what"] for line in lines] == ["nothing heard", "nothing heard"]
    missed = lines[0]
    assert missed["target_id"]
    channel_dbfs = -40.0 + 10.0 * np.log10(4_000.0 / RATE_HZ)
    assert channel_dbfs - 12.0 < missed["power_dbfs"] < channel_dbfs
    weak = noise(3.0, seed=3) + np.float32(10.0 ** ((missed["power_dbfs"] + 3.0) / 20.0)) * np.exp(
        2j * np.pi * 20_000.0 / RATE_HZ * np.arange(720_000)
    ).astype(np.complex64)
    heard = run(str(cu8(tmp_path / "y.cu8", weak)), "--rate-hz", "240000", "--centre-hz", "150e6",
                "--kind", "carrier", "--frequency", "150.02e6")  # fmt: skip
    assert heard[0]["what"] == "detection"


def test_a_steady_signal_is_told_once_with_its_place(tmp_path: Path) -> None:
    iq = noise(4.0)
    iq[240_000:] += 0.05 * np.exp(2j * np.pi * 0.1 * np.arange(720_000)).astype(np.complex64)
    lines = run(str(cu8(tmp_path / "x_433.9M_240k.cu8", iq)))
    steady = [line for line in lines if "steady" in line["text"]]
    assert len(steady) == 1
    assert steady[0]["frequency_hz"] == pytest.approx(433.924e6, abs=150.0)
    assert steady[0]["time_s"] == pytest.approx(1.0, abs=0.6)
    assert steady[0]["power_dbfs"] == pytest.approx(-26.0, abs=0.5)


def test_bursts_in_a_sound_between_silence(tmp_path: Path) -> None:
    samples = np.zeros(40_000)
    rng = np.random.default_rng(4)
    for first in (5_000, 21_000):
        samples[first : first + 4_000] = 0.2 * np.sin(2 * np.pi * 1_000 / 8_000 * np.arange(4_000))
        samples[first : first + 4_000] += 0.01 * rng.standard_normal(4_000)
    lines = [line for line in run(str(sound(tmp_path / "a.wav", samples))) if line["what"] == "detection"]
    assert [line["time_s"] for line in lines] == pytest.approx([0.625, 2.625], abs=0.005)
    assert [line["duration_s"] for line in lines] == pytest.approx([0.5, 0.5], abs=0.01)
    assert lines[0]["frequency_hz"] == pytest.approx(1_000.0, abs=100.0)


def test_all_silence_is_silence(tmp_path: Path) -> None:
    assert [line["what"] for line in run(str(sound(tmp_path / "a.wav", np.zeros(40_000))))] == ["nothing heard"]


@pytest.mark.shared
def test_the_bursts_of_a_satellite_are_where_they_are(shared_data: Path) -> None:
    begins_s = [line["time_s"] for line in run(str(shared_data / "audio" / "koyo.wav")) if line["what"] == "detection"]
    assert begins_s == pytest.approx([0.230, 10.345, 20.365], abs=0.005)


def test_words_for_people(tmp_path: Path) -> None:
    file = cu8(tmp_path / "x_433.9M_240k.cu8", noise(1.0))
    result = CliRunner().invoke(commands, ["detect", str(file)], catch_exceptions=False)
    assert "no other signal heard" in result.stdout
    assert "dBFS" in result.stdout


@pytest.mark.parametrize(
    ("name", "content", "options", "word"),
    [
        ("a.cu8", b"", [], "empty"),
        ("a.cu8", b"\x80" * 20_001, ["--rate-hz", "240000"], "cut off"),
        ("a.cu8", b"\x80" * 2_000, ["--rate-hz", "240000"], "too few"),
        ("a.cu8", b"\x80" * 40_000, [], "--rate-hz"),
        ("a.cu8", b"\x89PNG" + b"\x80" * 40_000, ["--rate-hz", "240000"], "PNG"),
        ("a.cf32", np.full(40_000, np.nan, "<f4").tobytes(), ["--rate-hz", "240000"], "impossible"),
        ("a.xyz", b"\x80" * 40_000, ["--rate-hz", "240000"], "not known"),
        ("a.wav", b"RIFF\x10\x00\x00\x00WAVE", [], "cut off"),
        ("a.wav", b"no sound at all" * 100, [], "no WAV"),
        ("a.cu8", b"\x80" * 40_000, ["--rate-hz", "-5"], "cannot be"),
        ("a.cu8", b"\x80" * 40_000, ["--rate-hz", "240000", "--kind", "pulsed"], "--frequency"),
        ("a.cu8", b"\x80" * 40_000, ["--rate-hz", "240000", "--frequency", "150e6"], "not in the recording"),
        ("a.cu8", b"\x80" * 40_000, ["--rate-hz", "240000", "--frequency", "nan"], "--frequency"),
        ("a.cu8", b"\x80" * 40_000, ["--rate-hz", "240000", "--frequency", "1", "--bandwidth-hz", "1e9"], "outside"),
        ("a.cu8", b"\x80" * 40_000, ["--rate-hz", "240000", "--pause-ms", "-1"], "outside"),
    ],
)
def test_what_cannot_be_read_or_looked_for_is_said(
    tmp_path: Path, name: str, content: bytes, options: list[str], word: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises((BadFile, OutOfRange)) as caught:
        run(str(tmp_path / name), *options)
    assert word in str(caught.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(AppError):
        run(str(tmp_path / "none.cu8"))


def test_a_wrong_rate_gives_wrong_times_and_no_crash(tmp_path: Path) -> None:
    file = cu8(tmp_path / "x.cu8", noise(1.0))
    for rate_hz in ("1000", "1e9"):
        assert run(str(file), "--rate-hz", rate_hz)
