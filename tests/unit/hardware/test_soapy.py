"""SoapySDR receivers: a device of ours behind the module's names, and the real module where it is installed."""

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

from app.domain.radio import DirectSampling, FrontEnd
from app.errors import DeviceError, NotConnected, OutOfRange
from app.settings import RadioSettings
from hardware import discovery, rtlsdr, soapy
from hardware.receivers import receiver_for
from hardware.soapy import SoapyReceiver

SYSTEM_PYTHON = Path("/usr/bin/python3")


class Span:
    def __init__(self, low: float, high: float, step: float = 0.0) -> None:
        self.minimum: Callable[[], float] = lambda: low
        self.maximum: Callable[[], float] = lambda: high
        self.step: Callable[[], float] = lambda: step


class Device:
    """Behaves as SoapySDR's Device does: gives what is in ``script``, then nothing."""

    script: ClassVar[list[tuple[int, int, int]]] = []  # return value, flags, time

    def __init__(self, arguments: str) -> None:
        if "missing" in arguments:
            raise RuntimeError("SoapySDR::Device::make() no match")
        self.calls: list[tuple[Any, ...]] = []
        self.frequency_hz, self.rate_hz, self.count = 0.0, 0.0, 0

    def __getattr__(self, name: str) -> Callable[..., int]:
        return lambda *values: self.calls.append((name, *values)) or 0  # type: ignore[func-returns-value]

    @staticmethod
    def enumerate() -> list[dict[str, str]]:
        return [
            {"driver": "hackrf", "serial": "abc", "label": "HackRF One #0 abc"},
            {"driver": "audio", "label": "Sound"},
            {"driver": "rtlsdr", "serial": "1", "label": "Generic RTL2832U"},
        ]

    def setSampleRate(self, _way: int, _channel: int, rate_hz: float) -> None:
        self.rate_hz = rate_hz

    def getSampleRate(self, *_: int) -> float:
        return self.rate_hz

    def setFrequency(self, _way: int, _channel: int, hz: float) -> None:
        self.frequency_hz = hz

    def getFrequency(self, *_: int) -> float:
        return self.frequency_hz

    def getFrequencyRange(self, *_: int) -> list[Span]:
        return [Span(1e6, 6e9)]

    def getGainRange(self, *_: int) -> Span:
        return Span(0.0, 116.0, 1.0)

    def hasFrequencyCorrection(self, *_: int) -> bool:
        return True

    def hasGainMode(self, *_: int) -> bool:
        return False

    def getSettingInfo(self) -> list[Any]:
        return [SimpleNamespace(key="bias_tx")]

    def getHardwareKey(self) -> str:
        return "HackRF One"

    def readStream(self, _stream: Any, buffers: list[Any], wanted: int, timeoutUs: int) -> Any:  # noqa: N803 - its name
        ret, flags, time_ns = self.script.pop(0) if self.script else (soapy.TIMEOUT, 0, 0)
        if ret > 0:
            ret = min(ret, wanted)
            buffers[0][:ret] = (np.arange(self.count, self.count + ret) % 100) / 100.0
            self.count += ret
        return SimpleNamespace(ret=ret, flags=flags, timeNs=time_ns)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    made = SimpleNamespace(
        Device=Device, SOAPY_SDR_RX=1, SOAPY_SDR_CF32="CF32", SOAPY_SDR_HAS_TIME=4, errToStr=lambda code: f"E{code}"
    )
    monkeypatch.setattr(importlib, "import_module", lambda name: made)
    monkeypatch.setattr(Device, "script", [])
    return made


def opened(rate_hz: float = 2e6) -> SoapyReceiver:
    receiver = receiver_for("soapy:driver=hackrf", RadioSettings(rate_hz=rate_hz, centre_hz=406e6))
    assert isinstance(receiver, SoapyReceiver)
    info = receiver.open()
    assert info.device == "HackRF One (SoapySDR)"
    assert (info.centre_hz, info.rate_hz) == (406e6, rate_hz)
    assert (info.gains_db[0], info.gains_db[-1]) == (0.0, 115.0 + 1.0) or len(info.gains_db) <= 61
    return receiver


