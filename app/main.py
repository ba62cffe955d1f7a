"""Composition root: builds, wires, starts and undoes in reverse; the only place that constructs rooms."""

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from app.api.server import ApiServer
from app.bus import Bus
from app.clock import Clock
from app.domain.access import OPERATOR
from app.exchange.keys import KeyStore, system_ring
from app.exchange.profiles import PROFILES
from app.logbook import keep
from app.ports import Receiver
from app.ring import SpectrumRing
from app.safety import SafetyGate
from app.services.accounts import AccountService
from app.services.bearings import BearingService
from app.services.control import ControlService
from app.services.estimate import EstimateService
from app.services.fleet import FleetService
from app.services.homing import HomingService
from app.services.insights import InsightService
from app.services.job_keeper import JobKeeper
from app.services.job_kinds import JobKinds
from app.services.jobs import JobService
from app.services.mission import MissionService
from app.services.performance import PerformanceService
from app.services.profiles import ProfileService
from app.services.projects import ProjectService
from app.services.radio import RadioService
from app.services.reach import ReachService
from app.services.recording_keeper import RecordingKeeper
from app.services.recordings import RecordingService
from app.services.replay import ReplayService
from app.services.safety import SafetyService
from app.services.search import SearchService
from app.services.sessions import SessionService
from app.services.sound import SoundService
from app.services.station import Access, Station, Study
from app.services.system import SystemService
from app.services.target_keeper import TargetKeeper
from app.services.targets import TargetService
from app.services.tlog_keeper import TlogKeeper
from app.services.transfers import TransferService
from app.services.upkeep import UpkeepService
from app.services.vehicle import VehicleService
from app.services.webhooks import WebhookService
from app.settings import RadioSettings, Settings, StoreSettings
from app.store import Store, make_store
from app.store.accounts import AccountStore
from app.worker import Worker
from app.workers.bearings import BearingWorker
from app.workers.cluster import DaskPool
from app.workers.jobs import JobWorker
from app.workers.link import LinkWorker
from app.workers.locator import LocatorWorker
from app.workers.mission import MissionWorker
from app.workers.overload import OverloadTeller
from app.workers.pool import LocalPool
from app.workers.receiver import ReceiverWorker
from app.workers.recorder import RecorderWorker
from app.workers.samplerecorder import RECORDINGS, SampleRecorderWorker, make_tape
from hardware.discovery import find_receivers
from hardware.receivers import receiver_for
from hardware.wholefile import whole_file
from hardware.wires import wire_for

log = logging.getLogger(__name__)
LOGS = "logs"  # folder beside the store


def start(settings: Settings, undo: ExitStack) -> Station:
    """Build and start the station; ``undo`` stops it, the last started first.

    Devices that are not there do not keep it from starting: their workers try again and say what is wrong. So does the
    recorder, which opens the store.
    """
    clock, bus, ring = Clock(settings.speed), Bus(), SpectrumRing(settings.radio.bins)
    performance, store = PerformanceService(clock, bus), _store(settings.store, undo)
    logbook, gate = keep(bus, settings.store.directory / LOGS, undo), SafetyGate(settings.safety, clock, bus)
    crew = _crew(settings, store, gate, ring, clock, bus)
    recorder, link, mission, samples = crew.recorder, crew.link, crew.mission, crew.samples
    study, jobs = _study(settings, store, crew, clock, bus)
    station = Station(
        settings=settings,
        clock=clock,
        bus=bus,
        radio=RadioService(crew.receiver, ring, bus, find_receivers),
        profiles=ProfileService(crew.receiver, settings.store.directory / PROFILES),
        sound=SoundService(crew.receiver),
        targets=_targets(settings, store, recorder, bus),
        vehicle=VehicleService(link, bus),
        fleet=FleetService(link.selection),
        replay=ReplayService(link.player),
        transfers=TransferService(link),
        search=SearchService(mission, settings.search),
        homing=HomingService(mission),
        safety=SafetyService(mission, gate),
        mission=MissionService(mission),
        estimate=EstimateService(crew.locator, bus),
        bearings=BearingService(crew.bearings, clock, bus),
        projects=ProjectService(store, recorder, bus),
        recordings=RecordingService(samples, store, recorder, crew.receiver, bus),
        system=SystemService(store, recorder, logbook, clock, bus),
        performance=performance,
        upkeep=UpkeepService(store, recorder, samples.folder, settings.store.keep_deleted_days, bus),
        webhooks=WebhookService(settings.store.directory, clock, bus),
        study=study,
        access=_access(settings, clock, bus, undo),
    )
    _keep(settings, store, crew, bus)
    _run((recorder, jobs, crew.locator, link, crew.bearings, mission, samples, crew.receiver), undo)
    return station


