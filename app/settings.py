"""One frozen tree of settings: defaults < YAML file < environment (KESTREL_RADIO__SOURCE=...) < command line."""

from pathlib import Path
from typing import Any, Literal

import yaml
from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from app.domain.antenna import AntennaSetup, NamedAntenna
from app.domain.areas import sound
from app.domain.calibration import Calibration
from app.domain.estimate import StrategyName
from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind, DirectSampling, FrontEnd, SpectrumSetup, Window
from app.domain.safety import SafetyLimits
from app.errors import SettingsError


class ReceiverProfile(BaseModel, frozen=True, extra="forbid"):
    """One receiver with its antenna, as it is set up and calibrated; kept under a name, or part of the settings."""

    source: str = Field(
        "", max_length=500, description="rtl_tcp://host:port, rtlsdr:0, soapy:driver=…, file:PATH; empty: none"
    )
    rate_hz: float = Field(240_000.0, ge=1_000.0, le=20e6, description="Sample rate, Hz")
    gain_db: float | None = Field(None, ge=-10.0, le=100.0, description="Tuner gain; empty: set by the station, dB")
    ppm: int = Field(0, ge=-200, le=200, description="Correction of the receiver's crystal, parts per million")
    agc: bool = Field(False, description="AGC of the demodulator; levels are not comparable while it is on")
    bias_tee: bool = Field(False, description="Power for an amplifier on the antenna's cable")
    direct_sampling: DirectSampling = Field(DirectSampling.OFF, description="Converter input for short wave: i or q")
    offset_tuning: bool = Field(False, description="Tuner beside the centre, against its own line there (E4000)")
    correct_dc: bool = Field(False, description="Take the receiver's own line at the centre away")
    correct_iq: bool = Field(False, description="Take mirror images away, which a receiver with two mixers makes")
    antenna: str = Field("", max_length=80, description="What is connected to it, in words; written into recordings")
    pattern: NamedAntenna | None = Field(None, description="What it hears in which direction; empty: locate.antenna")
    device: str = Field("", max_length=200, description="What answered when it was kept; another one is told of")
    calibration: Calibration | None = Field(None, description="What its levels are in dBm, by `kestrel calibrate`")

    @property
    def front_end(self) -> FrontEnd:
        """The receiver's switches."""
        return FrontEnd(
            self.ppm,
            self.agc,
            self.bias_tee,
            self.direct_sampling,
            self.offset_tuning,
            self.correct_dc,
            self.correct_iq,
        )


class RadioSettings(ReceiverProfile, frozen=True, extra="forbid"):
    centre_hz: float = Field(0.0, ge=0.0, le=6e9, description="Centre frequency; 0: beside the first target, Hz")
    profile: str = Field("", max_length=60, description="Name under which receiver and calibration are kept")
    bins: int = Field(2048, ge=256, le=65_536, description="Bins of the spectrum, a power of two")
    window: Window = Field(Window.HANN, description="Window of the spectrum")
    averaging: int = Field(1, ge=1, le=1000, description="Spectrum rows of which the one shown is the average")
    rows_per_s: float = Field(30.0, ge=1.0, le=100.0, description="Spectrum rows a second")
    simulated: bool = Field(False, description="Label everything heard as simulation, whatever the device says")

    @property
    def spectrum(self) -> SpectrumSetup:
        """How the spectrum is computed."""
        return SpectrumSetup(self.bins, self.window, self.averaging)

    def with_profile(self, name: str, profile: ReceiverProfile) -> "RadioSettings":
        """These with another receiver."""
        named = {field: getattr(profile, field) for field in ReceiverProfile.model_fields}
        return self.model_copy(update=named | {"profile": name})


class ForwardSettings(BaseModel, frozen=True, extra="forbid"):
    """Another ground station, QGroundControl for example, that shares the vehicle through this one."""

    url: str = Field(description="udpout:host:port, udpin:, tcpin:, tcp: as for the vehicle's link")
    relay: Literal["listen", "ask", "command"] = Field(
        "listen", description="What it may say: nothing; what changes nothing; everything, past this station's gate"
    )


