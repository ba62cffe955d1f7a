"""The simulated world as a process: MAVLink and rtl_tcp outside, one world inside; its main thread is the world's.

``hardware.sim.control`` documents the orders it takes on stdin.
"""

import contextlib
import gc
import json
import os
import queue
import signal
import stat
import sys
import threading
from typing import Any

from hardware.sim.config import SimConfig
from hardware.sim.control import Quit, obey
from hardware.sim.links import Links
from hardware.sim.pace import Pace
from hardware.sim.rtl_server import RtlServer
from hardware.sim.stations import Stations
from hardware.sim.world import STEP_S, World

_LONGEST_WAIT_S = 0.05


def run(config: SimConfig) -> None:
    """Live until SIGTERM, Ctrl-C, ``{"do": "quit"}`` or the end of stdin.

    Prints one JSON line when everything listens: mavlink, mavlink_udp, rtl_tcp, truth, seed, speed. Raises ``OSError``
    when a port is in use.
    """
    world, pace = World(config), Pace(config.speed)
    stations = Stations(world)
    orders: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    with contextlib.ExitStack() as undo:
        links = Links(stations, config.host, config.mavlink_port, config.mavlink_udp, config.boot_text)
        undo.callback(links.close)
        receiver = RtlServer(world, pace, config.host, config.rtl_port)
        undo.callback(receiver.stop)
        receiver.start()
        signal.signal(signal.SIGTERM, lambda *_: orders.put(None))
        threading.Thread(target=_listen, args=(orders,), name="sim-orders", daemon=True).start()
        gc.collect()
        gc.freeze()  # what was imported stays: a full collection of it halted samples and telemetry for 250 ms
        undo.callback(gc.unfreeze)
        _tell(json.dumps(_ready(config, links.port, receiver.port)))
        pace.slip(0.0)
        with contextlib.suppress(Quit, KeyboardInterrupt):
            _live(world, pace, stations, links, orders)


def _live(world: World, pace: Pace, stations: Stations, links: Links, orders: "queue.SimpleQueue[str | None]") -> None:
    """The world's loop. Raises ``Quit``."""
    while True:
        _do_ordered(world, orders)
        until_s = min(pace.now_s(), world.time_s + 100 * STEP_S)
        while world.time_s + STEP_S <= until_s:
            world.step()
            stations.step()
        links.flush()
        pace.slip(world.time_s)
        links.serve(min(_LONGEST_WAIT_S, max(0.001, pace.until_s(world.time_s + STEP_S))))


def _do_ordered(world: World, orders: "queue.SimpleQueue[str | None]") -> None:
    while not orders.empty():
        line = orders.get()
        if line is None:
            raise Quit
        _tell(obey(world, line))


def _listen(orders: "queue.SimpleQueue[str | None]") -> None:
    """Pass lines of stdin on; its end is the end of the simulation, unless there never was a stdin."""
    if sys.stdin is None:
        return
    for line in sys.stdin:
        if line.strip():
            orders.put(line)
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if not stat.S_ISCHR(mode) or sys.stdin.isatty():  # not the null device of a service
        orders.put(None)


def _ready(config: SimConfig, mavlink_port: int, rtl_port: int) -> dict[str, Any]:
    beacon, *others = config.emitters()
    return {
        "mavlink": f"tcp:{config.host}:{mavlink_port}",
        "mavlink_udp": f"udpout:{config.mavlink_udp}" if config.mavlink_udp else "",
        "rtl_tcp": f"rtl_tcp://{config.host}:{rtl_port}",
        "truth": {
            "lat_deg": beacon.position.lat_deg,
            "lon_deg": beacon.position.lon_deg,
            "height_m": beacon.height_m,
            "kind": beacon.kind.value,
            "frequency_hz": beacon.frequency_hz,
            "period_s": beacon.period_s,
            "pulse_s": beacon.pulse_s,
            "home": {"lat_deg": config.home.lat_deg, "lon_deg": config.home.lon_deg},
            "others": [
                {"lat_deg": o.position.lat_deg, "lon_deg": o.position.lon_deg, "frequency_hz": o.frequency_hz}
                for o in others
            ],
        },
        "seed": config.seed,
        "speed": config.speed,
    }


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