@dataclass(frozen=True, slots=True)
class _Crew:
    """The workers."""

    recorder: RecorderWorker
    locator: LocatorWorker
    bearings: BearingWorker
    link: LinkWorker
    mission: MissionWorker
    receiver: ReceiverWorker
    samples: SampleRecorderWorker


def _crew(settings: Settings, store: Store, gate: SafetyGate, ring: SpectrumRing, clock: Clock, bus: Bus) -> _Crew:
    link = LinkWorker(settings.vehicle, partial(wire_for, clock=clock), gate, clock, bus, _kept_keys(settings))
    tape = make_tape(settings.recording, clock)
    return _Crew(
        recorder=RecorderWorker(store, ring, clock, bus),
        locator=LocatorWorker(settings.locate, settings.mission, settings.safety, clock, bus),
        bearings=BearingWorker(settings.locate.antenna, settings.vehicle.goto_mps, link, gate, clock, bus),
        link=link,
        mission=MissionWorker(settings.mission, settings.search, settings.safety, link, gate, clock, bus),
        receiver=ReceiverWorker(settings.radio, partial(_receiver, clock_rate=clock.rate), ring, tape, clock, bus),
        samples=SampleRecorderWorker(settings.recording, settings.store.directory / RECORDINGS, tape, clock, bus),
    )


def _store(settings: StoreSettings, undo: ExitStack) -> Store:
    store = make_store(settings)
    undo.callback(store.close)
    return store


def _targets(settings: Settings, store: Store, recorder: RecorderWorker, bus: Bus) -> TargetService:
    targets = TargetService(bus, settings.target)
    TargetKeeper(store, recorder, targets, bus)
    return targets


def _keep(settings: Settings, store: Store, crew: _Crew, bus: Bus) -> None:
    """Subscribers that live as long as the bus: they keep what is recorded and logged, and tell of overloads."""
    RecordingKeeper(store, crew.samples.folder, crew.recorder, bus)
    TlogKeeper(crew.link, settings.store.directory, bus)
    OverloadTeller(bus)


def _study(settings: Settings, store: Store, crew: _Crew, clock: Clock, bus: Bus) -> tuple[Study, JobWorker]:
    recorder = crew.recorder
    kinds = JobKinds(store, settings.store, settings.locate, recorder, crew.samples.folder, whole_file)
    cluster = DaskPool(settings.jobs.scheduler) if settings.jobs.scheduler else None
    worker = JobWorker(kinds.prepare, LocalPool(settings.jobs.processes), cluster, clock, bus)
    JobKeeper(store, recorder, worker, bus)
    insights = InsightService(store, settings.search.sweep_width_m)
    return Study(JobService(store, recorder, worker, kinds, bus), insights), worker


def _access(settings: Settings, clock: Clock, bus: Bus, undo: ExitStack) -> Access:
    people = AccountStore(settings.store.directory)
    undo.callback(people.close)
    accounts = AccountService(people)
    return Access(accounts, SessionService(people, accounts), ControlService(bus, clock, OPERATOR), ReachService())


def _run(workers: Iterable[Worker], undo: ExitStack) -> None:
    for worker in workers:
        worker.start()
        undo.callback(worker.stop)
    log.info("station started")


def _kept_keys(settings: Settings) -> Callable[[str], str]:
    """The signing keys kept for links, by their address."""
    return KeyStore(settings.store.directory, system_ring).key


def _receiver(radio: RadioSettings, clock_rate: float) -> Receiver:
    return receiver_for(radio.source, radio, clock_rate)


@dataclass(frozen=True, slots=True)
class Link:
    """The link alone; ``heard`` is set once a vehicle's heartbeat has come."""

    vehicle: VehicleService
    transfers: TransferService
    heard: threading.Event


def start_link(settings: Settings, undo: ExitStack) -> Link:
    """The link to the vehicle without radio, store and API, for verbs that only talk to it; ``undo`` stops it."""
    clock, bus, heard = Clock(settings.speed), Bus(), threading.Event()
    gate = SafetyGate(settings.safety, clock, bus)
    worker = LinkWorker(settings.vehicle, partial(wire_for, clock=clock), gate, clock, bus, _kept_keys(settings))
    bus.vehicle.subscribe(lambda state: heard.set() if state.connected else None)
    link = Link(VehicleService(worker, bus), TransferService(worker), heard)
    worker.start()
    undo.callback(worker.stop)
    return link


def serve(station: Station, undo: ExitStack) -> ApiServer:
    """Start the API beside the station. Raises ``AppError`` when its port is taken."""
    server = ApiServer(station, station.settings.api, station.settings.store.directory)
    server.start()
    undo.callback(server.stop)
    station.performance.usable()
    return server
