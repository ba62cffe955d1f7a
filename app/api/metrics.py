"""What Prometheus reads: figures that the station has anyway, written out when asked for; any thread."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from app.domain.mission import MissionState
from app.services.performance import Spread
from app.services.station import Station
from app.version import version

MEDIA_TYPE = CONTENT_TYPE_LATEST


def text(station: Station, clients: int, audit_waiting: int) -> bytes:
    """All metrics in Prometheus' text format; what is not known is left out."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(station, clients, audit_waiting))
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(self, station: Station, clients: int, audit_waiting: int) -> None:
        self._station = station
        self._clients = clients
        self._audit_waiting = audit_waiting

    def collect(self) -> Iterator[Metric]:
        yield from self._program()
        yield from self._times()
        yield from self._devices()

    def _program(self) -> Iterator[Metric]:
        station, host = self._station, self._station.performance.host()
        info = GaugeMetricFamily("kestrel_info", "Always 1.", labels=["version"])
        info.add_metric([version()], 1.0)
        yield info
        yield from _known(
            "kestrel_start_up_seconds", "Until the station could be used.", station.performance.start_up_s
        )
        yield _gauge("kestrel_clients", "WebSocket clients.", self._clients)
        waiting = GaugeMetricFamily("kestrel_waiting", "What waits to be stored.", labels=["queue"])
        waiting.add_metric(["recorder"], station.system.waiting)
        waiting.add_metric(["audit"], self._audit_waiting)
        yield waiting
        yield _gauge("kestrel_processor_percent", "Of one core, since the last look.", host.program_cpu_percent)
        yield _gauge("kestrel_memory_bytes", "Resident memory of the program.", host.program_memory_bytes)
        yield _gauge("kestrel_disk_free_bytes", "Room for the store.", station.system.info().disk_free_bytes)
        yield CounterMetricFamily("kestrel_faults", "Troubles told since the start.", station.system.fault_count)

    def _times(self) -> Iterator[Metric]:
        performance = self._station.performance
        asked = SummaryMetricFamily("kestrel_request_seconds", "Until an answer began.", labels=["method", "path"])
        failed = CounterMetricFamily("kestrel_request_errors", "Answers of 500 and above.", labels=["method", "path"])
        for one in performance.requests():
            _spread(asked, {"method": one.method, "path": one.path}, one.times)
            failed.add_metric([one.method, one.path], one.times.errors)
        yield asked
        yield failed
        level = SummaryMetricFamily("kestrel_level_delay_seconds", "From the last sample of a level until it was told.")
        _spread(level, {}, performance.levels())
        yield level
        frame = SummaryMetricFamily("kestrel_frame_seconds", "Between two frames of the window's waterfall.")
        _spread(frame, {}, performance.frames())
        yield frame

    def _devices(self) -> Iterator[Metric]:
        link, status = self._station.vehicle.link(), self._station.mission.status()
        yield _gauge("kestrel_link_connected", "1: the vehicle is heard.", float(link.connected))
        if link.connected:
            latency_s = link.latency_ms / 1e3 if link.latency_ms is not None else None
            yield from _known("kestrel_link_latency_seconds", "There and back over MAVLink.", latency_s)
            yield _gauge("kestrel_link_lost_percent", "MAVLink messages that never came.", link.lost_percent)
            yield _gauge("kestrel_link_messages_per_second", "MAVLink messages.", link.received_per_s)
        lost = self._station.performance.lost_samples
        yield GaugeMetricFamily("kestrel_lost_samples", "Samples lost since the receiver was opened.", lost)
        yield _gauge(
            "kestrel_gate_open", "1: nothing stands against a motion.", float(self._station.safety.gate().open)
        )
        state = GaugeMetricFamily("kestrel_mission_state", "1 for the state it is in.", labels=["state"])
        for one in MissionState:
            state.add_metric([one.value], float(one is status.state))
        yield state


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value)


def _known(name: str, text: str, value: float | None) -> Iterator[Metric]:
    if value is not None:
        yield _gauge(name, text, value)


def _spread(family: Metric, labels: dict[str, str], times: Spread) -> None:
    for quantile, value in (("0.5", times.p50_s), ("0.95", times.p95_s), ("0.99", times.p99_s)):
        if value is not None:
            family.add_sample(family.name, labels | {"quantile": quantile}, value)
    family.add_sample(f"{family.name}_count", labels, times.count)
    family.add_sample(f"{family.name}_sum", labels, times.total_s)