def test_samples_come_in_order_from_pieces(module: SimpleNamespace) -> None:
    Device.script += [(30_000, 0, 0), (30_000, 0, 0), (40_000, 0, 0), (5_000, 0, 0)]
    receiver = opened()
    block, rest = receiver.read(5.0), None
    assert block is not None
    assert (block.first_sample, block.lost, block.iq.size) == (0, 0, 100_000)
    np.testing.assert_allclose(block.iq.real, (np.arange(100_000) % 100) / 100.0, atol=1e-6)
    assert (len(block.raw), block.datatype) == (800_000, "cf32_le")
    rest = receiver.read(0.01)
    assert rest is not None
    assert (rest.first_sample, rest.iq.size) == (100_000, 5_000)
    assert receiver.read(0.01) is None
    receiver.close()


def test_a_gap_is_counted_by_the_devices_own_time(module: SimpleNamespace) -> None:
    Device.script += [(100_000, 4, 0), (soapy.OVERFLOW, 0, 0), (100_000, 4, 50_000_000 + 1_000_000)]
    receiver = opened()
    assert receiver.read(5.0) is not None
    block = receiver.read(5.0)
    assert block is not None
    assert (block.first_sample, block.lost) == (102_000, 2_000)
    receiver.close()


def test_clipping_is_told(module: SimpleNamespace) -> None:
    receiver = opened()
    Device.script.append((100_000, 0, 0))
    receiver._iq[:] = 0
    block = receiver.read(5.0)
    assert block is not None
    assert block.clipped == 0.0
    receiver._iq[:500] = 1.0
    told = receiver._block(1000, 0)
    assert told is not None
    assert told.clipped == pytest.approx(0.5)
    receiver.close()


def test_tuning_gain_and_switches(module: SimpleNamespace) -> None:
    receiver = opened()
    assert receiver.tune(121.5e6) == 121.5e6
    with pytest.raises(OutOfRange):
        receiver.tune(7e9)
    assert receiver.set_gain(20.2) == pytest.approx(20.0, abs=1.0)
    assert receiver.switches == ("ppm", "bias_tee")
    receiver.set_front_end(FrontEnd(5, True, True, DirectSampling.I, True))
    assert ("setFrequencyCorrection", 1, 0, 5.0) in receiver._device.calls
    assert ("writeSetting", "bias_tx", "true") in receiver._device.calls
    assert not any(call[0] == "setGainMode" for call in receiver._device.calls)
    receiver.close()
    with pytest.raises(DeviceError, match="not open"):
        receiver.tune(1e8)


def test_failing_and_missing_devices_are_said(module: SimpleNamespace) -> None:
    receiver = opened()
    Device.script.append((-3, 0, 0))
    with pytest.raises(DeviceError, match="E-3"):
        receiver.read(0.1)
    receiver.close()
    with pytest.raises(NotConnected, match="plugged in"):
        SoapyReceiver("driver=missing", RadioSettings()).open()


def test_silence_is_a_device_error(module: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soapy, "SILENCE_S", -1.0)
    receiver = opened()
    with pytest.raises(DeviceError, match="no samples"):
        receiver.read(0.01)
    receiver.close()


def test_what_it_finds_is_listed(module: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtlsdr, "plugged_in", list)
    assert [one.source for one in discovery.find_receivers()] == ["soapy:driver=hackrf,serial=abc"]


def test_without_the_module_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError("No module named 'SoapySDR'")

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(NotConnected, match="python3-soapysdr"):
        SoapyReceiver("driver=hackrf", RadioSettings()).open()
    with pytest.raises(OutOfRange):
        receiver_for("soapy:", RadioSettings())


NULL = """
import sys
sys.path[:0] = {paths!r}
from app.errors import NotConnected
from app.settings import RadioSettings
from hardware.soapy import SoapyReceiver, plugged_in
list(plugged_in())
for arguments in ("driver=null", "driver=nobody"):
    try:
        SoapyReceiver(arguments, RadioSettings()).open()
    except NotConnected as error:
        print(error)
"""


def test_the_real_module_says_what_its_null_device_cannot() -> None:
    """In a process of its own with the system's module, whose sound libraries write to the terminal."""
    module = SYSTEM_PYTHON.parent.parent / "lib/python3/dist-packages/SoapySDR.py"
    if not module.exists() or sys.version_info[:2] != (3, 11):
        pytest.skip("needs Debian's python3-soapysdr for this Python")
    code = NULL.format(paths=[*sys.path[1:], str(module.parent)])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120.0, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all("SoapySDR driver=n" in line and "does not" in line for line in lines)
