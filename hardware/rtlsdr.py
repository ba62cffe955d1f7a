"""An RTL-SDR on USB through pyrtlsdr; the library's own asynchronous reading runs in a thread of ours."""

import contextlib
import importlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from app.domain.radio import FrontEnd
from app.dsp.samples import clipped_share, from_cu8
from app.errors import DeviceError, NotConnected, OutOfRange
from app.ports import Block, FoundReceiver, ReceiverInfo
from app.settings import RadioSettings
from hardware.bytering import ByteRing
from hardware.rtl_tcp import BLOCK_S, BUFFER_BYTES, LARGEST_BLOCK, TUNERS

TRANSFER_BYTES = 16 * 2048  # of one USB transfer: 68 ms at 240 kS/s, a multiple of 512 as libusb wants
SILENCE_S = 3.0
CANCEL_EVERY_S = 0.02
SERIAL = "serial="
TEXT_BYTES = 256  # of what the dongle says about itself


def _library() -> Any:
    """pyrtlsdr, which loads librtlsdr when it is imported: the one place, so that the program starts without it."""
    try:
        return importlib.import_module("rtlsdr")
    except (ImportError, OSError, AttributeError) as error:
        raise NotConnected(
            f"The RTL-SDR library cannot be loaded ({error}). Install pyrtlsdr and pyrtlsdrlib, or librtlsdr."
        ) from error


def plugged_in() -> Iterator[FoundReceiver]:
    """The dongles on this computer's USB, also those in use. Raises ``NotConnected`` without the library."""
    driver = _library().librtlsdr
    serials: set[str] = set()
    for index in range(driver.rtlsdr_get_device_count()):
        maker, product, serial = _texts(driver, index)
        name = driver.rtlsdr_get_device_name(index).decode(errors="replace")
        unique = serial and serial not in serials
        serials.add(serial)
        yield FoundReceiver(
            source=f"rtlsdr:{SERIAL}{serial}" if unique else f"rtlsdr:{index}",
            name=f"{maker} {product}".strip() or name,
            serial=serial,
        )


def _texts(driver: Any, index: int) -> tuple[str, str, str]:
    """Maker, product and serial number of a dongle; empty where it cannot be asked."""
    texts = [_text_buffer() for _ in range(3)]
    if driver.rtlsdr_get_device_usb_strings(index, *texts) != 0:
        return "", "", ""
    maker, product, serial = (bytes(text).partition(b"\0")[0].decode(errors="replace") for text in texts)
    return maker, product, serial


def _index_of(serial: str, serials: list[str]) -> int:
    """Of the first with this serial number, or past the last."""
    return serials.index(serial) if serial in serials else len(serials)


def _text_buffer() -> Any:
    ctypes = importlib.import_module("ctypes")
    return (ctypes.c_ubyte * TEXT_BYTES)()


