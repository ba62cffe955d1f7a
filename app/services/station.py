"""The station's services in one bundle, given to the window, the API and the command line; a value, any thread."""

from dataclasses import dataclass

from app.bus import Bus
from app.clock import Clock
from app.services.accounts import AccountService
from app.services.bearings import BearingService
from app.services.control import ControlService
from app.services.estimate import EstimateService
from app.services.fleet import FleetService
from app.services.homing import HomingService
from app.services.insights import InsightService
from app.services.jobs import JobService
from app.services.mission import MissionService
from app.services.performance import PerformanceService
from app.services.profiles import ProfileService
from app.services.projects import ProjectService
from app.services.radio import RadioService
from app.services.reach import ReachService
from app.services.recordings import RecordingService
from app.services.replay import ReplayService
from app.services.safety import SafetyService
from app.services.search import SearchService
from app.services.sessions import SessionService
from app.services.sound import SoundService
from app.services.system import SystemService
from app.services.targets import TargetService
from app.services.transfers import TransferService
from app.services.upkeep import UpkeepService
from app.services.vehicle import VehicleService
from app.services.webhooks import WebhookService
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in, who is in, and who has control."""

    accounts: AccountService
    sessions: SessionService
    control: ControlService
    reach: ReachService


@dataclass(frozen=True, slots=True)
class Study:
    """What is done with what was flown."""

    jobs: JobService
    insights: InsightService


@dataclass(frozen=True, slots=True)
class Station:
    """Everything a face of the station may touch: it never sees a worker, the store or hardware."""

    settings: Settings
    clock: Clock
    bus: Bus
    radio: RadioService
    profiles: ProfileService
    sound: SoundService
    targets: TargetService
    vehicle: VehicleService
    fleet: FleetService
    replay: ReplayService
    transfers: TransferService
    search: SearchService
    homing: HomingService
    safety: SafetyService
    mission: MissionService
    estimate: EstimateService
    bearings: BearingService
    projects: ProjectService
    recordings: RecordingService
    system: SystemService
    performance: PerformanceService
    upkeep: UpkeepService
    webhooks: WebhookService
    study: Study
    access: Access

    @property
    def accounts(self) -> AccountService:
        return self.access.accounts

    @property
    def sessions(self) -> SessionService:
        return self.access.sessions

    @property
    def control(self) -> ControlService:
        return self.access.control

    @property
    def jobs(self) -> JobService:
        return self.study.jobs

    @property
    def reach(self) -> ReachService:
        return self.access.reach

    @property
    def insights(self) -> InsightService:
        return self.study.insights
