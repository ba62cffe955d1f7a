"""Remote clients for the benches: WebSockets that subscribe to everything, a process of its own."""

import asyncio
import sys

import orjson
from websockets.asyncio.client import connect

TOPICS = ["mission", "gate", "telemetry", "reading", "spectrum"]


async def follow(url: str, token: str, clients: int) -> None:
    """Keep ``clients`` sockets open and read all they are sent, until standard input ends."""
    address = f"{url.replace('http', 'ws', 1).rstrip('/')}/api/v1/ws"
    headers = {"Authorization": f"Bearer {token}"}
    ask = orjson.dumps({"subscribe": TOPICS, "rate_hz": 30, "bins": 2048}).decode()

    async def one() -> None:
        async with connect(address, additional_headers=headers, max_size=None) as socket:
            await socket.send(ask)
            async for _ in socket:
                pass

    tasks = [asyncio.create_task(one()) for _ in range(clients)]
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    done, _ = await asyncio.wait([*tasks, ended], return_when=asyncio.FIRST_COMPLETED)
    for task in done - {ended}:
        task.result()  # a client that was turned away is an error
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(follow(sys.argv[1], sys.argv[2], int(sys.argv[3])))
