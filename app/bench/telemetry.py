"""How old telemetry is when it reaches people, from one vehicle and from ten; vehicles and client are processes."""

import asyncio
import json
import multiprocessing
import socket
import tempfile
import time
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from pymavlink.dialects.v20 import ardupilotmega as mavlink
from websockets.asyncio.client import connect

from app.bench.figures import Figure
from app.domain.vehicle import LinkState
from app.errors import DeviceError
from app.main import serve, start
from app.services.station import Station
from app.settings import ApiSettings, Settings, StoreSettings, VehicleSettings
from app.vehicle.frames import FrameWriter, Message

VEHICLES, RATE_HZ = 10, 50.0
GOAL_MS = 100.0
WRAP_MS = 30_000_000  # the time a position was sent travels as its altitude in mm, which is below 50 km
PATIENCE_S = 60.0


def run(quick: bool) -> list[Figure]:
    """Ages at 50 Hz, then what ten vehicles at full streams lose."""
    seconds = 3.0 if quick else 20.0
    at_bus, at_client, _ = _fly(1, seconds)
    ten_at_bus, _, links = _fly(VEHICLES, seconds)
    lost = max((link.lost_percent for link in links), default=100.0)
    received = float(np.median([link.received_per_s for link in links])) if links else 0.0
    return [
        _age("telemetry at 50 Hz: age where the window takes it, p99", at_bus),
        _age("telemetry at 50 Hz: age at a WebSocket client, p99", at_client),
        _age(f"the selected of {VEHICLES} vehicles: age where the window takes it, p99", ten_at_bus),
        Figure(f"{VEHICLES} vehicles at full streams", received, "messages/s"),
        Figure(f"lost of {VEHICLES} vehicles, worst 5 s", lost, "%", "<= 0", lost <= 0.0),
    ]


def _age(name: str, ages_ms: list[float]) -> Figure:
    value = float(np.percentile(ages_ms, 99)) if ages_ms else float("inf")
    return Figure(name, value, "ms", f"<= {GOAL_MS:g}", value <= GOAL_MS)


def _fly(vehicles: int, seconds: float) -> tuple[list[float], list[float], list[LinkState]]:
    """Ages at the bus and at the client, ms, and the link's figures once a second."""
    port = _free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, ExitStack() as undo:
        link = VehicleSettings(link=f"udpin:127.0.0.1:{port}")
        store = StoreSettings(directory=Path(folder))
        station = start(Settings(store=store, api=ApiSettings(port=0), vehicle=link), undo)
        server = serve(station, undo)
        ages_ms: list[float] = []
        links: list[LinkState] = []
        context = multiprocessing.get_context("spawn")
        here, there = multiprocessing.Pipe()
        client = context.Process(target=_client, args=(there, server.url, server.token, seconds))
        sender = context.Process(target=_vehicles, args=(port, vehicles, seconds + 60.0), daemon=True)
        sender.start()
        client.start()
        try:
            _await_vehicles(station, vehicles)
            undo.callback(station.bus.telemetry.subscribe(lambda pose: ages_ms.append(_age_ms(pose.altitude_m))))
            undo.callback(station.bus.link.subscribe(links.append))
            time.sleep(seconds)
            at_client: list[float] = here.recv() if here.poll(PATIENCE_S) else []
        finally:
            sender.terminate()
            sender.join()
            client.join()
    return ages_ms, at_client, links


def _await_vehicles(station: Station, vehicles: int) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while len(station.fleet.vehicles()) < vehicles or station.vehicle.telemetry() is None:
        if time.monotonic() > until_s:
            raise DeviceError(f"The bench waited {PATIENCE_S:.0f} s for {vehicles} vehicles in vain")
        time.sleep(0.05)


def _now_ms() -> int:
    return int(time.monotonic() * 1e3) % WRAP_MS  # the computer's clock, the same in every process


def _age_ms(altitude_m: float) -> float:
    return float((_now_ms() - round(altitude_m * 1e3)) % WRAP_MS)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _client(pipe: Connection, url: str, token: str, seconds: float) -> None:
    """The other process: what a browser would hear."""
    pipe.send(asyncio.run(_listen(url, token, seconds)))


async def _listen(url: str, token: str, seconds: float) -> list[float]:
    address = url.replace("http", "ws", 1).rstrip("/") + "/api/v1/ws"
    ages_ms: list[float] = []
    async with connect(address, additional_headers={"Authorization": f"Bearer {token}"}, proxy=None) as client:
        await client.send(json.dumps({"subscribe": ["telemetry"], "rate_hz": RATE_HZ}))
        first_s: float | None = None
        while first_s is None or time.monotonic() - first_s < seconds:
            said = json.loads(await asyncio.wait_for(client.recv(), PATIENCE_S))
            if said.get("topic") == "telemetry" and said.get("data"):
                first_s = first_s or time.monotonic()
                ages_ms.append(_age_ms(said["data"]["altitude_m"]))
    return ages_ms[len(ages_ms) // 10 :]  # what waited while it was subscribing is left out


def _vehicles(port: int, count: int, seconds: float) -> None:
    """The third process: motion at 50 Hz and three slower messages at 10 Hz from each."""
    writers = [FrameWriter(1 + number, 1) for number in range(count)]
    sending = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    begun_s = time.monotonic()
    turn = 0
    while (gone_s := time.monotonic() - begun_s) < seconds:
        for writer in writers:
            for message in _said(turn, int(gone_s * 1e3)):
                sending.sendto(writer.pack(message), ("127.0.0.1", port))
        turn += 1
        time.sleep(max(0.0, begun_s + turn / RATE_HZ - time.monotonic()))


def _said(turn: int, boot_ms: int) -> list[Message]:
    said = [
        mavlink.MAVLink_attitude_message(boot_ms, 0.1, -0.05, 1.2, 0.01, 0.02, 0.03),
        mavlink.MAVLink_global_position_int_message(
            boot_ms, 473977419 + turn, 85455938, _now_ms(), 40000, 120, -80, 5, 6800
        ),
    ]
    if turn % 5 == 0:
        said += [
            mavlink.MAVLink_heartbeat_message(2, 3, 89, 4, 4, 3),
            mavlink.MAVLink_sys_status_message(*(0x1000_0000,) * 3, 300, 15800, 1200, 88, 0, 0, 0, 0, 0, 0),
            mavlink.MAVLink_gps_raw_int_message(0, 3, 473977419, 85455938, 0, 80, 90, 0, 0, 14),
            mavlink.MAVLink_vfr_hud_message(5.0, 5.0, 90, 40, 488.0, 0.1),
        ]
    return said
