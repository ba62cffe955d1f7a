"""What the simulated world is made of; values, any thread."""

import math
from dataclasses import dataclass, field

import numpy as np
from pydantic import TypeAdapter

from app.domain.antenna import AntennaSetup, NamedAntenna
from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.radio import BeaconKind
from app.errors import SettingsError

KINDS = (BeaconKind.CARRIER, BeaconKind.PULSED, BeaconKind.SWEPT, BeaconKind.SARSAT1)
BURST_S = 0.52  # of a long message, C/S T.001
_HOME = LatLon(47.3977419, 8.5455938)
AUTOPILOTS = ("ardupilot", "px4")


@dataclass(frozen=True, slots=True)
class Emitter:
    """One transmitter on the ground.

    ``range_m`` sets its power: at this slant distance, without shadowing and with an omni antenna, its SNR while it
    sends is 12 dB in 4 kHz.
    """

    position: LatLon
    kind: BeaconKind = BeaconKind.CARRIER
    frequency_hz: float = 433.92e6
    range_m: float = 300.0
    period_s: float = 1.0  # of pulses; of bursts for sarsat1 (50 s on the air)
    pulse_s: float = 0.015
    height_m: float = 0.0  # above home
    encode_position: bool = False  # sarsat1: the beacon has a GNSS receiver and says where it is


@dataclass(frozen=True, slots=True)
class SimConfig:
    """The whole world. The same values give the same world, second by simulated second."""

    seed: int = 1
    speed: float = 1.0  # simulated seconds in a true one
    home: LatLon = _HOME
    home_altitude_m: float = 488.0  # above mean sea level
    # the beacon
    kind: BeaconKind = BeaconKind.CARRIER
    beacon: LatLon | None = None  # None: drawn from the seed, nearest_m ... farthest_m from home
    nearest_m: float = 250.0
    farthest_m: float = 500.0
    frequency_hz: float = 433.92e6
    range_m: float = 300.0
    period_s: float = 0.0  # 0: usual for the kind (pulsed 1 s, sarsat1 50 s)
    pulse_s: float = 0.015
    encode_position: bool = False
    others: tuple[Emitter, ...] = ()
    # the air between
    exponent: float = 2.2
    sigma_db: float = 4.0
    correlation_m: float = 10.0
    antenna: NamedAntenna = field(default_factory=AntennaSetup)
    oscillator_hz: float = 150.0  # standard deviation of each beacon's frequency error
    # the vehicle
    autopilot: str = "ardupilot"  # or px4
    ready_s: float = 8.0  # until the pre-arm checks pass
    wind_mps: float = 3.0
    wind_from_deg: float = 270.0
    gust_mps: float = 0.7  # standard deviation
    gps_sigma_m: float = 0.6
    battery_mah: float = 5200.0
    battery_percent: float = 100.0
    # the wires
    host: str = "127.0.0.1"
    mavlink_port: int = 0  # TCP server; 0: any free one
    mavlink_udp: str = ""  # host:port of a station that listens; empty: no UDP
    rtl_port: int = 0
    rate_hz: float = 240_000.0  # until the client asks for another, as with rtl_tcp -s
    packet_loss: float = 0.0  # share of MAVLink frames lost each way
    latency_s: float = 0.0  # simulated seconds each way
    baud: int = 0  # of the radio to the vehicle, each way, in simulated time; 0: without limit
    signing_key: str = ""  # passphrase or 64 hex digits; then only signed messages are obeyed
    boot_text: bool = True  # the first bytes to the first TCP client are not MAVLink

    def __post_init__(self) -> None:
        _require(0.01 <= self.speed <= 100.0, "speed", "0.01 ... 100")
        _require(self.kind in KINDS, "kind", ", ".join(KINDS))
        _require(all(other.kind in KINDS for other in self.others), "others.kind", ", ".join(KINDS))
        _require(self.autopilot in AUTOPILOTS, "autopilot", ", ".join(AUTOPILOTS))
        _require(0.0 < self.nearest_m <= self.farthest_m, "nearest_m", "above 0, up to farthest_m")
        _require(0.0 <= self.packet_loss < 1.0, "packet_loss", "0 ... 1")
        _require(self.baud == 0 or self.baud >= 1200, "baud", "0, or 1200 and more")
        _require(self.mavlink_udp == "" or self.mavlink_udp.rpartition(":")[2].isdigit(), "mavlink_udp", "host:port")
        _require(self.correlation_m > 0.0, "correlation_m", "above 0")

    def emitters(self) -> tuple[Emitter, ...]:
        """The beacon first, then the others."""
        usual_s = 50.0 if self.kind is BeaconKind.SARSAT1 else 1.0
        beacon = Emitter(
            position=self.beacon or self._drawn(),
            kind=self.kind,
            frequency_hz=self.frequency_hz,
            range_m=self.range_m,
            period_s=self.period_s or usual_s,
            pulse_s=BURST_S if self.kind is BeaconKind.SARSAT1 else self.pulse_s,
            encode_position=self.encode_position,
        )
        return (beacon, *self.others)

    def _drawn(self) -> LatLon:
        random = np.random.default_rng((self.seed, 0xBEAC0))
        distance_m = random.uniform(self.nearest_m, self.farthest_m)
        bearing = random.uniform(0.0, math.tau)
        point = EastNorth(distance_m * math.sin(bearing), distance_m * math.cos(bearing))
        return LocalPlane(self.home).to_globe(point)

    def to_json(self) -> str:
        """As one line, for ``from_json`` in another process."""
        return _ADAPTER.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "SimConfig":
        """Raises ``pydantic.ValidationError`` or ``SettingsError`` for what is no world; fields left out default."""
        return _ADAPTER.validate_json(text)


def _require(fits: bool, name: str, allowed: str) -> None:
    if not fits:
        raise SettingsError(f"Simulation setting {name!r} must be {allowed}.")


_ADAPTER = TypeAdapter(SimConfig)
