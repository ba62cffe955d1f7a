"""The USB receiver with a library of ours in place of pyrtlsdr, which needs a dongle to do anything."""

import ctypes
import importlib
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.errors import DeviceError, NotConnected, OutOfRange
from app.settings import RadioSettings
from hardware.receivers import receiver_for
from hardware.rtlsdr import RtlSdrReceiver


class Dongle:
    """Behaves as pyrtlsdr's RtlSdr does: gives two transfers, then waits to be cancelled."""

    def __init__(self, index: int) -> None:
        if index > 0:
            raise OSError("LIBUSB_ERROR_NO_DEVICE")
        self.gain_values = [0, 90, 496]
        self.calls: list[tuple[str, Any]] = []
        self.cancelled = threading.Event()
        self.unplugged = False

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *values: self.calls.append((name, *values))

    def get_tuner_type(self) -> int:
        return 5

    def get_sample_rate(self) -> float:
        return 240_000.0

    def get_center_freq(self) -> int:
        return 433_920_001

    def set_center_freq(self, centre_hz: float) -> None:
        if centre_hz > 2e9:
            raise OSError("no")

    def read_bytes_async(self, callback: Callable[[Any, Any], None], size: int) -> None:
        for value in (10, 200):
            callback((ctypes.c_ubyte * size)(*([value] * size)), None)
        if self.unplugged:
            raise OSError("LIBUSB_ERROR_NO_DEVICE")
        self.cancelled.wait(10.0)

    def cancel_read_async(self) -> None:
        self.cancelled.set()


class Library:
    def __init__(self) -> None:
        self.dongles: list[Dongle] = []
        self.unplugged = False

    def RtlSdr(self, index: int) -> Dongle:
        self.dongles.append(Dongle(index))
        self.dongles[-1].unplugged = self.unplugged
        return self.dongles[-1]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    made = Library()
    monkeypatch.setattr(importlib, "import_module", lambda name: made)
    return made


def test_samples_gain_and_tuning(library: Library) -> None:
    receiver = receiver_for("rtlsdr:0", RadioSettings(source="rtlsdr:0", ppm=3))
    info = receiver.open()
    try:
        assert info.gains_db == (0.0, 9.0, 49.6)
        assert info.device == "RTL-SDR 0 (Rafael Micro R820T)"
        got: list[NDArray[np.complex64]] = []
        while sum(part.size for part in got) < 32_768:
            block = receiver.read(2.0)
            assert block is not None
            got.append(block.iq.copy())
        iq = np.concatenate(got)
        assert iq[0].real == pytest.approx((10 - 127.5) / 127.5, abs=1e-5)
        assert iq[-1].imag == pytest.approx((200 - 127.5) / 127.5, abs=1e-5)
        assert receiver.tune(433.92e6) == 433_920_001.0
        assert receiver.set_gain(11.0) == 9.0
        with pytest.raises(OutOfRange):
            receiver.tune(3e9)
        assert ("set_freq_correction", 3) in library.dongles[0].calls
    finally:
        receiver.close()
    assert library.dongles[0].cancelled.is_set()


def read_on(receiver: RtlSdrReceiver) -> None:
    while True:
        receiver.read(1.0)


def test_unplugging_is_a_device_error(library: Library) -> None:
    library.unplugged = True
    receiver = RtlSdrReceiver(0, RadioSettings())
    receiver.open()
    with pytest.raises(DeviceError, match="Unplugged"):
        read_on(receiver)
    receiver.close()


def test_no_dongle_is_said(library: Library) -> None:
    with pytest.raises(NotConnected, match="plugged in"):
        RtlSdrReceiver(1, RadioSettings()).open()


def test_no_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError("Error loading librtlsdr")

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(NotConnected, match="Install pyrtlsdr"):
        RtlSdrReceiver(0, RadioSettings()).open()


def test_a_number_is_wanted() -> None:
    with pytest.raises(OutOfRange):
        receiver_for("rtlsdr:first", RadioSettings())
