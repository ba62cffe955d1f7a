"""The simulated world as somebody else's child process: start it, read where it listens, order it about; any thread."""

import json
import queue
import subprocess
import sys
import threading
from typing import Any

from app.errors import DeviceError
from hardware.sim.config import SimConfig


class SimChild:
    """A running simulation. ``ready`` is its first line: mavlink, mavlink_udp, rtl_tcp, truth, seed, speed."""

    def __init__(self, config: SimConfig, timeout_s: float = 30.0) -> None:
        """Start it and wait until it listens. Raises ``DeviceError`` when it does not."""
        command = [sys.executable, "-m", "hardware.sim", config.to_json()]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="sim-child", daemon=True)
        self._reader.start()
        try:
            self.ready: dict[str, Any] = json.loads(self._lines.get(timeout=timeout_s))
        except (queue.Empty, ValueError) as error:
            self.stop()
            raise DeviceError("The simulation did not start; is one of its ports in use?") from error

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

    def stop(self, timeout_s: float = 10.0) -> None:
        """End it; may be called twice."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is self._process.stdin and pipe is not None:
                pipe.close()
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