class RtlSdrReceiver:
    """One dongle, by its number or ``serial=…``. ``read`` belongs to the thread that opened it.

    Centre and gain are set in librtlsdr itself: pyrtlsdr closes the dongle when it refuses one, while it is read, and
    rounds the centre in force to 1 kHz.
    """

    switches = ("ppm", "agc", "bias_tee", "direct_sampling", "offset_tuning")

    def __init__(self, which: str, settings: RadioSettings) -> None:
        self._which, self._settings = which, settings
        self._name = self._said = f"RTL-SDR {which}"  # by its address, and by its serial number where it has one
        self._device: Any = None
        self._driver: Any = None
        self._reader: threading.Thread | None = None
        self._ring = ByteRing(BUFFER_BYTES)
        self._iq = np.zeros(LARGEST_BLOCK, np.complex64)
        self._bytes = np.zeros(2 * LARGEST_BLOCK, np.uint8)
        self._gains: tuple[int, ...] = ()  # tenths of a dB
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
            device = self._device = self._opened_device(library)
            self._driver = library.librtlsdr
            device.set_sample_rate(self._settings.rate_hz)
            self.set_front_end(self._settings.front_end)
            if self._settings.centre_hz > 0.0:
                self.tune(self._settings.centre_hz)
            tuner, rate_hz = int(device.get_tuner_type()), float(device.get_sample_rate())
        except OSError as error:
            self.close()
            raise NotConnected(
                f"{self._name} does not open ({error}). Is it plugged in? Has another program or the "
                f"system's DVB-T driver got it?"
            ) from error
        self._gains = tuple(sorted(device.gain_values))
        self._ring.clear()
        self._position, self._heard_s, self._reading_failed = 0, time.monotonic(), ""
        self._reader = threading.Thread(target=self._fill, args=(device,), name="rtlsdr reader", daemon=True)
        self._reader.start()
        return ReceiverInfo(
            device=f"{self._said} ({TUNERS.get(tuner, ('unknown tuner', ()))[0]})",
            simulated=False,
            centre_hz=self._settings.centre_hz,
            rate_hz=rate_hz,
            gains_db=tuple(gain / 10.0 for gain in self._gains),
        )

    def read(self, timeout_s: float) -> Block | None:
        """A block of some 50 ms. Raises ``DeviceError`` when the dongle has gone or is silent for 3 s."""
        least = round(self._settings.rate_hz * BLOCK_S / 2.0)
        count = self._ring.take(self._bytes, least, BLOCK_S, timeout_s)
        if count == 0:
            if self._ring.ended or time.monotonic() - self._heard_s > SILENCE_S:
                raise DeviceError(f"{self._name} gives no samples ({self._reading_failed or 'silent'}). Unplugged?")
            return None
        self._heard_s = time.monotonic()
        raw = self._bytes[:count]
        lost = self._ring.lost_before() // 2
        first = self._position + lost
        self._position = first + count // 2
        clipped, waiting = clipped_share(raw), self._ring.waiting() // 2
        return Block(first, lost, from_cu8(raw, self._iq), clipped, raw.data, "cu8", waiting=waiting)

    def tune(self, centre_hz: float) -> float:
        """Raises ``OutOfRange`` when the tuner does not go there; it then stays where it was."""
        device, driver = self._opened()
        wanted_hz = round(centre_hz)
        if not 0 < wanted_hz < 1 << 32 or driver.rtlsdr_set_center_freq(device.dev_p, wanted_hz) < 0:
            raise OutOfRange(f"{self._name} does not tune to {centre_hz / 1e6:.3f} MHz")
        return float(driver.rtlsdr_get_center_freq(device.dev_p))

    def set_gain(self, gain_db: float) -> float:
        if not self._gains:
            raise OutOfRange("The gain of this tuner cannot be set")
        device, driver = self._opened()
        gain = min(self._gains, key=lambda step: abs(step - 10.0 * gain_db))
        manual = driver.rtlsdr_set_tuner_gain_mode(device.dev_p, 1)
        if manual < 0 or driver.rtlsdr_set_tuner_gain(device.dev_p, gain) < 0:
            raise DeviceError(f"{self._name} does not take a gain of {gain / 10.0:g} dB")
        return gain / 10.0

    def set_front_end(self, front_end: FrontEnd) -> None:
        """Set the dongle's switches. Raises ``DeviceError`` when it refuses one that is not at rest."""
        device, driver = self._opened()
        if front_end.ppm != driver.rtlsdr_get_freq_correction(device.dev_p):  # librtlsdr refuses what is set already
            self._switch("frequency correction", driver.rtlsdr_set_freq_correction, front_end.ppm)
        self._switch("AGC", driver.rtlsdr_set_agc_mode, int(front_end.agc))
        self._switch("bias tee", driver.rtlsdr_set_bias_tee, int(front_end.bias_tee))
        self._switch("direct sampling", driver.rtlsdr_set_direct_sampling, front_end.direct_sampling.input)
        self._switch("offset tuning", driver.rtlsdr_set_offset_tuning, int(front_end.offset_tuning))

    def close(self) -> None:
        device, self._device = self._device, None
        driver, self._driver = self._driver, None
        if device is None:
            return
        if self._reader is not None:
            until_s = time.monotonic() + SILENCE_S
            while self._reader.is_alive() and time.monotonic() < until_s:
                if device.device_opened:  # pyrtlsdr closes it when it is unplugged
                    driver.rtlsdr_cancel_async(device.dev_p)  # refused while the reading has not begun
                self._reader.join(CANCEL_EVERY_S)
            self._reader = None
        with contextlib.suppress(OSError):
            device.close()

    def _opened_device(self, library: Any) -> Any:
        """Raises ``NotConnected`` when it is not plugged in, ``OSError`` when it does not open."""
        driver = library.librtlsdr
        serials = [_texts(driver, index)[2] for index in range(driver.rtlsdr_get_device_count())]
        wanted = self._which.removeprefix(SERIAL)
        index = _index_of(wanted, serials) if self._which.startswith(SERIAL) else int(wanted)
        if index >= len(serials):
            there = ", ".join(f"rtlsdr:{SERIAL}{one}" if one else "one without a serial number" for one in serials)
            raise NotConnected(f"{self._name} is not plugged in. {f'There is {there}' if there else 'There is none'}.")
        if serials[index]:
            self._said = f"RTL-SDR {SERIAL}{serials[index]}"
        return library.RtlSdr(index)

    def _opened(self) -> tuple[Any, Any]:
        if self._device is None:
            raise DeviceError("The receiver is not open")
        return self._device, self._driver

    def _switch(self, what: str, function: Any, value: int) -> None:
        device, _ = self._opened()
        if function(device.dev_p, value) < 0 and value != 0:  # a tuner without it refuses to turn it off as well
            raise DeviceError(f"{self._name} has no {what}, or does not take {value} for it")

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
