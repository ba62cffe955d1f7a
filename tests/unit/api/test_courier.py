"""A receiver on this computer checks what it gets with the Standard Webhooks library, and answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Checker

from app.api.courier import Courier, public
from app.bus import Bus
from app.clock import Clock
from app.domain.fault import Fault
from app.services.webhooks import WebhookService

FAULT = Fault(1.0, "receiver", "The receiver was unplugged; plug it in again")


class Receiver:
    """Answers with one status after the other, the last again and again."""

    def __init__(self, statuses: Sequence[int]) -> None:
        self._statuses = list(statuses)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.came = asyncio.Event()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield int(server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in head[1:] if one)}
        self.got.append((headers, await reader.readexactly(int(headers["content-length"]))))
        status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        writer.write(b"HTTP/1.1 %d X\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n" % status)
        await writer.drain()
        writer.close()
        self.came.set()


async def _told(
    folder: Path, statuses: Sequence[int], trusted: Sequence[str] = ("127.0.0.1",)
) -> tuple[Receiver, str, WebhookService]:
    """Everything that came of one fault, once the delivery has ended."""
    bus, receiver = Bus(), Receiver(statuses)
    webhooks = WebhookService(folder, Clock(), bus)
    courier = Courier(webhooks, bus, trusted, pauses_s=(0.01, 0.01))
    courier.open()
    async with receiver.serving() as port:
        _, secret = webhooks.add(f"http://127.0.0.1:{port}/hook", ("faults",), "ann")
        await asyncio.to_thread(bus.fault.publish, FAULT)
        async with asyncio.timeout(20):
            await courier.finish()
        await courier.close()
    return receiver, secret, webhooks


def test_a_message_is_signed_as_the_standard_says(tmp_path: Path) -> None:
    receiver, secret, webhooks = asyncio.run(_told(tmp_path, [204]))
    headers, body = receiver.got[0]
    content = Checker(secret).verify(body, headers)
    assert (content["type"], content["data"]["text"]) == ("faults", FAULT.text)
    with pytest.raises(Exception, match="No matching signature"):
        Checker(secret).verify(body.replace(b"unplugged", b"plugged in"), headers)
    assert [(one.delivered, one.status, one.tries) for one in webhooks.deliveries()] == [(True, 204, 1)]


def test_it_is_tried_again_under_the_same_id(tmp_path: Path) -> None:
    receiver, _, webhooks = asyncio.run(_told(tmp_path, [500, 503, 200]))
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert [(one.delivered, one.tries) for one in webhooks.deliveries()] == [(True, 3)]


@pytest.mark.parametrize(("status", "tries"), [(500, 3), (410, 1), (302, 3)])
def test_in_the_end_it_is_given_up_and_no_redirection_is_followed(tmp_path: Path, status: int, tries: int) -> None:
    receiver, _, webhooks = asyncio.run(_told(tmp_path, [status]))
    told = webhooks.deliveries()[0]
    assert (told.delivered, told.status, told.tries, told.text) == (False, status, tries, f"answered {status}")
    assert len(receiver.got) == tries


def test_an_address_of_the_own_network_is_not_asked_unless_it_is_trusted(tmp_path: Path) -> None:
    receiver, _, webhooks = asyncio.run(_told(tmp_path, [204], trusted=()))
    assert receiver.got == []
    assert "api.webhook_hosts" in webhooks.deliveries()[0].text


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b:1::7f00:1", "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_what_is_not_public(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_what_is_public(address: str) -> None:
    assert public(address)
