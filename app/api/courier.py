"""Tells webhooks what happens: signed, tried again, and never an address that they have no business with.

Messages follow the Standard Webhooks specification (standardwebhooks.com): ``webhook-signature`` is the HMAC-SHA256 of
id, time and body under the secret that the receiver was told. The server's thread.
"""

import asyncio
import hashlib
import hmac
import ipaddress
import logging
import secrets
import socket
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

import httpcore

from app.api.encoding import encode
from app.api.hub import TOPICS
from app.bus import Bus, Topic
from app.domain.webhook import Delivery, Webhook
from app.errors import StoreError
from app.services.webhooks import EVENTS, SECRET_BEGIN, WebhookService
from app.version import version

log = logging.getLogger(__name__)
PAUSES_S = (5.0, 30.0, 120.0, 600.0)  # between tries
ANSWER_S = 10.0
MOST_AT_ONCE = 200  # deliveries under way; what comes beyond is not told, and said so
NAT64, NAT64_LOCAL = ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48")  # RFC 6052, 8215
GOOD, GONE = range(200, 300), 410  # a receiver that is gone is not tried again


class Courier:
    """Opened and closed with the server; ``trusted`` are the hosts that may lie in this computer's own network."""

    def __init__(
        self, webhooks: WebhookService, bus: Bus, trusted: Collection[str], pauses_s: tuple[float, ...] = PAUSES_S
    ) -> None:
        self._webhooks, self._bus, self._pauses_s = webhooks, bus, pauses_s
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=8, network_backend=_Careful({host.lower() for host in trusted})
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._leave: list[Callable[[], None]] = []

    def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        for event in EVENTS:
            topic: Topic[Any] = getattr(self._bus, TOPICS[event][0])
            self._leave.append(topic.subscribe(partial(self._hand_over, event)))

    async def finish(self) -> None:
        """Until all that was handed over so far is delivered or given up."""
        await asyncio.sleep(0)  # what came from other threads
        await asyncio.gather(*self._under_way)

    async def close(self) -> None:
        """What is not delivered yet is told of as lost."""
        self._loop = None
        for leave in self._leave:
            leave()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._pool.aclose()

    def _hand_over(self, event: str, fact: Any) -> None:
        """In the publisher's thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._tell, event, fact)

    def _tell(self, event: str, fact: Any) -> None:
        try:
            wanting = self._webhooks.wanting(event)
        except StoreError as error:
            log.warning("webhooks: %s", error)
            return
        for hook, secret in wanting:
            if len(self._under_way) >= MOST_AT_ONCE:
                log.warning("webhook %s is not told of %s: %d messages wait already", hook.id, event, MOST_AT_ONCE)
                continue
            body = b'{"type":"%b","timestamp":%f,"data":%b}' % (event.encode(), time.time(), encode(fact))
            task = asyncio.create_task(self._deliver(hook, secret, event, body))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _deliver(self, hook: Webhook, secret: str, event: str, body: bytes) -> None:
        message_id = f"msg_{secrets.token_hex(12)}"
        for tries, pause_s in enumerate((*self._pauses_s, None), 1):
            status, trouble = await self._try(hook, message_id, secret, body)
            good, last = status in GOOD, pause_s is None or status == GONE
            again = "" if good or last else f"; tried again in {pause_s:.0f} s"
            told = Delivery(message_id, hook.id, event, time.time(), tries, status, good, trouble + again)
            self._webhooks.note(told)
            if good or last or pause_s is None:
                break
            await asyncio.sleep(pause_s)
        if not good:
            log.warning("webhook %s was not told of %s: %s", hook.id, event, trouble)

    async def _try(self, hook: Webhook, message_id: str, secret: str, body: bytes) -> tuple[int | None, str]:
        """The answer's status, or None, and what went wrong."""
        headers = signed(message_id, round(time.time()), body, secret)
        headers |= {"content-type": "application/json", "user-agent": f"Kestrel/{version()}"}
        try:
            async with (
                asyncio.timeout(ANSWER_S),
                self._pool.stream("POST", hook.url, headers=headers, content=body) as answer,
            ):
                status = answer.status  # what else it says is not read: it might never end
        except TimeoutError:
            return None, f"no answer within {ANSWER_S:.0f} s"
        except (OSError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            return None, str(error) or type(error).__name__
        return status, "" if status in GOOD else f"answered {status}"


def signed(message_id: str, time_s: int, body: bytes, secret: str) -> dict[bytes | str, bytes | str]:
    """The headers of the Standard Webhooks specification."""
    key = b64decode(secret.removeprefix(SECRET_BEGIN))
    digest = hmac.digest(key, b"%b.%d.%b" % (message_id.encode(), time_s, body), hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(time_s),
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }


class _Careful(httpcore.AnyIOBackend):
    """Connects to the address that was looked at, so that a name cannot mean another one a moment later."""

    def __init__(self, trusted: set[str]) -> None:
        self._trusted = trusted

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise httpcore.ConnectError(f"{host} is not known: {error.strerror}") from error
        address = str(found[0][4][0])
        if host.lower() not in self._trusted and not public(address):
            raise httpcore.ConnectError(
                f"{host} lies in a private network ({address}); name it in the setting api.webhook_hosts to allow that"
            )
        return await super().connect_tcp(address, port, timeout, local_address, socket_options)


def public(address: str) -> bool:
    """Whether an address is of the Internet at large: not this computer, its networks, or a cloud's own service."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found in NAT64:
            found = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        else:
            found = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None) or found
    return found.is_global and not found.is_multicast and found not in NAT64_LOCAL
