"""The USB receiver through the real pyrtlsdr, on a small librtlsdr of ours compiled here."""

import ctypes
import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.domain.radio import DirectSampling, FrontEnd
from app.errors import DeviceError, NotConnected, OutOfRange
from app.settings import RadioSettings
from hardware import discovery
from hardware.receivers import receiver_for
from hardware.rtlsdr import RtlSdrReceiver

SOURCE = Path(__file__).with_name("librtlsdr.c")
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
RATE, CENTRE, PPM, GAIN, GAIN_MODE, AGC, BIAS_TEE, DIRECT, OFFSET, _TEST, OPENED, CLOSED, REFUSED = range(13)
compiled = pytest.mark.skipif(
    COMPILER is None or sys.platform == "win32", reason="needs a C compiler that makes shared objects (cc)"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    library = tmp_path_factory.mktemp("fake") / "librtlsdr.so"
    subprocess.run([str(COMPILER), "-shared", "-fPIC", "-o", str(library), str(SOURCE)], check=True, timeout=60.0)
    return ctypes.CDLL(str(library))


@pytest.fixture
def dongle(built: ctypes.CDLL, monkeypatch: pytest.MonkeyPatch) -> Iterator[ctypes.CDLL]:
    """pyrtlsdr loaded anew with the library of ours; what is loaded otherwise is put back."""
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "rtlsdr"}
    for name in before:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("pyrtlsdrlib.load_librtlsdr", lambda: built)
    built.fake_reset()
    yield built
    for name in [name for name in sys.modules if name.partition(".")[0] == "rtlsdr"]:
        del sys.modules[name]
    sys.modules.update(before)


def read_bytes(receiver: RtlSdrReceiver, count: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    got = b""
    while len(got) < count:
        block = receiver.read(2.0)
        assert block is not None
        assert block.lost == 0
        got += bytes(block.raw)
    return np.frombuffer(got[:count], np.uint8)


@compiled
def test_samples_come_whole_and_in_order(dongle: ctypes.CDLL) -> None:
    receiver = RtlSdrReceiver("0", RadioSettings(rate_hz=240_000.0))
    try:
        info = receiver.open()
        assert info.device == "RTL-SDR serial=00000001 (Rafael Micro R828D)"
        assert info.rate_hz == pytest.approx(240_000.0, abs=1.0)
        assert info.gains_db == (0.0, 0.9, 1.4, 2.7, 29.7, 49.6)
        raw = read_bytes(receiver, 200_000)
        np.testing.assert_array_equal(raw, np.arange(200_000).astype(np.uint8))
    finally:
        receiver.close()
    assert (dongle.fake_value(OPENED), dongle.fake_value(CLOSED)) == (1, 1)


@compiled
def test_centre_gain_and_switches_reach_the_library(dongle: ctypes.CDLL) -> None:
    receiver = RtlSdrReceiver("0", RadioSettings(centre_hz=433.5e6, ppm=3, agc=True))
    try:
        receiver.open()
        assert [dongle.fake_value(which) for which in (CENTRE, PPM, AGC)] == [433_500_000, 3, 1]
        assert receiver.tune(433_920_123.4) == 433_920_123.0
        assert receiver.set_gain(30.0) == 29.7
        assert [dongle.fake_value(which) for which in (GAIN, GAIN_MODE)] == [297, 1]
        receiver.set_front_end(FrontEnd(-7, False, True, DirectSampling.Q, True))
        read = [dongle.fake_value(which) for which in (PPM, AGC, BIAS_TEE, DIRECT, OFFSET)]
        assert read == [-7, 0, 1, 2, 1]
        receiver.set_front_end(FrontEnd(-7))
        assert [dongle.fake_value(which) for which in (PPM, BIAS_TEE, DIRECT)] == [-7, 0, 0]
    finally:
        receiver.close()


@compiled
def test_a_centre_it_refuses_leaves_it_running(dongle: ctypes.CDLL) -> None:
    receiver = RtlSdrReceiver("serial=00000001", RadioSettings(centre_hz=433e6))
    try:
        receiver.open()
        with pytest.raises(OutOfRange, match="does not tune"):
            receiver.tune(1.9e9)
        with pytest.raises(OutOfRange):
            receiver.tune(9e9)
        assert dongle.fake_value(REFUSED) == 1
        assert dongle.fake_value(CLOSED) == 0
        assert read_bytes(receiver, 100_000).size == 100_000
        assert receiver.tune(434e6) == 434e6
    finally:
        receiver.close()


def read_on(receiver: RtlSdrReceiver) -> None:
    while True:
        receiver.read(1.0)


@compiled
def test_unplugging_is_a_device_error_and_it_opens_again(dongle: ctypes.CDLL) -> None:
    receiver = RtlSdrReceiver("0", RadioSettings())
    receiver.open()
    dongle.fake_unplug()
    with pytest.raises(DeviceError, match="Unplugged"):
        read_on(receiver)
    receiver.close()
    dongle.fake_reset()
    receiver.open()
    assert read_bytes(receiver, 1000).size == 1000
    receiver.close()


@compiled
@pytest.mark.parametrize("which", ["1", "7", "serial=00000002", "serial=nobody"])
def test_a_dongle_that_does_not_open_is_said(dongle: ctypes.CDLL, which: str) -> None:
    with pytest.raises(NotConnected, match="plugged in"):
        RtlSdrReceiver(which, RadioSettings()).open()


@compiled
def test_it_is_named_by_its_serial_number_however_it_was_asked_for(dongle: ctypes.CDLL) -> None:
    names = []
    for which in ("0", "serial=00000001"):
        receiver = RtlSdrReceiver(which, RadioSettings())
        names.append(receiver.open().device)
        receiver.close()
    assert names == ["RTL-SDR serial=00000001 (Rafael Micro R828D)"] * 2
    with pytest.raises(NotConnected, match=r"serial=nobody is not plugged in.*rtlsdr:serial=00000002"):
        RtlSdrReceiver("serial=nobody", RadioSettings()).open()


@compiled
def test_a_rate_it_cannot_is_said(dongle: ctypes.CDLL) -> None:
    with pytest.raises(NotConnected, match="sample rate"):
        RtlSdrReceiver("0", RadioSettings(rate_hz=500e3 / 4)).open()


@compiled
def test_what_is_plugged_in_is_listed(dongle: ctypes.CDLL) -> None:
    found = [one for one in discovery.find_receivers() if one.source.startswith("rtlsdr")]
    assert [(one.source, one.name) for one in found] == [
        ("rtlsdr:serial=00000001", "RTLSDRBlog Blog V4"),
        ("rtlsdr:serial=00000002", "RTLSDRBlog Blog V4"),
    ]


def test_no_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError("Error loading librtlsdr")

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(NotConnected, match="Install pyrtlsdr"):
        RtlSdrReceiver("0", RadioSettings()).open()
    assert discovery.find_receivers() == ()


@pytest.mark.parametrize("source", ["rtlsdr:first", "rtlsdr:serial=", "rtlsdr:-1"])
def test_a_number_or_a_serial_is_wanted(source: str) -> None:
    with pytest.raises(OutOfRange):
        receiver_for(source, RadioSettings())
