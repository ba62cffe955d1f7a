"""MAVLink over a serial port by pyserial; used by the one thread that owns the wire."""

import serial

from app.errors import NotConnected, OutOfRange
from app.ports import WireBytes

BAUDS = (9_600, 19_200, 38_400, 57_600, 111_100, 115_200, 230_400, 460_800, 500_000, 921_600, 1_500_000, 2_000_000)
BIGGEST = 65_536


class SerialWire:
    """A telemetry radio or an autopilot on USB. The device need not be there before it is opened."""

    def __init__(self, device: str, baud: int) -> None:
        if baud not in BAUDS:
            raise OutOfRange(f"{baud} is no usual baud rate; telemetry radios have 57600, USB takes any of {BAUDS}")
        self._device, self._baud = device, baud
        self._serial: serial.SerialBase | None = None

    def open(self) -> None:
        try:
            self._serial = serial.serial_for_url(self._device, baudrate=self._baud, timeout=0, write_timeout=0.05)
        except (serial.SerialException, ValueError, OSError) as error:
            raise NotConnected(
                f"The serial port {self._device} cannot be opened: {error}. Plug it in, close other programs that use "
                "it, and on Linux see that you are in the group that owns it (dialout)."
            ) from error

    def read(self, timeout_s: float) -> WireBytes | None:
        opened = self._opened()
        try:
            opened.timeout = timeout_s
            data = opened.read(1)
            if data:
                opened.timeout = 0
                data += opened.read(BIGGEST)
        except (serial.SerialException, OSError, TypeError) as error:  # TypeError: closed under way (pyserial)
            raise NotConnected(f"The serial port {self._device} has gone: {error}. Plug it in again.") from error
        return WireBytes(data) if data else None

    def write(self, data: bytes) -> None:
        try:
            self._opened().write(data)
        except serial.SerialTimeoutException:
            return  # the radio takes no more at present: the same as a frame lost in the air
        except (serial.SerialException, OSError, TypeError) as error:
            raise NotConnected(f"The serial port {self._device} has gone: {error}. Plug it in again.") from error

    def close(self) -> None:
        if self._serial is not None:
            self._serial.close()
            self._serial = None

    def _opened(self) -> serial.SerialBase:
        if self._serial is None:
            raise NotConnected(f"The serial port {self._device} is closed")
        return self._serial
