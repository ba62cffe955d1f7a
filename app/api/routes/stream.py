"""The WebSocket: JSON facts by subscription, binary spectrum and sound; the server's thread.

A client sends {"subscribe": [topics], "rate_hz": 10, "bins": 512}; what it sends replaces what it asked for before.
It may send {"ping": anything} and gets {"topic": "pong", "data": anything}. The station sends {"seq", "topic", "data"}:
first ``hello`` with a snapshot, then facts as they come; ``dropped`` with a count when the client was too slow.
"""

import asyncio
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.api import snapshot
from app.api.access import StationDep, reading
from app.api.doorkeeper import Doorkeeper
from app.api.encoding import encode
from app.api.hub import TOPICS, Client, Hub
from app.api.sound import SoundFeed
from app.api.spectrum import SpectrumFeed
from app.services.station import Station

router = APIRouter()
SPECTRUM, SOUND = "spectrum", "sound"
BINARY = frozenset({SPECTRUM, SOUND})
MOST_CLIENTS = 256
CHECK_S = 2.0  # how often it is looked whether a client is still signed in


class StreamIn(BaseModel):
    """What a client may say."""

    model_config = ConfigDict(extra="forbid")

    subscribe: list[str] | None = Field(None, max_length=64)
    rate_hz: float = Field(10.0, ge=0.1, le=60.0)
    bins: int = Field(512, ge=16, le=65_536)
    ping: Any = None


@router.websocket("/ws")
async def stream(websocket: WebSocket, station: StationDep) -> None:
    hub: Hub = websocket.app.state.hub
    if hub.clients >= MOST_CLIENTS:
        await websocket.close(1013, "too many clients")
        return
    await websocket.accept()
    session = Session(websocket, station, hub)
    hub.join(session.client)
    try:
        await session.run()
    finally:
        hub.part(session.client)


class Session:
    """One connected client."""

    def __init__(self, websocket: WebSocket, station: Station, hub: Hub) -> None:
        self._websocket = websocket
        self._station = station
        self._hub = hub
        self.client = Client()
        self._feeds: list[SpectrumFeed | SoundFeed] = []
        self._fed = asyncio.Event()

    async def run(self) -> None:
        """Until the client goes or the server ends; whichever side ends first ends the others."""
        data = {"topics": [*TOPICS, SPECTRUM, SOUND], "snapshot": await reading(snapshot.hello, self._station)}
        self.client.put("hello", encode(data))
        works = (self._listen, self._tell, self._show, self._still_allowed)
        tasks = [asyncio.create_task(work()) for work in works]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                raise result

    async def _still_allowed(self) -> None:
        """Ends when the session has been ended, by whoever signed out or by an admin."""
        keeper: Doorkeeper = self._websocket.app.state.keeper
        while True:
            await asyncio.sleep(CHECK_S)
            if keeper.still(self._websocket.scope["identity"]) is None:
                await self._websocket.close(1008, "signed out")
                return

    async def _listen(self) -> None:
        async for text in self._websocket.iter_text():
            try:
                said = StreamIn.model_validate_json(text)
            except ValidationError as error:
                self.client.put("error", encode({"detail": error.errors()[0]["msg"]}))
                continue
            if "ping" in said.model_fields_set:
                self.client.put("pong", encode(said.ping))
            if said.subscribe is not None:
                self._subscribe(said, said.subscribe)

    def _subscribe(self, said: StreamIn, topics: list[str]) -> None:
        unknown = [topic for topic in topics if topic not in TOPICS and topic not in BINARY]
        if unknown:
            self.client.put("error", encode({"detail": f"There is no topic {unknown[0]!r}."}))
            return
        self.client.rate_hz = said.rate_hz
        self.client.topics = frozenset(topics) - BINARY
        radio = self._station.radio
        self._feeds = [SpectrumFeed(radio.ring, said.bins)] if SPECTRUM in topics else []
        if SOUND in topics:
            self._feeds.append(SoundFeed(self._station.sound.ring))
        self._fed.set()
        self._hub.count_wanted()
        self.client.put("subscribed", encode({"topics": topics, "rate_hz": said.rate_hz, "bins": said.bins}))

    async def _tell(self) -> None:
        while True:
            for message in await self.client.take():
                await self._websocket.send_text(message.decode())

    async def _show(self) -> None:
        """Spectrum and sound, ``rate_hz`` times a second at most; a slow client is told what it missed."""
        while True:
            await self._fed.wait()
            feeds = self._feeds
            if not feeds:
                self._fed.clear()
                continue
            for feed in feeds:
                for frame in feed.frames():
                    await self._websocket.send_bytes(frame)
            await asyncio.sleep(1.0 / self.client.rate_hz)


ROUTERS = (router,)
