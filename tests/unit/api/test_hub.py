import asyncio
import json
import threading
from typing import Any

from app.api.hub import CAPACITY, TOPICS, Client, Hub
from app.bus import Bus
from app.domain.mission import MissionState, Transition
from tests.unit.api.facts import telemetry


def _read(messages: list[bytes]) -> list[dict[str, Any]]:
    return [json.loads(message) for message in messages]


def _transition(number: int) -> Transition:
    return Transition(float(number), MissionState.IDLE, MissionState.SEARCHING, str(number), "api")


def _joined(hub: Hub, *topics: str, rate_hz: float = 10.0) -> Client:
    client = Client()
    client.topics = frozenset(topics)
    client.rate_hz = rate_hz
    hub.join(client)
    hub.count_wanted()
    return client


def test_every_topic_of_the_bus_has_a_name() -> None:
    assert {attribute for attribute, _ in TOPICS.values()} == set(vars(Bus()))


def test_facts_of_any_thread_reach_those_who_asked_in_order() -> None:
    async def run() -> list[dict[str, Any]]:
        bus = Bus()
        hub = Hub(bus)
        hub.open()
        wanting, other = _joined(hub, "transitions"), _joined(hub, "faults")

        def publish() -> None:
            for number in range(20):
                bus.transition.publish(_transition(number))

        thread = threading.Thread(target=publish)
        thread.start()
        got: list[dict[str, Any]] = []
        while len(got) < 20:
            got += _read(await asyncio.wait_for(wanting.take(), 5))
        thread.join()
        hub.close()
        assert not other._events
        return got

    got = asyncio.run(run())
    assert [message["data"]["reason"] for message in got] == [str(number) for number in range(20)]
    assert [message["seq"] for message in got] == list(range(1, 21))
    assert {message["topic"] for message in got} == {"transitions"}


def test_of_current_values_only_the_newest_is_sent() -> None:
    async def run() -> list[dict[str, Any]]:
        bus = Bus()
        hub = Hub(bus)
        hub.open()
        client = _joined(hub, "telemetry")
        for second in range(50):
            bus.telemetry.publish(telemetry(float(second)))
        got = _read(await asyncio.wait_for(client.take(), 5))
        hub.close()
        return got

    (message,) = asyncio.run(run())
    assert message["data"]["time_s"] == 49.0


def test_current_values_keep_to_the_rate_asked_for() -> None:
    async def run() -> float:
        client = Client()
        client.topics, client.rate_hz = frozenset({"telemetry"}), 20.0
        loop = asyncio.get_running_loop()
        client.offer("telemetry", "", b"{}")
        await client.take()
        start_s = loop.time()
        client.offer("telemetry", "", b"{}")
        await asyncio.wait_for(client.take(), 5)
        return loop.time() - start_s

    assert asyncio.run(run()) >= 0.045


def test_a_slow_client_loses_the_oldest_and_is_told_how_many() -> None:
    async def run() -> list[dict[str, Any]]:
        client = Client()
        client.topics = frozenset({"transitions"})
        for number in range(CAPACITY + 30):
            client.offer("transitions", None, b"%d" % number)
        return _read(await client.take())

    told, first, *_, last = asyncio.run(run())
    assert (told["topic"], told["data"]) == ("dropped", {"count": 30})
    assert first["data"] == 30
    assert last["data"] == CAPACITY + 29
    assert last["seq"] == CAPACITY + 31  # the dropped ones and the message about them count


def test_each_fact_is_encoded_once_for_all(monkeypatch: Any) -> None:
    encoded: list[Any] = []

    def counted(fact: Any) -> bytes:
        encoded.append(fact)
        return b"{}"

    monkeypatch.setattr("app.api.hub.encode", counted)

    async def run() -> None:
        bus = Bus()
        hub = Hub(bus)
        hub.open()
        clients = [_joined(hub, "transitions") for _ in range(5)]
        bus.transition.publish(_transition(1))
        bus.telemetry.publish(telemetry())  # wanted by nobody
        for client in clients:
            await asyncio.wait_for(client.take(), 5)
        hub.close()

    asyncio.run(run())
    assert len(encoded) == 1


def test_a_closed_hub_takes_nothing() -> None:
    bus = Bus()

    async def run() -> None:
        hub = Hub(bus)
        hub.open()
        _joined(hub, "telemetry")
        hub.close()
        hub.close()

    asyncio.run(run())
    bus.telemetry.publish(telemetry())
