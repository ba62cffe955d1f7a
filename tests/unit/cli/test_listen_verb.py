"""``kestrel listen`` makes a sound file of one signal in a recording, and says what it cannot."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from app.cli import commands
from app.domain.audio import AUDIO_HZ
from app.errors import BadFile, OutOfRange

RATE_HZ = 240_000.0


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    times_s = np.arange(round(1.5 * RATE_HZ)) / RATE_HZ
    rng = np.random.default_rng(1)
    iq = 0.3 * (1.0 + 0.7 * np.sin(2.0 * np.pi * 900.0 * times_s)) * np.exp(2j * np.pi * 30_000.0 * times_s)
    parts = iq.astype(np.complex64).view(np.float32) * 127.5 + 127.5 + rng.standard_normal(2 * iq.size)
    path = tmp_path / "x_121.47M_240k.cu8"
    np.clip(np.round(parts), 0, 255).astype(np.uint8).tofile(path)
    return path


@pytest.mark.parametrize("squelch", [[], ["--squelch-db", "10"]])
def test_am_becomes_a_sound_file(recording: Path, tmp_path: Path, squelch: list[str]) -> None:
    out = tmp_path / "x.wav"
    arguments = ["listen", str(recording), str(out), "--frequency", "121.5e6", "--json", *squelch]
    result = CliRunner().invoke(commands, arguments, catch_exceptions=False)
    assert json.loads(result.stdout)["seconds"] == pytest.approx(1.5, abs=0.05)
    with wave.open(str(out)) as file:
        assert (file.getframerate(), file.getnchannels()) == (AUDIO_HZ, 1)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")[-AUDIO_HZ // 2 :].astype(float)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
    assert (int(spectrum[10:].argmax()) + 10) * 2 == pytest.approx(900, abs=4)
    assert sound.std() > 3_000


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--frequency", "150e6"], "not in the recording"),
        (["--frequency", "121.5e6", "--bandwidth-hz", "1"], "outside"),
        (["--frequency", "121.5e6", "--squelch-db", "200"], "outside"),
    ],
)
def test_what_cannot_be_heard_is_said(recording: Path, tmp_path: Path, options: list[str], word: str) -> None:
    with pytest.raises(OutOfRange, match=word):
        CliRunner().invoke(
            commands, ["listen", str(recording), str(tmp_path / "x.wav"), *options], catch_exceptions=False
        )
    assert not (tmp_path / "x.wav").exists()


def test_a_place_that_cannot_be_written_is_said(recording: Path, tmp_path: Path) -> None:
    arguments = ["listen", str(recording), str(tmp_path / "no" / "x.wav"), "--frequency", "121.5e6"]
    with pytest.raises(BadFile, match="cannot be written"):
        CliRunner().invoke(commands, arguments, catch_exceptions=False)


def test_a_recording_is_not_written_over(recording: Path, tmp_path: Path) -> None:
    before = recording.read_bytes()
    link = tmp_path / "same.wav"
    link.hardlink_to(recording)
    for out, word in ((recording, "recording itself"), (link, "recording itself"), (tmp_path / "x.cu8", ".wav")):
        with pytest.raises(BadFile, match=word):
            CliRunner().invoke(
                commands, ["listen", str(recording), str(out), "--frequency", "121.5e6"], catch_exceptions=False
            )
    assert recording.read_bytes() == before
