"""Recordings of every kind, good and bad, in place of a receiver."""

import json
import struct
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.errors import BadFile, OutOfRange
from app.ports import EndOfRecording, Receiver
from app.settings import RadioSettings
from hardware.playback import playback_options
from hardware.receivers import receiver_for
from hardware.recorded import TYPES

SETTINGS = RadioSettings(rate_hz=240_000.0)
IQ = np.array([0.5 + 0.25j, -0.5 - 0.25j, 0.125j, -0.75 + 0j] * 500, np.complex64)


def play(source: str, settings: RadioSettings = SETTINGS) -> tuple[NDArray[np.complex64], float, float]:
    """All samples, the rate and the centre."""
    receiver = receiver_for(source, settings)
    info = receiver.open()
    parts = []
    try:
        while True:
            block = receiver.read(1.0)
            if block is not None:
                parts.append(block.iq.copy())
    except EndOfRecording:
        pass
    finally:
        receiver.close()
    return np.concatenate(parts), info.rate_hz, info.centre_hz


def as_type(datatype: str) -> bytes:
    parts = IQ.view(np.float32)
    kind = np.dtype(TYPES[datatype])
    if datatype == "cu8":
        parts = np.rint(parts * 127.5 + 127.5)
    elif kind.kind == "i":
        parts = np.rint(parts * (np.iinfo(kind).max + 1))
    return bytes(parts.astype(kind).tobytes())


@pytest.mark.parametrize(
    ("extension", "datatype"),
    [
        ("cu8", "cu8"),
        ("cs8", "ci8"),
        ("ci16", "ci16_le"),
        ("cs16", "ci16_le"),
        ("cf32", "cf32_le"),
        ("cfile", "cf32_le"),
    ],
)
def test_raw_files_by_their_extension(tmp_path: Path, extension: str, datatype: str) -> None:
    path = tmp_path / f"x.{extension}"
    path.write_bytes(as_type(datatype))
    iq, rate_hz, centre_hz = play(f"file:{path}?rate=2e6&centre=433920000&speed=0")
    np.testing.assert_allclose(iq, IQ, atol=0.01)
    assert (rate_hz, centre_hz) == (2e6, 433.92e6)


def test_a_format_given_by_hand_and_a_rate_from_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "capture.dat"
    path.write_bytes(as_type("cu8"))
    iq, rate_hz, centre_hz = play(f"file:{path}?format=cu8&speed=0")
    assert (iq.size, rate_hz, centre_hz) == (2000, 240_000.0, 0.0)


def test_a_name_that_tells_rate_and_centre(tmp_path: Path) -> None:
    path = tmp_path / "g001_433.92M_250k.cu8"
    path.write_bytes(as_type("cu8"))
    assert play(f"file:{path}?speed=0")[1:] == (250e3, 433.92e6)


@pytest.mark.parametrize("datatype", ["cu8", "ci8", "ci16_le", "ci16_be", "cf32_le", "cf32_be"])
@pytest.mark.parametrize("name", ["x.sigmf-meta", "x.sigmf-data"])
def test_sigmf(tmp_path: Path, datatype: str, name: str) -> None:
    meta = {
        "global": {"core:datatype": datatype, "core:sample_rate": 1e6, "core:version": "1.0.0"},
        "captures": [{"core:sample_start": 0, "core:frequency": 121.5e6}],
        "annotations": [],
    }
    (tmp_path / "x.sigmf-meta").write_text(json.dumps(meta))
    (tmp_path / "x.sigmf-data").write_bytes(as_type(datatype))
    iq, rate_hz, centre_hz = play(f"file:{tmp_path / name}?speed=0")
    np.testing.assert_allclose(iq, IQ, atol=0.01)
    assert (rate_hz, centre_hz) == (1e6, 121.5e6)


def wav(code: int, channels: int, bits: int, data: bytes, stated: int | None = None) -> bytes:
    fmt = struct.pack("<HHIIHH", code, channels, 192_000, 0, 0, bits)
    body = b"WAVE" + b"fmt " + struct.pack("<I", 16) + fmt + b"auxi" + struct.pack("<I", 3) + b"abc\0"
    body += b"data" + struct.pack("<I", len(data) if stated is None else stated) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(("code", "bits", "datatype"), [(1, 8, "cu8"), (1, 16, "ci16_le"), (3, 32, "cf32_le")])
