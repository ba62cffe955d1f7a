"""Webhooks as they are kept: added, listed, removed, with the secret that each message is signed with; any thread."""

import secrets
import threading
import time
from base64 import b64encode
from collections import deque
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from app.bus import Bus
from app.clock import Clock
from app.domain.vehicle import CommandRecord, Outcome
from app.domain.webhook import Delivery, Webhook
from app.errors import NotFound, OutOfRange
from app.exchange.secretfile import SecretFile

FILE_NAME = "webhooks.json"
MOST = 20
LONGEST_URL = 500
KEPT = 200  # deliveries
SECRET_BEGIN = "whsec_"  # noqa: S105 - how secrets of the Standard Webhooks specification begin
EVENTS = ("detections", "decoded", "transitions", "commands", "flights", "recorded", "faults")


class WebhookService:
    """Kept in a file of its owner's beside the store. Raises ``StoreError`` when that cannot be read or written."""

    def __init__(self, folder: Path, clock: Clock, bus: Bus) -> None:
        self._file = SecretFile(folder / FILE_NAME, "Delete it and add the webhooks again.")
        self._clock, self._bus = clock, bus
        self._lock = threading.Lock()
        self._held: dict[str, tuple[Webhook, str]] | None = None
        self._deliveries: dict[str, Delivery] = {}
        self._order: deque[str] = deque()

    def webhooks(self) -> list[Webhook]:
        with self._lock:
            return [hook for hook, _ in self._read().values()]

    def add(self, url: str, events: tuple[str, ...], actor: str) -> tuple[Webhook, str]:
        """A new one and its secret, which is told this once. Raises ``OutOfRange``."""
        _check(url, events)
        hook = Webhook(secrets.token_hex(4), url, tuple(dict.fromkeys(events)), time.time())
        secret = SECRET_BEGIN + b64encode(secrets.token_bytes(24)).decode()
        with self._lock:
            held = self._read()
            if len(held) >= MOST:
                raise OutOfRange(f"There are {MOST} webhooks already; remove one first.")
            self._write(held | {hook.id: (hook, secret)})
        self._record(actor, "add_webhook", f"{hook.id} {_place(url)}")
        return hook, secret

    def remove(self, webhook_id: str, actor: str) -> None:
        """Raises ``NotFound``."""
        with self._lock:
            held = self._read()
            if webhook_id not in held:
                raise NotFound(f"There is no webhook {webhook_id!r}.")
            self._write({known: kept for known, kept in held.items() if known != webhook_id})
        self._record(actor, "remove_webhook", webhook_id)

    def deliveries(self) -> list[Delivery]:
        """The last 200, oldest first."""
        with self._lock:
            return [self._deliveries[one] for one in self._order]

    def wanting(self, event: str) -> list[tuple[Webhook, str]]:
        """The webhooks that are to be told of ``event``, with their secrets."""
        with self._lock:
            return [(hook, secret) for hook, secret in self._read().values() if event in hook.events]

    def note(self, delivery: Delivery) -> None:
        """How a delivery went; a later try takes the place of the one before."""
        with self._lock:
            if delivery.id not in self._deliveries:
                self._order.append(delivery.id)
                if len(self._order) > KEPT:
                    del self._deliveries[self._order.popleft()]
            self._deliveries[delivery.id] = delivery

    def _read(self) -> dict[str, tuple[Webhook, str]]:
        if self._held is None:
            try:
                self._held = {
                    known: (Webhook(known, kept["url"], tuple(kept["events"]), kept["created_s"]), kept["secret"])
                    for known, kept in self._file.read().items()
                }
            except (KeyError, TypeError) as error:
                raise self._file.damaged() from error
        return self._held

    def _write(self, held: dict[str, tuple[Webhook, str]]) -> None:
        self._file.write({known: asdict(hook) | {"secret": secret} for known, (hook, secret) in held.items()})
        self._held = held

    def _record(self, actor: str, verb: str, arguments: str) -> None:
        self._bus.command.publish(CommandRecord(self._clock.now_s(), actor, verb, arguments, Outcome.ASKED))


def _place(url: str) -> str:
    """Where a URL leads, without what it may hold in secrets."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"


def _check(url: str, events: tuple[str, ...]) -> None:
    """Raises ``OutOfRange``."""
    unknown = [event for event in events if event not in EVENTS]
    if unknown or not events:
        raise OutOfRange(f"{unknown[0] if unknown else 'Nothing'} cannot be told; choose of {', '.join(EVENTS)}.")
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and url.isascii()
    except ValueError:
        sound = False
    if not sound or parts.username is not None or len(url) > LONGEST_URL or any(mark <= " " for mark in url):
        raise OutOfRange("A webhook's address is http://HOST/... or https://HOST/..., without a password in it.")
