"""A receiver behind an rtl_tcp server; a thread of its own empties the socket into a large buffer."""

import contextlib
import socket
import struct
import threading
import time
from enum import IntEnum

import numpy as np

from app.domain.radio import FrontEnd
from app.dsp.samples import clipped_share, from_cu8
from app.errors import DeviceError, NotConnected, OutOfRange
from app.ports import Block, ReceiverInfo
from app.settings import RadioSettings
from hardware.bytering import ByteRing

BUFFER_BYTES = 1 << 24  # 3.5 s at 2.4 MS/s
KERNEL_BYTES = 1 << 22  # 0.9 s at 2.4 MS/s, for when Python itself stands still
LARGEST_BLOCK = 131_072  # samples
BLOCK_S = 0.05
ANSWER_S = 3.0  # true time in which a server must answer and in which samples must come
HEADER = struct.Struct(">4sII")
COMMAND = struct.Struct(">BI")
SIMULATOR = 0x53494D  # "SIM": the tuner type our own simulator answers with
LOWEST_HZ, HIGHEST_HZ = 100e3, 4.2e9  # what the four bytes and any tuner can mean

_R82XX = (0, 9, 14, 27, 37, 77, 87, 125, 144, 157, 166, 197, 207, 229, 254, 280, 297, 328, 338, 364, 372, 386, 402,
          421, 434, 439, 445, 480, 496)  # fmt: skip
# librtlsdr, rtlsdr_get_tuner_gains(): tenths of a dB
TUNERS: dict[int, tuple[str, tuple[int, ...]]] = {
    1: ("Elonics E4000", (-10, 15, 40, 65, 90, 115, 140, 165, 190, 215, 240, 290, 340, 420)),
    2: ("Fitipower FC0012", (-99, -40, 71, 179, 192)),
    3: (
        "Fitipower FC0013",
        (-99, -73, -65, -63, -60, -58, -54, 58, 61, 63, 65, 67, 68, 70, 71, 179, 181, 182, 184, 186, 188, 191, 197),
    ),
    4: ("FCI FC2580", ()),
    5: ("Rafael Micro R820T", _R82XX),
    6: ("Rafael Micro R828D", _R82XX),
    SIMULATOR: ("Kestrel simulator", _R82XX),
}


class Command(IntEnum):
    """What an rtl_tcp server can be told (librtlsdr, rtl_tcp.c)."""

    FREQUENCY = 0x01
    RATE = 0x02
    GAIN_MODE = 0x03  # 1 is manual
    GAIN = 0x04  # tenths of a dB
    PPM = 0x05
    IF_GAIN = 0x06  # stage << 16 | tenths of a dB
    TEST_MODE = 0x07
    AGC = 0x08
    DIRECT_SAMPLING = 0x09
    OFFSET_TUNING = 0x0A
    RTL_CRYSTAL = 0x0B
    TUNER_CRYSTAL = 0x0C
    GAIN_INDEX = 0x0D
    BIAS_TEE = 0x0E


