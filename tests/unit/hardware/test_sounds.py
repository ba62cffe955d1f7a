"""Sound files read as samples: tones where they are, at their level, whatever the format; bad ones said so."""

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.errors import BadFile
from hardware.sounds import CHUNK, Sound, around_quarter, is_sound, read_sound


def wav(path: Path, samples: bytes, code: int = 1, bits: int = 16, rate_hz: int = 48_000, channels: int = 1) -> Path:
    frame = channels * bits // 8
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, code, channels, rate_hz, rate_hz * frame, frame, bits)
    body = b"WAVE" + layout + struct.pack("<4sI", b"data", len(samples)) + samples
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    return path


def sine(hz: float, count: int = 2 * CHUNK + 5_000) -> NDArray[np.float64]:
    return np.asarray(np.sin(2.0 * np.pi * hz / 48_000.0 * np.arange(count) + 0.3), np.float64)


@pytest.mark.parametrize("hz", [400.0, 1_000.0, 12_000.0, 23_000.0])
def test_a_tone_comes_at_its_place_with_one_phase_across_blocks(hz: float) -> None:
    sound = Sound(48_000.0, sine(hz))
    blocks = list(around_quarter(sound))
    iq = np.concatenate([block.iq for block in blocks])
    assert [block.first_sample for block in blocks] == [0, CHUNK // 2, CHUNK]
    assert iq.size == sound.samples.size // 2
    turns = (hz - 12_000.0) / 24_000.0 * np.arange(iq.size)
    expected = np.exp(1j * (2.0 * np.pi * turns + 0.3 - np.pi / 2.0))
    np.testing.assert_allclose(iq[500:-500], expected[500:-500], atol=2e-3)


def test_silence_stays_silent_beside_a_burst() -> None:
    samples = np.zeros(100_000)
    samples[50_000:60_000] = sine(3_000.0, 10_000)
    (block,) = around_quarter(Sound(48_000.0, samples))
    assert float(np.abs(block.iq[: 25_000 - 130]).max()) < 1e-6


@pytest.mark.parametrize(
    ("code", "bits", "kind", "full", "middle"),
    [(1, 8, "u1", 127.0, 128.0), (1, 16, "<i2", 32_767.0, 0.0), (1, 32, "<i4", 2.0**31 - 1, 0.0), (3, 32, "<f4", 1, 0)],
)
def test_every_kind_of_samples_reads_the_same(
    tmp_path: Path, code: int, bits: int, kind: str, full: float, middle: float
) -> None:
    data = (sine(1_000.0, 4_800) * full + middle).round(8 if code == 3 else 0).astype(kind).tobytes()
    path = wav(tmp_path / "a.wav", data, code, bits)
    assert is_sound(path)
    np.testing.assert_allclose(read_sound(path).part(0, 4_800), sine(1_000.0, 4_800), atol=0.02)


def test_two_channels_are_no_sound(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", bytes(4_000), channels=2)
    assert not is_sound(path)
    with pytest.raises(BadFile, match="2 channels"):
        read_sound(path)


def test_bad_sounds_are_said(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    for data, code, bits, rate_hz, word in (
        (b"", 1, 16, 48_000, "no samples"),
        (bytes(400), 1, 24, 48_000, "24 bits"),
        (bytes(400), 7, 8, 48_000, "code 7"),
        (bytes(400), 1, 16, 1_000, "1000 Hz"),
        (np.full(100, np.inf, "<f4").tobytes(), 3, 32, 48_000, "no numbers"),
    ):
        with pytest.raises(BadFile, match=word):
            read_sound(wav(path, data, code, bits, rate_hz))
    whole = wav(path, bytes(4_000)).read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(BadFile, match="cut off"):
        read_sound(path)