class VehicleSettings(BaseModel, frozen=True, extra="forbid"):
    link: str = Field(
        "", description="udpin:host:port, udpout:, tcp:, tcpin:, serial:DEVICE:BAUD, tlog:PATH; empty: none"
    )
    links: tuple[str, ...] = Field(
        (), max_length=7, description="Further addresses, open beside it: other vehicles, or a second way to the same"
    )
    system_id: int = Field(255, ge=1, le=255, description="MAVLink system id of this station")
    telemetry_hz: float = Field(10.0, ge=1.0, le=50.0, description="Rate asked for position and attitude, Hz")
    forward: tuple[ForwardSettings, ...] = Field((), max_length=8, description="Other ground stations")
    goto_mps: float = Field(5.0, ge=0.5, le=20.0, description="Ground speed to a place clicked on the map, m/s")
    signing_key: SecretStr = Field(
        SecretStr(""), description="Passphrase or 64 hex digits; what is sent is signed, what is not signed is dropped"
    )
    allow_unsigned: bool = Field(False, description="Take messages without a signature although there is a key")


class TargetSettings(BaseModel, frozen=True, extra="forbid"):
    """The target a new project begins with."""

    name: str = Field("Beacon", min_length=1, max_length=80)
    kind: BeaconKind = BeaconKind.CARRIER
    frequency_hz: float = Field(433.92e6, gt=0.0, le=6e9, description="Nominal frequency, Hz")
    bandwidth_hz: float = Field(4_000.0, ge=50.0, le=5e6, description="Channel it is looked for in, Hz")
    period_s: float = Field(0.0, ge=0.0, le=600.0, description="Period of pulses or bursts, s; 0: find a tag's")
    pulse_s: float = Field(0.015, ge=0.001, le=10.0, description="Length of one pulse or burst, s")
    mortality_period_s: float = Field(0.0, ge=0.0, le=600.0, description="Period of a tag in mortality, s; 0: none")


class SearchSettings(BaseModel, frozen=True, extra="forbid"):
    pattern: Literal[
        "parallel", "creeping_line", "expanding_square", "sector", "track_line", "contour", "spiral", "free"
    ] = "parallel"
    width_m: float = Field(600.0, ge=20.0, le=20_000.0, description="Extent of the area across the first leg, m")
    length_m: float = Field(600.0, ge=20.0, le=20_000.0, description="Extent along the first leg, m")
    heading_deg: float = Field(0.0, ge=0.0, lt=360.0, description="Direction of the first leg, true")
    spacing_m: float = Field(150.0, ge=5.0, le=5_000.0, description="Track spacing, m")
    height_m: float = Field(40.0, ge=5.0, le=500.0, description="Height above home, m")
    speed_mps: float = Field(5.0, ge=0.5, le=20.0, description="Ground speed, m/s")
    sweep_width_m: float = Field(300.0, ge=1.0, le=20_000.0, description="Sweep width W, for the coverage factor, m")
    outline: tuple[LatLon, ...] = Field((), description="Corners of the area; none: a rectangle round the origin")
    line: tuple[LatLon, ...] = Field(
        (), max_length=20_000, description="The line of track_line, the places of a free pattern"
    )
    into_wind: bool = Field(False, description="First leg into the wind, not along heading_deg")
    wind_mps: float = Field(0.0, ge=0.0, le=40.0, description="Wind for which the time is reckoned, m/s")
    wind_from_deg: float = Field(0.0, ge=0.0, lt=360.0, description="Where the wind comes from, true")
    airspeed_mps: float = Field(12.0, ge=1.0, le=60.0, description="Greatest airspeed of the vehicle, m/s")

    @field_validator("outline")
    @classmethod
    def _simple(cls, outline: tuple[LatLon, ...]) -> tuple[LatLon, ...]:
        return sound(outline, "The outline of the search area") if outline else outline


