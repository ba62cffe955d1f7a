"""From the bus to every WebSocket client: each fact encoded once; the server's thread.

Only what ``Hub._subscriber`` returns runs in the publishers' threads; it does no more than wake the loop.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from app.api.encoding import encode
from app.bus import Bus, Topic

CAPACITY = 500  # facts waiting for one client

# name for clients -> (attribute of the bus, what tells two current values apart; None: every fact is an event)
Key = Callable[[Any], str]


def _only(_fact: Any) -> str:
    return ""


def _target(fact: Any) -> str:
    return str(fact.target_id)


def _number(fact: Any) -> str:
    return str(fact.id)


TOPICS: dict[str, tuple[str, Key | None]] = {
    "state": ("mission", _only),
    "transitions": ("transition", None),
    "gate": ("gate", _only),
    "control": ("control", _only),
    "limits": ("limits", _only),
    "plan": ("plan", _only),
    "telemetry": ("telemetry", _only),
    "vehicle": ("vehicle", _only),
    "link": ("link", _only),
    "messages": ("message", None),
    "commands": ("command", None),
    "radio": ("radio", _only),
    "audio": ("audio", _only),
    "levels": ("level", _target),
    "readings": ("reading", None),
    "detections": ("detection", None),
    "decoded": ("decoded", None),
    "reports": ("report", _target),
    "targets": ("targets", _only),
    "estimate": ("estimate", _target),
    "advice": ("advice", _target),
    "bearings": ("bearing", None),
    "project": ("project", _only),
    "flights": ("flight", None),
    "recording": ("recording", _only),
    "recorded": ("recorded", None),
    "jobs": ("job", _number),
    "faults": ("fault", None),
    "log": ("log", None),
}


class Client:
    """What waits to be sent to one WebSocket.

    Of current values (telemetry, state, ...) only the newest waits, sent at most ``rate_hz`` times a second. Events
    (readings, transitions, ...) wait in order and are sent at once; when more than ``CAPACITY`` wait, the oldest are
    dropped, the next message says how many, and ``seq`` skips them.
    """

    def __init__(self) -> None:
        self.topics: frozenset[str] = frozenset()
        self.rate_hz = 10.0
        self._events: deque[tuple[str, bytes]] = deque()
        self._current: dict[tuple[str, str], bytes] = {}
        self._wake = asyncio.Event()
        self._due_s = 0.0
        self._seq = 0
        self._dropped = 0

    def offer(self, topic: str, key: str | None, data: bytes) -> None:
        if topic not in self.topics:
            return
        if key is not None:
            self._current[topic, key] = data
        else:
            self.put(topic, data)
        self._wake.set()

    def put(self, topic: str, data: bytes) -> None:
        """Queue one message whatever the client subscribed to."""
        if len(self._events) >= CAPACITY:
            self._events.popleft()
            self._dropped += 1
        self._events.append((topic, data))
        self._wake.set()

    async def take(self) -> list[bytes]:
        """Wait until something may be sent; returns the messages in order, JSON."""
        loop = asyncio.get_running_loop()
        while True:
            now_s = loop.time()
            due = bool(self._current) and now_s >= self._due_s
            if self._events or due:
                return self._collect(now_s, due)
            self._wake.clear()
            if not self._current:
                await self._wake.wait()
                continue
            try:
                async with asyncio.timeout(self._due_s - now_s):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _collect(self, now_s: float, due: bool) -> list[bytes]:
        waiting = list(self._events)
        self._events.clear()
        if due:
            waiting += [(topic, data) for (topic, _), data in self._current.items()]
            self._current.clear()
            self._due_s = now_s + 1.0 / self.rate_hz
        messages = []
        if self._dropped:
            self._seq += self._dropped
            messages.append(self._message("dropped", b'{"count":%d}' % self._dropped))
            self._dropped = 0
        return messages + [self._message(topic, data) for topic, data in waiting]

    def _message(self, topic: str, data: bytes) -> bytes:
        self._seq += 1
        return b'{"seq":%d,"topic":"%b","data":%b}' % (self._seq, topic.encode(), data)


class Hub:
    """All clients; created, opened and closed in the event loop's thread."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._clients: set[Client] = set()
        self._wanted: frozenset[str] = frozenset()  # replaced whole, read by publishers' threads
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: list[Callable[[], None]] = []

    @property
    def clients(self) -> int:
        return len(self._clients)

    def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        for name, (attribute, key) in TOPICS.items():
            topic: Topic[Any] = getattr(self._bus, attribute)
            self._leave.append(topic.subscribe(self._subscriber(name, key)))

    def close(self) -> None:
        for leave in self._leave:
            leave()
        self._leave.clear()
        self._loop = None

    def join(self, client: Client) -> None:
        self._clients.add(client)

    def part(self, client: Client) -> None:
        self._clients.discard(client)
        self.count_wanted()

    def count_wanted(self) -> None:
        """To be called after a client's topics changed: what nobody wants is not even handed over."""
        self._wanted = frozenset[str]().union(*(client.topics for client in self._clients))

    def _subscriber(self, name: str, key: Key | None) -> Callable[[Any], None]:
        def hand_over(fact: Any) -> None:
            loop = self._loop
            if name in self._wanted and loop is not None and not loop.is_closed():
                loop.call_soon_threadsafe(self._spread, name, key, fact)

        return hand_over

    def _spread(self, name: str, key: Key | None, fact: Any) -> None:
        wanting = [client for client in self._clients if name in client.topics]
        if not wanting:
            return
        data = encode(fact)
        which = key(fact) if key is not None else None
        for client in wanting:
            client.offer(name, which, data)
