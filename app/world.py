"""The simulated world as a process of its own: start it, read where it listens, order it about; any thread."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind, Target
from app.errors import DeviceError

START_S = 30.0


class Simulation:
    """A running simulation. ``ready`` is its first line: mavlink, mavlink_udp, rtl_tcp, truth, seed, speed."""

    def __init__(self, command: Sequence[str], timeout_s: float = START_S) -> None:
        """Start it and wait until it listens. Raises ``DeviceError`` when it does not."""
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="simulation", daemon=True)
        self._reader.start()
        try:
            self.ready: dict[str, Any] = json.loads(self._lines.get(timeout=timeout_s))
        except (queue.Empty, ValueError) as error:
            self.stop()
            why = f"The simulator did not start within {timeout_s:.0f} s. Run `kestrel sim` to see why."
            raise DeviceError(why) from error

    def order(self, timeout_s: float = 10.0, **order: Any) -> dict[str, Any]:
        """Give an order of ``hardware.sim.control``, for example ``order(do="battery", percent=15)``.

        Raises ``DeviceError`` when it is not understood or the simulation has gone.
        """
        if self._process.stdin is None:
            raise DeviceError("The simulation takes no orders.")
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._lines.get(timeout=timeout_s))
        except (OSError, ValueError, queue.Empty) as error:
            raise DeviceError("The simulation does not answer.") from error
        if "error" in answer:
            raise DeviceError(f"The simulation refused {order}: {answer['error']}.")
        return answer

    def stop(self, timeout_s: float = 5.0) -> None:
        """Close its standard input, which ends it; kill it when that does not help. May be called twice."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(timeout_s)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        if self._process.stdout is None:
            return
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")  # gone


@dataclass(frozen=True, slots=True)
class World:
    """A running simulation: where its radio and vehicle are reached, and where the beacon really is."""

    simulation: Simulation
    radio: str
    vehicle: str
    beacon: LatLon
    target: Target


def start_world(seed: int, speed: float, kind: BeaconKind, undo: ExitStack, *more: str) -> World:
    """Start ``kestrel sim`` on free ports of 127.0.0.1, with more of its options; ``undo`` ends it.

    Raises ``DeviceError``.
    """
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    options = ["sim", "--seed", str(seed), "--speed", str(speed), "--kind", kind.value, "--json", *more]
    simulation = Simulation([*program, *options])
    undo.callback(simulation.stop)
    ready = simulation.ready
    truth = ready["truth"]
    target = Target(
        "", "Simulated beacon", kind, truth["frequency_hz"], period_s=truth["period_s"], pulse_s=truth["pulse_s"]
    )
    return World(simulation, ready["rtl_tcp"], ready["mavlink"], LatLon(truth["lat_deg"], truth["lon_deg"]), target)