class MissionSettings(BaseModel, frozen=True, extra="forbid"):
    trigger_db: float = Field(12.0, ge=3.0, le=60.0, description="SNR that turns a search into a detection, dB")
    drop_db: float = Field(6.0, ge=0.0, le=57.0, description="SNR below which the signal is lost, dB")
    debounce_s: float = Field(0.3, ge=0.0, le=30.0, description="How long the trigger must be held, s")
    loss_s: float = Field(10.0, ge=1.0, le=600.0, description="How long a signal may be lost, s")
    detecting_s: float = Field(60.0, ge=5.0, le=3600.0, description="Longest wait for activation, s")
    closed_s: float = Field(3.0, ge=0.5, le=60.0, description="Longest closed gate in flight before braking, s")
    link_s: float = Field(10.0, ge=3.0, le=300.0, description="Longest link loss before the mission ends, s")
    homing_s: float = Field(900.0, ge=10.0, le=7200.0, description="Longest homing, s")
    homing_height_m: float = Field(
        25.0, ge=5.0, le=500.0, description="Height above home while homing, where the search was higher, m"
    )
    goal_radius_m: float = Field(
        15.0, ge=1.0, le=500.0, description="90 % radius at which the beacon counts as found, m"
    )
    strategy: StrategyName = "informed"
    turn_directions: int = Field(8, ge=4, le=36, description="In which homing by bearings listens on each turn")
    bearing_leg_m: float = Field(150.0, ge=20.0, le=1000.0, description="Longest way between two turns, m")


class LocateSettings(BaseModel, frozen=True, extra="forbid"):
    exponent: float = Field(2.3, ge=1.5, le=5.0, description="Prior mean of the path-loss exponent")
    exponent_sd: float = Field(0.4, ge=0.0, le=1.5, description="Prior standard deviation of the exponent")
    sigma_db: float = Field(4.0, ge=0.5, le=15.0, description="Standard deviation of shadowing, dB")
    correlation_m: float = Field(10.0, ge=0.0, le=500.0, description="Distance over which shadowing is alike, m")
    antenna: NamedAntenna = Field(AntennaSetup(), description="Where the receiver's profile tells none")
    beacon_height_m: float = Field(0.0, ge=-100.0, le=1000.0, description="Height of the beacon above home, m")


class StoreSettings(BaseModel, frozen=True, extra="forbid"):
    directory: Path = Field(default_factory=lambda: user_data_path("kestrel"), description="Folder of the projects")
    url: SecretStr = Field(
        SecretStr(""), description="postgresql://user:password@host/name, or ...///name?host=/socket; empty: SQLite"
    )
    keep_deleted_days: float = Field(
        90.0, ge=0.0, le=36_500.0, description="How long a deleted project stays out of reach of a purge, days"
    )
    slow_query_s: float = Field(1.0, ge=0.001, le=600.0, description="A query that takes longer is logged, s")


class RecordingSettings(BaseModel, frozen=True, extra="forbid"):
    """Recordings of samples; they lie in ``recordings`` beside the store."""

    before_s: float = Field(10.0, ge=0.0, le=600.0, description="What was just received and can still be saved, s")
    memory_mb: float = Field(128.0, ge=8.0, le=8_000.0, description="Most memory for that, MB")
    on_detection: Literal["off", "targets", "all"] = Field("off", description="Record by itself what is detected")
    after_s: float = Field(
        5.0, ge=0.0, le=600.0, description="How long after the last detection it goes on, at least 6, s"
    )
    least_free_gb: float = Field(2.0, ge=0.05, le=10_000.0, description="Recording ends when less is free, GB")
    budget_gb: float = Field(0.0, ge=0.0, le=1e6, description="Most for all recordings together; 0: no limit, GB")
    warn_s: float = Field(300.0, ge=0.0, le=86_400.0, description="Warn when there is room for less than that, s")


