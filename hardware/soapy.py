"""Receivers that SoapySDR knows (HackRF, Airspy, USRP and many more): an optional extra; the owner's thread."""

import contextlib
import importlib
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from app.domain.radio import FrontEnd
from app.errors import DeviceError, NotConnected, OutOfRange
from app.ports import Block, FoundReceiver, ReceiverInfo
from app.settings import RadioSettings

LARGEST_BLOCK = 131_072
BLOCK_S = 0.05
SILENCE_S = 3.0
RAIL = 0.996  # of full scale: 8-bit devices stop at 127 / 128
CHANNEL = 0
GAIN_STEPS = 60  # most steps that are offered
BIAS_TEES = ("biastee", "bias_tx", "bias_tee")  # what drivers call it
# codes of readStream (SoapySDR/Errors.h)
TIMEOUT, OVERFLOW = -1, -4


def _library() -> Any:
    """SoapySDR's own Python module, which comes with the system (Debian: python3-soapysdr) or conda, not with pip."""
    try:
        return importlib.import_module("SoapySDR")
    except (ImportError, OSError) as error:
        raise NotConnected(
            f"SoapySDR cannot be loaded ({error}). Install it with its Python module and the module of your "
            f"receiver; on Debian python3-soapysdr and for example soapysdr-module-hackrf."
        ) from error


def plugged_in() -> Iterator[FoundReceiver]:
    """What SoapySDR finds, sound cards and what RTL-SDR's own library drives left out. Raises ``NotConnected``."""
    for found in _library().Device.enumerate():
        told: dict[str, str] = dict(found)
        driver, serial = told.get("driver", ""), told.get("serial", "")
        if driver in {"audio", "rtlsdr", ""}:
            continue
        which = f"driver={driver}" + (f",serial={serial}" if serial else "")
        yield FoundReceiver(f"soapy:{which}", told.get("label", driver), serial)


