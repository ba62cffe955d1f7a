"""How fast facts reach 200 WebSocket clients, and answers 50 connections; the clients are a process of their own."""

import asyncio
import json
import multiprocessing
import tempfile
import time
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from app.api.server import ApiServer
from app.bench.figures import Figure
from app.domain.mission import MissionState, Transition
from app.main import serve, start
from app.services.station import Station
from app.settings import ApiSettings, Settings, StoreSettings

CLIENTS, CONNECTIONS = 200, 50
GOAL_MS = 15.0
PAUSE_S = 0.1  # between two facts: ten a second, as the vehicle sends its position
REST_S = 0.25  # between two requests of one connection, as a page polls
PATHS = ("/api/v1/health/live", "/api/v1/status", "/api/v1/vehicle/link", "/api/v1/radio")


def run(quick: bool) -> list[Figure]:
    """With ``quick`` a fifth of the facts and requests: shorter and noisier."""
    return measure(20 if quick else 100)


def measure(count: int, clients: int = CLIENTS, connections: int = CONNECTIONS) -> list[Figure]:
    """``count`` facts to ``clients``, then ``count`` requests on each of ``connections``."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as undo:
        settings = Settings(store=StoreSettings(directory=Path(folder)), api=ApiSettings(port=0))
        station = start(settings, undo)
        server = serve(station, undo)
        delays_ms, answers_ms = _measure(station, server, (count, clients, connections))
    missing = clients * count - len(delays_ms)
    return [
        Figure(f"lost of {count} facts to {clients} clients", missing, "messages", "<= 0", missing == 0),
        _p99("fact to client", delays_ms, "websockets broadcast", 6.5, 4.6),
        _p99(f"request at {connections} connections", answers_ms, "Starlette + orjson", 2.9, 2.6),
    ]


def _measure(station: Station, server: ApiServer, sizes: tuple[int, int, int]) -> tuple[list[float], list[float]]:
    """Delays of facts and times of requests, ms, as the clients saw them."""
    here, there = multiprocessing.Pipe()
    others = multiprocessing.get_context("spawn").Process(
        target=_clients, args=(there, server.url, server.token, sizes)
    )
    others.start()
    here.recv()  # all have subscribed
    for _ in range(sizes[0]):
        time.sleep(PAUSE_S)
        fact = Transition(0.0, MissionState.IDLE, MissionState.SEARCHING, repr(time.perf_counter()), actor="bench")
        station.bus.transition.publish(fact)
    delays_ms, answers_ms = here.recv()
    others.join()
    return delays_ms, answers_ms


def _clients(pipe: Connection, url: str, token: str, sizes: tuple[int, int, int]) -> None:
    """The other process; ``time.perf_counter`` is the computer's and so the same in both."""
    count, clients, connections = sizes
    delays_ms = asyncio.run(_stream(pipe, url, token, count, clients))
    pipe.send((delays_ms, asyncio.run(_requests(url, token, count, connections))))


def _p99(name: str, times_ms: list[float], peer: str, peer_ms: float, limit_ms: float) -> Figure:
    """Peers and limits as measured in performance.md."""
    value = float(np.percentile(times_ms, 99)) if times_ms else float("inf")
    return Figure(f"{name}, p99", value, "ms", f"<= {GOAL_MS:g}", value <= GOAL_MS, peer, peer_ms, limit_ms)


async def _stream(pipe: Connection, url: str, token: str, count: int, size: int) -> list[float]:
    """Delays from publishing to receiving, ms, of every message that came."""
    address = url.replace("http", "ws", 1) + "api/v1/ws"
    headers = {"Authorization": f"Bearer {token}"}
    clients = [await connect(address, additional_headers=headers, proxy=None) for _ in range(size)]
    try:
        for client in clients:
            await client.send('{"subscribe": ["transitions"]}')
        await asyncio.gather(*(_until(client, "subscribed") for client in clients))
        listening = [asyncio.create_task(_listen(client, count)) for client in clients]
        pipe.send("ready")
        heard = await asyncio.gather(*listening)
    finally:
        await asyncio.gather(*(client.close() for client in clients))
    return [delay for one in heard for delay in one]


async def _until(client: ClientConnection, topic: str) -> None:
    while json.loads(await client.recv())["topic"] != topic:
        pass


async def _listen(client: ClientConnection, count: int) -> list[float]:
    delays_ms: list[float] = []
    try:
        async with asyncio.timeout(count * PAUSE_S + 10.0):
            while len(delays_ms) < count:
                text = await client.recv()
                delays_ms.append((time.perf_counter() - float(json.loads(text)["data"]["reason"])) * 1e3)
    except TimeoutError:
        pass  # what is missing is counted
    return delays_ms


async def _requests(url: str, token: str, count: int, size: int) -> list[float]:
    """Times of requests, ms: each connection asks, waits for the answer and rests; they begin one after the other."""
    host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
    asked = (_connection(host, int(port), token, count, n) for n in range(size))
    return [time_ms for one in await asyncio.gather(*asked) for time_ms in one]


async def _connection(host: str, port: int, token: str, count: int, number: int) -> list[float]:
    path = PATHS[number % len(PATHS)]
    await asyncio.sleep(REST_S * number / CONNECTIONS)
    reader, writer = await asyncio.open_connection(host, port)
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    times_ms: list[float] = []
    for _ in range(count):
        start_s = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        await reader.readexactly(int(length))
        times_ms.append((time.perf_counter() - start_s) * 1e3)
        await asyncio.sleep(REST_S)
    writer.close()
    await writer.wait_closed()
    return times_ms