class JobSettings(BaseModel, frozen=True, extra="forbid"):
    """Work in processes of their own, so that nothing the operator looks at waits for it."""

    processes: int = Field(2, ge=1, le=64, description="How many run at once on this computer")
    scheduler: str = Field(
        "", max_length=500, description="Address of a Dask cluster, tcp://host:8786, for what takes long; empty: here"
    )


class ApiSettings(BaseModel, frozen=True, extra="forbid"):
    host: str = Field("127.0.0.1", description="Address the API listens on")
    port: int = Field(8137, ge=0, le=65_535, description="Port of the API; 0: any free one")
    tls: Literal["auto", "on"] = Field(
        "auto", description="Encrypt: auto, where others than this computer can reach it"
    )
    announce: bool = Field(True, description="Where others can reach it: tell the network by multicast DNS")
    certificate: Path | None = Field(None, description="PEM file; empty: the station makes its own")
    key: Path | None = Field(None, description="PEM file of the certificate's key, without a password")
    webhook_hosts: tuple[str, ...] = Field(
        (), max_length=50, description="Hosts in private networks that webhooks may lead to"
    )
    slow_request_s: float = Field(1.0, ge=0.01, le=600.0, description="A request that takes longer is logged, s")


class Settings(BaseSettings):
    """The whole tree. Each room receives its own section."""

    model_config = SettingsConfigDict(
        env_prefix="KESTREL_", env_nested_delimiter="__", frozen=True, extra="forbid", validate_default=True
    )

    speed: float = Field(1.0, ge=0.01, le=100.0, description="Rate of the station's clock; above 1 for simulation only")
    radio: RadioSettings = RadioSettings()
    vehicle: VehicleSettings = VehicleSettings()
    target: TargetSettings = TargetSettings()
    search: SearchSettings = SearchSettings()
    mission: MissionSettings = MissionSettings()
    locate: LocateSettings = LocateSettings()
    safety: SafetyLimits = SafetyLimits()
    store: StoreSettings = StoreSettings()
    recording: RecordingSettings = RecordingSettings()
    jobs: JobSettings = JobSettings()
    api: ApiSettings = ApiSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """``load`` merges file, environment and command line itself, so that the last one wins."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def settings_path() -> Path:
    """Where the settings file of this user lies."""
    return user_config_path("kestrel") / "settings.yaml"


def load(path: Path | None = None, overrides: dict[str, Any] | None = None) -> Settings:
    """Read the settings; ``overrides`` is a nested dict from the command line.

    Without ``path`` the user's own file is read when it is there. Raises ``SettingsError`` that names the file and the
    field at fault.
    """
    file = path or settings_path()
    values = _read(file) if path is not None or file.exists() else {}
    values = _merge(values, EnvSettingsSource(Settings)())
    try:
        return Settings(**_merge(values, overrides or {}))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        given = _holds(overrides or {}, first["loc"])
        cure = "Correct the option" if given else f"Correct it in {file}, or delete the line"
        raise SettingsError(f"Setting {field!r}: {first['msg']}. {cure}.") from error


def _holds(values: Any, loc: tuple[int | str, ...]) -> bool:
    """Whether the field is among these; below a value that is no section it is."""
    return not loc or not isinstance(values, dict) or (loc[0] in values and _holds(values[loc[0]], loc[1:]))


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"The settings file {file} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"The settings file {file} is not YAML: {error}. Correct it, or move it away.") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError(f"The settings file {file} must hold named sections such as 'radio:'.")
    return content


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Both dicts in one, ``above`` winning, section by section."""
    both = dict(below)
    for name, value in above.items():
        nested = isinstance(value, dict) and isinstance(both.get(name), dict)
        both[name] = _merge(both[name], value) if nested else value
    return both