def test_wav(tmp_path: Path, code: int, bits: int, datatype: str) -> None:
    path = tmp_path / "SDRSharp_20240101_120000Z_433920000Hz_IQ.wav"
    path.write_bytes(wav(code, 2, bits, as_type(datatype)))
    iq, rate_hz, centre_hz = play(f"file:{path}?speed=0")
    np.testing.assert_allclose(iq, IQ, atol=0.01)
    assert (rate_hz, centre_hz) == (192_000.0, 433.92e6)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.cu8", None, "cannot be read"),
        ("empty.cu8", b"", "empty"),
        ("odd.cu8", bytes(1001), "whole number"),
        ("odd.cf32", bytes(1004), "whole number"),
        ("nan.cf32", struct.pack("<4f", 1.0, float("nan"), 0.0, 0.0), "impossible"),
        ("what.xyz", bytes(1000), r"\?format="),
        ("what", bytes(1000), r"\?format="),
        ("picture.cu8", b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
        ("letter.cs8", b"Dear Sir or Madam,\n" * 10, "text"),
        ("sound.wav", wav(1, 1, 16, bytes(100)), "sound"),
        ("short.wav", wav(1, 2, 16, bytes(100), 200), "cut off"),
        ("deep.wav", wav(1, 2, 24, bytes(120)), "24-bit"),
        ("head.wav", wav(1, 2, 16, b"")[:30], "cut off"),
        ("nothing.wav", wav(1, 2, 16, b""), "no samples"),
        ("lie.wav", b"RIFX" + bytes(100), "no WAV"),
        ("x.sigmf-meta", b"not json", "no SigMF"),
        ("x.sigmf-meta", b'{"global": {}, "captures": []}', "no SigMF"),
        ("x.sigmf-meta", b'{"global": {"core:datatype": "rf32_le"}, "captures": []}', "rf32_le"),
        ("x.sigmf-meta", b'{"global": {"core:datatype": "cu8"}, "captures": []}', "cannot be read"),
    ],
)
def test_bad_files_say_what_is_wrong(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadFile, match=says):
        receiver_for(f"file:{path}", SETTINGS).open()


@pytest.mark.parametrize("source", ["file:", "file:x.cu8?rate=fast", "file:x.cu8?colour=red", "file:x.cu8?speed=-1"])
def test_addresses_that_cannot_be(source: str) -> None:
    with pytest.raises(OutOfRange):
        playback_options(source)


def read_on(receiver: Receiver) -> None:
    while True:
        receiver.read(1.0)


def test_it_keeps_its_pace_and_follows_a_faster_clock(tmp_path: Path) -> None:
    path = tmp_path / "x.cu8"
    path.write_bytes(bytes(2 * 48_000))
    for speed, seconds in ((1.0, 0.2), (4.0, 0.05)):
        receiver = receiver_for(f"file:{path}", SETTINGS, speed)
        receiver.open()
        began_s = time.monotonic()
        with pytest.raises(EndOfRecording):
            read_on(receiver)
        assert time.monotonic() - began_s >= seconds
        receiver.close()


def test_a_loop_goes_on_counting(tmp_path: Path) -> None:
    path = tmp_path / "x.cu8"
    path.write_bytes(as_type("cu8"))
    receiver = receiver_for(f"file:{path}?loop=1&speed=0", SETTINGS)
    receiver.open()
    for number in range(5):
        block = receiver.read(1.0)
        assert block is not None
        assert (block.first_sample, block.iq.size, block.lost) == (2000 * number, 2000, 0)
    receiver.close()


def test_it_is_not_tuned(tmp_path: Path) -> None:
    receiver = receiver_for(f"file:{tmp_path}/x.cu8", SETTINGS)
    with pytest.raises(OutOfRange):
        receiver.tune(1e8)
    with pytest.raises(OutOfRange):
        receiver.set_gain(1.0)
    receiver.close()
