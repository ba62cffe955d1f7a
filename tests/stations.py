"""A station of real services on real workers, with no radio and no vehicle: tests publish on its bus."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

from app.bus import Bus
from app.clock import Clock
from app.domain.access import OPERATOR
from app.errors import NotConnected
from app.exchange.profiles import PROFILES
from app.logbook import Logbook
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
from app.services.targets import TargetService
from app.services.transfers import TransferService
from app.services.upkeep import UpkeepService
from app.services.vehicle import VehicleService
from app.services.webhooks import WebhookService
from app.settings import Settings, StoreSettings
from app.store import open_store
from app.store.accounts import AccountStore
from app.worker import Worker
from app.workers.bearings import BearingWorker
from app.workers.jobs import JobWorker
from app.workers.link import LinkWorker
from app.workers.locator import LocatorWorker
from app.workers.mission import MissionWorker
from app.workers.pool import LocalPool
from app.workers.receiver import ReceiverWorker
from app.workers.recorder import RecorderWorker
from app.workers.samplerecorder import RECORDINGS, SampleRecorderWorker, make_tape
from hardware.wholefile import whole_file


@contextmanager
def quiet_station(folder: Path) -> Iterator[Station]:
    """Everything but hardware; workers are stopped and the store is closed at the end.

    Receiver, link and locator are made but not started, so that nothing but the test speaks on their topics; what is
    asked of them raises ``NotConnected``.
    """
    settings = Settings(store=StoreSettings(directory=folder))
    clock, bus, ring = Clock(), Bus(), SpectrumRing(settings.radio.bins)
    with ExitStack() as undo:
        store = open_store(settings.store)
        undo.callback(store.close)
        tape = make_tape(settings.recording, clock)
        receiver = ReceiverWorker(settings.radio, _nothing, ring, tape, clock, bus)
        gate = SafetyGate(settings.safety, clock, bus)
        link = LinkWorker(settings.vehicle, _nothing, gate, clock, bus)
        people = AccountStore(folder)
        undo.callback(people.close)
        accounts = AccountService(people)
        locator = LocatorWorker(settings.locate, settings.mission, settings.safety, clock, bus)
        samples = SampleRecorderWorker(settings.recording, folder / RECORDINGS, tape, clock, bus)
        recorder = RecorderWorker(store, ring, clock, bus)
        mission = MissionWorker(settings.mission, settings.search, settings.safety, link, gate, clock, bus)
        bearings = BearingWorker(settings.locate.antenna, settings.vehicle.goto_mps, link, gate, clock, bus)
        for silent in (receiver, link, locator):
            silent.stop()
        kinds = JobKinds(store, settings.store, settings.locate, recorder, samples.folder, whole_file)
        jobs = JobWorker(kinds.prepare, LocalPool(1), None, clock, bus)
        JobKeeper(store, recorder, jobs, bus)
        RecordingKeeper(store, samples.folder, recorder, bus)
        station = Station(
            settings=settings,
            clock=clock,
            bus=bus,
            radio=RadioService(receiver, ring, bus),
            profiles=ProfileService(receiver, folder / PROFILES),
            sound=SoundService(receiver),
            targets=TargetService(bus, settings.target),
            vehicle=VehicleService(link, bus),
            fleet=FleetService(link.selection),
            replay=ReplayService(link.player),
            transfers=TransferService(link),
            search=SearchService(mission, settings.search),
            homing=HomingService(mission),
            safety=SafetyService(mission, gate),
            mission=MissionService(mission),
            estimate=EstimateService(locator, bus),
            bearings=BearingService(bearings, clock, bus),
            projects=ProjectService(store, recorder, bus),
            recordings=RecordingService(samples, store, recorder, receiver, bus),
            system=SystemService(store, recorder, Logbook(bus), clock, bus),
            performance=PerformanceService(clock, bus),
            upkeep=UpkeepService(store, recorder, samples.folder, settings.store.keep_deleted_days, bus),
            webhooks=WebhookService(folder, clock, bus),
            study=Study(JobService(store, recorder, jobs, kinds, bus), InsightService(store, 300.0)),
            access=Access(
                accounts, SessionService(people, accounts), ControlService(bus, clock, OPERATOR), ReachService()
            ),
        )
        for worker in (recorder, jobs, samples, mission, bearings):
            _run(worker, undo)
        yield station


def _run(worker: Worker, undo: ExitStack) -> None:
    worker.start()
    undo.callback(worker.stop)


def _nothing(place: object) -> NoReturn:
    raise NotConnected(f"nothing at {place!r}")
