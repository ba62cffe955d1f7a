"""The simulated receiver on the network: an ``rtl_tcp`` server; runs in its own thread."""

import select
import socket
import struct
import threading
from collections import deque

import numpy as np

from hardware.sim.pace import Pace
from hardware.sim.synthesis import GAINS_DB, GRAIN, Synthesis
from hardware.sim.world import World

TUNER_SIM = 0x53494D  # "SIM": the station labels this radio as simulated
_COMMAND = struct.Struct(">BI")
_MOST_BYTES = 1 << 20  # made before the socket is served again
_BACKLOG_S = 3.0  # true seconds a client may fall behind before samples are lost, as with the real server


class RtlServer:
    """One client at a time, as the real one. Samples are sent when the world has lived through them."""

    def __init__(self, world: World, pace: Pace, host: str, port: int) -> None:
        self._world, self._pace = world, pace
        self._server = socket.create_server((host, port), backlog=4)
        self._synthesis = Synthesis(world)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sim-receiver")

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10.0)
        self._server.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            if not _readable(self._server, 0.1):
                continue
            client, _ = self._server.accept()
            with client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    client.sendall(struct.pack(">4sII", b"RTL0", TUNER_SIM, len(GAINS_DB)))
                    _Session(client, self._world, self._pace, self._synthesis, self._stop).run()
                except OSError:
                    continue  # the client has gone; the next may come


class _Session:
    """One client: commands in, samples out."""

    def __init__(
        self, client: socket.socket, world: World, pace: Pace, synthesis: Synthesis, stop: threading.Event
    ) -> None:
        self._client, self._world, self._pace, self._synthesis, self._stop = client, world, pace, synthesis, stop
        self._drops = world.receiver_drops
        self._commands = b""
        self._out: deque[memoryview] = deque()
        client.setblocking(False)
        self._restart()

    def run(self) -> None:
        """Until the client leaves (``OSError``), the stick is unplugged or the simulation ends."""
        while not self._stop.is_set() and self._drops == self._world.receiver_drops:
            due_s = (self._next + 1) * self._synthesis.grain_s
            wait_s = 0.2 if self._out else min(0.2, max(0.002, self._pace.until_s(due_s)))
            readable, _, _ = select.select([self._client], [self._client] if self._out else [], [], wait_s)
            if readable:
                self._listen()
            if not self._out:
                self._make()
            self._send()

    def _listen(self) -> None:
        data = self._client.recv(4096)
        if not data:
            raise ConnectionAbortedError
        self._commands += data
        while len(self._commands) >= _COMMAND.size:
            self._obey(*_COMMAND.unpack(self._commands[: _COMMAND.size]))
            self._commands = self._commands[_COMMAND.size :]

    def _make(self) -> None:
        """Make the grains that the world has lived through."""
        synthesis = self._synthesis
        ready = int(self._world.time_s / synthesis.grain_s) - self._next
        most = max(1, int(_BACKLOG_S * self._pace.speed / synthesis.grain_s))
        if ready > most:
            self._next += ready - most
            ready = most
        ready = min(ready, _MOST_BYTES // (2 * GRAIN))
        if ready > 0:
            made = np.concatenate([synthesis.grain(self._next + n) for n in range(ready)])
            self._next += ready
            self._out.append(memoryview(made.tobytes()))

    def _send(self) -> None:
        while self._out:
            try:
                sent = self._client.send(self._out[0])
            except BlockingIOError:
                return
            if sent < len(self._out[0]):
                self._out[0] = self._out[0][sent:]
            else:
                self._out.popleft()

    def _restart(self) -> None:
        self._next = int(self._world.time_s / self._synthesis.grain_s) + 1

    def _obey(self, command: int, value: int) -> None:
        tuning = self._synthesis.tuning
        if command == 0x01:
            tuning.centre_hz = float(value)
        elif command == 0x02 and (225_000 < value <= 300_000 or 900_000 < value <= 3_200_000):
            tuning.rate_hz = float(value)
            self._restart()
        elif command == 0x03:
            tuning.auto_gain = value == 0
        elif command == 0x04:
            tuning.gain_db = min(GAINS_DB, key=lambda gain: abs(gain - _signed(value) / 10.0))
        elif command == 0x05:
            tuning.ppm = float(_signed(value))
        elif command == 0x08:
            tuning.digital_agc = value == 1
        elif command == 0x0D and value < len(GAINS_DB):
            tuning.gain_db = GAINS_DB[value]
        # 0x09 direct sampling, 0x0e bias tee and the rest change nothing that could be heard


def _signed(value: int) -> int:
    return value - (1 << 32) if value >= 1 << 31 else value


def _readable(watched: socket.socket, seconds: float) -> bool:
    return bool(select.select([watched], [], [], seconds)[0])
