"""Starts the simulated world as a process of its own and waits for its word; any thread."""

import json
import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass

from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind, Target
from app.errors import DeviceError

START_S = 30.0


@dataclass(frozen=True, slots=True)
class World:
    """A running simulation: where its radio and vehicle are reached, and where the beacon really is."""

    radio: str
    vehicle: str
    beacon: LatLon
    target: Target


def start_world(seed: int, speed: float, kind: BeaconKind, undo: ExitStack, *more: str) -> World:
    """Start ``kestrel sim`` on free ports of 127.0.0.1; ``undo`` ends it. ``more`` are further options of that verb.

    Raises ``DeviceError`` when it does not come up within 30 s.
    """
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    options = ["sim", "--seed", str(seed), "--speed", str(speed), "--kind", kind.value, "--json", *more]
    process = subprocess.Popen([*program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    undo.callback(_end, process)
    too_late = threading.Timer(START_S, process.kill)
    too_late.start()
    try:
        line = process.stdout.readline() if process.stdout else ""
    finally:
        too_late.cancel()
        too_late.join()
    if not line:
        raise DeviceError(f"The simulator did not start within {START_S:.0f} s. Run `kestrel sim` to see why.")
    word = json.loads(line)
    truth = word["truth"]
    target = Target(
        "", "Simulated beacon", kind, truth["frequency_hz"], period_s=truth["period_s"], pulse_s=truth["pulse_s"]
    )
    return World(word["rtl_tcp"], word["mavlink"], LatLon(truth["lat_deg"], truth["lon_deg"]), target)


def _end(process: "subprocess.Popen[str]") -> None:
    """Close its standard input, which ends it; kill it when that does not help."""
    with process:
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(5.0)
        except subprocess.TimeoutExpired:
            process.kill()
