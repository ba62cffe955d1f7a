"""A whole station under full load for the window's bench: 2.4 MS/s, and remote clients; the caller's thread."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app import main
from app.bench.figures import Figure
from app.domain.radio import BeaconKind
from app.services.station import Station
from app.settings import load
from app.world import start_world

RATE_HZ, BINS, CLIENTS = 2.4e6, 4096, 5


@contextmanager
def loaded_station() -> Iterator[Station]:
    """A station on the simulator at 2.4 MS/s, its API serving five WebSocket clients of another process."""
    with ExitStack() as undo:
        folder = undo.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        world = start_world(1, 1.0, BeaconKind.CARRIER, undo)
        radio = {"source": world.radio, "rate_hz": RATE_HZ, "bins": BINS}
        settings = load(
            None,
            {
                "radio": radio,
                "vehicle": {"link": world.vehicle},
                "store": {"directory": Path(folder)},
                "api": {"port": 0},
            },
        )
        station = main.start(settings, undo)
        server = main.serve(station, undo)
        command = [sys.executable, "-m", "app.bench.clients", server.url, server.token, str(CLIENTS)]
        clients = undo.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, text=True))
        undo.callback(clients.kill)
        yield station
        if clients.poll() is not None:
            raise RuntimeError(f"the WebSocket clients ended with {clients.returncode}")


def under_load(quick: bool, watch: Callable[[Station, float], list[Figure]]) -> list[Figure]:
    """What ``watch`` measures of the window in a minute (``quick``: fifteen seconds), and what was lost meanwhile."""
    seconds = 15.0 if quick else 60.0
    with loaded_station() as station:
        figures = watch(station, seconds)
        state = station.radio.state()
    received_s = state.samples / RATE_HZ
    return [
        *figures,
        Figure("lost samples meanwhile", state.lost_samples, "", "<= 0", state.lost_samples == 0),
        Figure("samples received, in seconds of 2.4 MS/s", received_s, "s", f">= {seconds:g}", received_s >= seconds),
    ]
