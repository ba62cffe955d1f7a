"""An RTL-SDR on USB through pyrtlsdr; the library's own asynchronous reading runs in a thread of ours."""

import contextlib
import importlib
import threading
import time
from typing import Any

import numpy as np

from app.dsp.samples import clipped_share, from_cu8
from app.errors import DeviceError, NotConnected, OutOfRange
from app.ports import Block, ReceiverInfo
from app.settings import RadioSettings
from hardware.bytering import ByteRing
from hardware.rtl_tcp import BLOCK_S, BUFFER_BYTES, LARGEST_BLOCK, TUNERS

TRANSFER_BYTES = 16 * 2048  # of one USB transfer: 68 ms at 240 kS/s, a multiple of 512 as libusb wants
SILENCE_S = 3.0


def _library() -> Any:
    """pyrtlsdr, which loads librtlsdr when it is imported: the one place, so that the program starts without it."""
    try:
        return importlib.import_module("rtlsdr")
    except (ImportError, OSError, AttributeError) as error:
        raise NotConnected(
            f"The RTL-SDR library cannot be loaded ({error}). Install pyrtlsdr and pyrtlsdrlib, or librtlsdr."
        ) from error


class RtlSdrReceiver:
    """One dongle, by its number. ``read`` belongs to the thread that opened it."""

    def __init__(self, index: int, settings: RadioSettings) -> None:
        self._index, self._settings = index, settings
        self._device: Any = None
        self._reader: threading.Thread | None = None
        self._ring = ByteRing(BUFFER_BYTES)
        self._iq = np.zeros(LARGEST_BLOCK, np.complex64)
        self._bytes = np.zeros(2 * LARGEST_BLOCK, np.uint8)
        self._gains: tuple[float, ...] = ()
        self._position = 0
        self._heard_s = 0.0
        self._reading_failed = ""

    def open(self) -> ReceiverInfo:
        """Open the dongle and start reading.

        Raises ``NotConnected`` when there is no library, no dongle, or another program has it.
        """
        self.close()
        library = _library()
        try:
            device = self._device = library.RtlSdr(self._index)
            self._configure(device)
        except OSError as error:
            self.close()
            raise NotConnected(
                f"RTL-SDR {self._index} does not open ({error}). Is it plugged in? Has another program or the "
                f"system's DVB-T driver got it?"
            ) from error
        name = TUNERS.get(int(device.get_tuner_type()), ("unknown tuner", ()))[0]
        self._gains = tuple(sorted(gain / 10.0 for gain in device.gain_values))
        self._ring.clear()
        self._position, self._heard_s, self._reading_failed = 0, time.monotonic(), ""
        self._reader = threading.Thread(target=self._fill, args=(device,), name="rtlsdr reader", daemon=True)
        self._reader.start()
        return ReceiverInfo(
            device=f"RTL-SDR {self._index} ({name})",
            simulated=False,
            centre_hz=self._settings.centre_hz,
            rate_hz=float(device.get_sample_rate()),
            gains_db=self._gains,
        )

    def read(self, timeout_s: float) -> Block | None:
        """A block of some 50 ms. Raises ``DeviceError`` when the dongle has gone or is silent for 3 s."""
        least = round(self._settings.rate_hz * BLOCK_S / 2.0)
        count = self._ring.take(self._bytes, least, BLOCK_S, timeout_s)
        if count == 0:
            if self._ring.ended or time.monotonic() - self._heard_s > SILENCE_S:
                raise DeviceError(
                    f"RTL-SDR {self._index} gives no samples ({self._reading_failed or 'silent'}). Unplugged?"
                )
            return None
        self._heard_s = time.monotonic()
        raw = self._bytes[:count]
        lost = self._ring.lost_before() // 2
        first = self._position + lost
        self._position = first + count // 2
        return Block(first, lost, from_cu8(raw, self._iq), clipped_share(raw), raw.data, "cu8")

    def tune(self, centre_hz: float) -> float:
        try:
            self._opened().set_center_freq(centre_hz)
            return float(self._opened().get_center_freq())
        except OSError as error:
            raise OutOfRange(f"RTL-SDR {self._index} does not tune to {centre_hz / 1e6:.3f} MHz ({error})") from error

    def set_gain(self, gain_db: float) -> float:
        if not self._gains:
            raise OutOfRange("The gain of this tuner cannot be set")
        gain = min(self._gains, key=lambda step: abs(step - gain_db))
        try:
            self._opened().set_gain(gain)
        except OSError as error:
            raise DeviceError(f"RTL-SDR {self._index} does not take a gain of {gain:g} dB ({error})") from error
        return gain

    def close(self) -> None:
        device, self._device = self._device, None
        if device is None:
            return
        with contextlib.suppress(OSError):  # it may be unplugged
            device.cancel_read_async()
        if self._reader is not None:
            self._reader.join(SILENCE_S)
            self._reader = None
        with contextlib.suppress(OSError):
            device.close()

    def _opened(self) -> Any:
        if self._device is None:
            raise DeviceError("The receiver is not open")
        return self._device

    def _configure(self, device: Any) -> None:
        device.set_sample_rate(self._settings.rate_hz)
        if self._settings.ppm:  # librtlsdr refuses to set what is set already
            device.set_freq_correction(self._settings.ppm)
        device.set_agc_mode(False)
        if self._settings.centre_hz > 0.0:
            device.set_center_freq(self._settings.centre_hz)

    def _fill(self, device: Any) -> None:
        """The reader thread: librtlsdr calls back from here until reading is cancelled or fails."""
        try:
            device.read_bytes_async(self._take, TRANSFER_BYTES)
        except OSError as error:
            self._reading_failed = str(error)
        self._ring.end()

    def _take(self, values: Any, _context: Any) -> None:
        data = np.frombuffer(values, np.uint8).data
        while data:
            room = self._ring.room()
            count = min(len(room), len(data))
            room[:count] = data[:count]
            self._ring.put(count)
            data = data[count:]