class RtlTcpReceiver:
    """The client side of rtl_tcp. ``read`` belongs to one thread, the one that opened it."""

    switches = ("ppm", "agc", "bias_tee", "direct_sampling", "offset_tuning")

    def __init__(self, host: str, port: int, settings: RadioSettings) -> None:
        self._host, self._port = host, port
        self._settings = settings
        self._socket: socket.socket | None = None
        self._reader: threading.Thread | None = None
        self._closing = threading.Event()
        self._ring = ByteRing(BUFFER_BYTES)
        self._iq = np.zeros(LARGEST_BLOCK, np.complex64)
        self._bytes = np.zeros(2 * LARGEST_BLOCK, np.uint8)
        self._gains: tuple[int, ...] = ()
        self._position = 0
        self._heard_s = 0.0

    def open(self) -> ReceiverInfo:
        """Connect, read the header, set rate, correction and frequency, and start reading.

        Raises ``NotConnected`` when nobody answers there or what answers is not rtl_tcp.
        """
        self.close()
        connection = self._connect()
        try:
            tuner, gain_count = self._greeting(connection)
        except NotConnected:
            connection.close()
            raise
        self._socket = connection
        name, gains = TUNERS.get(tuner, (f"unknown tuner {tuner}", ()))
        self._gains = gains if len(gains) == gain_count else ()
        self._configure()
        self._ring.clear()
        self._closing.clear()
        connection.settimeout(0.5)  # so that the reader looks up; true time
        self._position, self._heard_s = 0, time.monotonic()
        self._reader = threading.Thread(target=self._fill, args=(connection,), name="rtl_tcp reader", daemon=True)
        self._reader.start()
        return ReceiverInfo(
            device=name if tuner == SIMULATOR else f"RTL-SDR ({name}) at {self._host}:{self._port}",
            simulated=tuner == SIMULATOR,
            centre_hz=self._settings.centre_hz,
            rate_hz=self._settings.rate_hz,
            gains_db=tuple(gain / 10.0 for gain in self._gains),
            slips=tuner == SIMULATOR,
        )

    def read(self, timeout_s: float) -> Block | None:
        """A block of some 50 ms of true time, at most 131072 samples. Raises ``DeviceError`` when the server is gone
        or has sent nothing for 3 s."""
        count = self._ring.take(self._bytes, round(self._settings.rate_hz * BLOCK_S / 2.0), BLOCK_S, timeout_s)
        if count == 0:
            self._complain()
            return None
        self._heard_s = time.monotonic()
        raw = self._bytes[:count]
        lost = self._ring.lost_before() // 2
        first = self._position + lost
        self._position = first + count // 2
        clipped, waiting = clipped_share(raw), self._ring.waiting() // 2
        return Block(first, lost, from_cu8(raw, self._iq), clipped, raw.data, "cu8", waiting=waiting)

    def _complain(self) -> None:
        place = f"{self._host}:{self._port}"
        if self._ring.ended:
            raise DeviceError(f"rtl_tcp at {place} has closed the connection. Is its receiver still plugged in?")
        if time.monotonic() - self._heard_s > ANSWER_S:
            raise DeviceError(f"rtl_tcp at {place} has sent no samples for {ANSWER_S:.0f} s. Connecting again.")

    def tune(self, centre_hz: float) -> float:
        if not LOWEST_HZ <= centre_hz <= HIGHEST_HZ:
            raise OutOfRange(f"{centre_hz / 1e6:.3f} MHz is outside the tuner's range")
        self.send(Command.FREQUENCY, round(centre_hz))
        return float(round(centre_hz))

    def set_gain(self, gain_db: float) -> float:
        if not self._gains:
            raise OutOfRange("The gain of this tuner cannot be set")
        gain = min(self._gains, key=lambda step: abs(step - 10.0 * gain_db))
        self.send(Command.GAIN_MODE, 1)
        self.send(Command.GAIN, gain & 0xFFFFFFFF)
        return gain / 10.0

    def set_front_end(self, front_end: FrontEnd) -> None:
        """Tell the server; it does not say what its dongle refuses. Raises ``DeviceError`` when it has gone."""
        self.send(Command.PPM, front_end.ppm)
        self.send(Command.AGC, int(front_end.agc))
        self.send(Command.BIAS_TEE, int(front_end.bias_tee))
        self.send(Command.DIRECT_SAMPLING, front_end.direct_sampling.input)
        self.send(Command.OFFSET_TUNING, int(front_end.offset_tuning))

    def send(self, command: Command, value: int) -> None:
        """Send one command; rtl_tcp never answers. Raises ``DeviceError`` when the server has gone."""
        if self._socket is None:
            raise DeviceError("The receiver is not open")
        try:
            self._socket.sendall(COMMAND.pack(command, value & 0xFFFFFFFF))
        except OSError as error:
            raise DeviceError(f"rtl_tcp at {self._host}:{self._port} takes no commands: {error}") from error

    def close(self) -> None:
        self._closing.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):  # not connected any more
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None
        if self._reader is not None:
            self._reader.join(ANSWER_S)
            self._reader = None

    def _connect(self) -> socket.socket:
        address = (self._host, self._port)
        try:
            connection = socket.create_connection(address, ANSWER_S)
        except OSError as error:
            raise NotConnected(
                f"No rtl_tcp server at {self._host}:{self._port} ({error}). Start rtl_tcp there, or check the address."
            ) from error
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BYTES)
            granted = probe.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        if granted >= KERNEL_BYTES:  # else the system's own growth, up to some MB, is better than what it grants
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BYTES)
        return connection

    def _greeting(self, connection: socket.socket) -> tuple[int, int]:
        greeting = b""
        try:
            while len(greeting) < HEADER.size and (part := connection.recv(HEADER.size - len(greeting))):
                greeting += part
        except OSError as error:
            raise NotConnected(f"What listens at {self._host}:{self._port} does not greet as rtl_tcp does") from error
        if len(greeting) < HEADER.size or not greeting.startswith(b"RTL0"):
            raise NotConnected(
                f"What listens at {self._host}:{self._port} is not rtl_tcp (or serves another client already)"
            )
        _, tuner, gain_count = HEADER.unpack(greeting)
        return tuner, gain_count

    def _configure(self) -> None:
        self.send(Command.RATE, round(self._settings.rate_hz))
        self.send(Command.TEST_MODE, 0)  # the server may still be as the client before left it
        self.set_front_end(self._settings.front_end)
        if self._settings.centre_hz > 0.0:
            self.tune(self._settings.centre_hz)

    def _fill(self, connection: socket.socket) -> None:
        """The reader thread: nothing but socket to buffer, until the socket ends."""
        while not self._closing.is_set():
            try:
                count = connection.recv_into(self._ring.room())
            except TimeoutError:
                continue
            except OSError:
                break
            if count == 0:
                break
            self._ring.put(count)
        self._ring.end()