class SoapyReceiver:
    """One receiver, by SoapySDR's own arguments such as ``driver=hackrf,serial=…``; its first channel."""

    def __init__(self, arguments: str, settings: RadioSettings) -> None:
        self._arguments, self._settings = arguments, settings
        self._device: Any = None
        self._stream: Any = None
        self._api: Any = None
        self._iq = np.zeros(LARGEST_BLOCK, np.complex64)
        self._gains: tuple[float, ...] = ()
        self._rate_hz = 0.0
        self._position = 0
        self._heard_s = 0.0
        self._clock_ns: int | None = None  # the device's own time of the next sample, where it has one
        self.switches: tuple[str, ...] = ()

    def open(self) -> ReceiverInfo:
        """Open it and start streaming. Raises ``NotConnected``."""
        self.close()
        api = self._api = _library()
        try:
            device = self._device = api.Device(self._arguments)
            device.setSampleRate(api.SOAPY_SDR_RX, CHANNEL, self._settings.rate_hz)
            self._rate_hz = float(device.getSampleRate(api.SOAPY_SDR_RX, CHANNEL))
            self._gains = self._gain_steps()
            self.switches = self._switches()
            self.set_front_end(self._settings.front_end)
            if self._settings.centre_hz > 0.0:
                self.tune(self._settings.centre_hz)
            self._stream = device.setupStream(api.SOAPY_SDR_RX, api.SOAPY_SDR_CF32, [CHANNEL])
            started = device.activateStream(self._stream)
        except (RuntimeError, ValueError, OSError) as error:
            self.close()
            raise NotConnected(f"SoapySDR {self._arguments} does not open ({error}). Is it plugged in?") from error
        if started < 0 or self._rate_hz <= 0.0:
            self.close()
            reason = api.errToStr(started) if started < 0 else "it has no sample rate"
            raise NotConnected(f"SoapySDR {self._arguments} does not start ({reason}).")
        self._position, self._heard_s, self._clock_ns = 0, time.monotonic(), None
        return ReceiverInfo(
            device=self._device_name(),
            simulated=False,
            centre_hz=float(device.getFrequency(api.SOAPY_SDR_RX, CHANNEL)),
            rate_hz=self._rate_hz,
            gains_db=self._gains,
        )

    def read(self, timeout_s: float) -> Block | None:
        """Up to 50 ms of samples. Raises ``DeviceError`` when the device is silent for 3 s or fails."""
        if self._stream is None:
            raise DeviceError("The receiver is not open")
        wanted = min(max(round(self._rate_hz * BLOCK_S), 1024), LARGEST_BLOCK)
        until_s = time.monotonic() + timeout_s
        count = lost = 0
        while count < wanted:
            left_s = until_s - time.monotonic()
            result = self._device.readStream(
                self._stream, [self._iq[count:]], wanted - count, timeoutUs=max(round(1e6 * left_s), 0)
            )
            if result.ret == OVERFLOW:
                if count or left_s <= 0.0:  # what is lost belongs before the next block
                    break
                continue
            if result.ret == TIMEOUT:
                break
            if result.ret < 0:
                raise DeviceError(f"SoapySDR {self._arguments} fails: {self._api.errToStr(result.ret)}. Unplugged?")
            lost += self._missing(result) if count == 0 else 0
            self._note(result)
            count += result.ret
            if left_s <= 0.0:
                break
        return self._block(count, lost)

    def tune(self, centre_hz: float) -> float:
        device, api = self._opened()
        ranges = device.getFrequencyRange(api.SOAPY_SDR_RX, CHANNEL)
        if ranges and not any(one.minimum() <= centre_hz <= one.maximum() for one in ranges):
            raise OutOfRange(f"{centre_hz / 1e6:.3f} MHz is outside what {self._arguments} can")
        try:
            device.setFrequency(api.SOAPY_SDR_RX, CHANNEL, centre_hz)
        except RuntimeError as error:
            raise OutOfRange(f"{self._arguments} does not tune to {centre_hz / 1e6:.3f} MHz ({error})") from error
        return float(device.getFrequency(api.SOAPY_SDR_RX, CHANNEL))

    def set_gain(self, gain_db: float) -> float:
        if not self._gains:
            raise OutOfRange("The gain of this receiver cannot be set")
        device, api = self._opened()
        gain_db = min(self._gains, key=lambda step: abs(step - gain_db))
        try:
            device.setGain(api.SOAPY_SDR_RX, CHANNEL, gain_db)
        except RuntimeError as error:
            raise DeviceError(f"{self._arguments} does not take a gain of {gain_db:g} dB ({error})") from error
        return gain_db

    def set_front_end(self, front_end: FrontEnd) -> None:
        """Set what the device has of it. Raises ``DeviceError`` when it refuses."""
        device, api = self._opened()
        try:
            if "ppm" in self.switches:
                device.setFrequencyCorrection(api.SOAPY_SDR_RX, CHANNEL, float(front_end.ppm))
            if "agc" in self.switches:
                device.setGainMode(api.SOAPY_SDR_RX, CHANNEL, front_end.agc)
            for name, value in (
                *((tee, "true" if front_end.bias_tee else "false") for tee in BIAS_TEES),
                ("direct_samp", str(front_end.direct_sampling.input)),
                ("offset_tune", "true" if front_end.offset_tuning else "false"),
            ):
                if name in self._settings_known():
                    device.writeSetting(name, value)
        except RuntimeError as error:
            raise DeviceError(f"{self._arguments} refuses {front_end} ({error})") from error

    def close(self) -> None:
        device, self._device = self._device, None
        stream, self._stream = self._stream, None
        if device is None:
            return
        with contextlib.suppress(RuntimeError):  # it may be unplugged
            if stream is not None:
                device.deactivateStream(stream)
                device.closeStream(stream)

    def _device_name(self) -> str:
        """With its serial number, where its driver tells one."""
        told = self._device.getHardwareInfo()
        serial = dict(told).get("serial", "") if told else ""
        name = self._device.getHardwareKey() or self._arguments
        return f"{name}{f' serial={serial}' if serial else ''} (SoapySDR)"

    def _opened(self) -> tuple[Any, Any]:
        if self._device is None:
            raise DeviceError("The receiver is not open")
        return self._device, self._api

    def _gain_steps(self) -> tuple[float, ...]:
        span = self._device.getGainRange(self._api.SOAPY_SDR_RX, CHANNEL)
        low, high, step = span.minimum(), span.maximum(), span.step()
        if high <= low:
            return ()
        step = max(step or 1.0, (high - low) / GAIN_STEPS)
        return tuple(float(gain) for gain in np.round(np.arange(low, high + step / 2.0, step), 2))

    def _switches(self) -> tuple[str, ...]:
        device, api, known = self._device, self._api, self._settings_known()
        there = {
            "ppm": device.hasFrequencyCorrection(api.SOAPY_SDR_RX, CHANNEL),
            "agc": device.hasGainMode(api.SOAPY_SDR_RX, CHANNEL),
            "bias_tee": any(name in known for name in BIAS_TEES),
            "direct_sampling": "direct_samp" in known,
            "offset_tuning": "offset_tune" in known,
        }
        return tuple(name for name, is_there in there.items() if is_there)

    def _settings_known(self) -> set[str]:
        return {one.key for one in self._device.getSettingInfo()}

    def _missing(self, result: Any) -> int:
        """Samples lost right before these, where the device stamps them."""
        if self._clock_ns is None or not result.flags & self._api.SOAPY_SDR_HAS_TIME:
            return 0
        late_ns: int = result.timeNs - self._clock_ns
        return max(round(late_ns * 1e-9 * self._rate_hz), 0)

    def _note(self, result: Any) -> None:
        if result.flags & self._api.SOAPY_SDR_HAS_TIME:
            self._clock_ns = result.timeNs + round(1e9 * result.ret / self._rate_hz)
        elif self._clock_ns is not None:
            self._clock_ns += round(1e9 * result.ret / self._rate_hz)

    def _block(self, count: int, lost: int) -> Block | None:
        if count == 0:
            if time.monotonic() - self._heard_s > SILENCE_S:
                raise DeviceError(f"SoapySDR {self._arguments} has sent no samples for {SILENCE_S:.0f} s. Unplugged?")
            return None
        self._heard_s = time.monotonic()
        samples = self._iq[:count]
        at_rail = np.abs(samples.view(np.float32)) >= RAIL
        clipped = float(at_rail.reshape(-1, 2).any(axis=1).mean()) if at_rail.any() else 0.0
        first = self._position + lost
        self._position = first + count
        return Block(first, lost, samples, clipped, samples.view(np.uint8).data, "cf32_le")
