"""Facts of the radio: what is tuned, what is heard, how strong; values, any thread."""

from dataclasses import dataclass
from enum import StrEnum


class BeaconKind(StrEnum):
    """What a beacon sends; the kind decides how its level is measured and how it is detected."""

    CARRIER = "carrier"
    PULSED = "pulsed"
    SWEPT = "swept"
    SARSAT1 = "sarsat1"
    SARSAT2 = "sarsat2"
    WIDEBAND = "wideband"


class DirectSampling(StrEnum):
    """Whether the converter listens to the tuner, or to the antenna itself by one of its inputs (below some 25 MHz)."""

    OFF = "off"
    I = "i"  # noqa: E741 - that is what the input is called
    Q = "q"

    @property
    def input(self) -> int:
        """As RTL-SDR's own library counts them."""
        return ("off", "i", "q").index(self.value)


@dataclass(frozen=True, slots=True)
class FrontEnd:
    """The receiver's switches beside frequency, rate and gain; which of them it has is for it to say."""

    ppm: int = 0  # correction of its crystal, parts per million
    agc: bool = False  # of the demodulator, behind the tuner's gain
    bias_tee: bool = False  # power for an amplifier on the antenna's cable
    direct_sampling: DirectSampling = DirectSampling.OFF
    offset_tuning: bool = False
    correct_dc: bool = False  # by the station: takes the receiver's own line at the centre away
    correct_iq: bool = False  # by the station: takes mirror images away


@dataclass(frozen=True, slots=True)
class Target:
    """A named beacon that is looked for."""

    id: str
    name: str
    kind: BeaconKind
    frequency_hz: float
    bandwidth_hz: float = 4_000.0  # the channel it is looked for in: width and drift of the beacon together
    period_s: float = 1.0  # of pulses or bursts; unused by continuous kinds
    pulse_s: float = 0.015  # length of one pulse or burst


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets of the project in use, and the one that is homed on."""

    all: tuple[Target, ...]
    selected_id: str  # empty when there is none

    @property
    def selected(self) -> Target | None:
        return next((target for target in self.all if target.id == self.selected_id), None)


@dataclass(frozen=True, slots=True)
class RadioState:
    """What the receiver is doing; published on every change and once a second."""

    time_s: float
    source: str  # URL as given by the operator
    device: str  # what answered there
    connected: bool
    simulated: bool
    centre_hz: float
    rate_hz: float
    gain_db: float  # nominal gain in force
    auto_gain: bool
    gains_db: tuple[float, ...]  # steps the tuner offers, empty when it has none
    samples: int  # received since open
    lost_samples: int  # missing by the sample count since open
    overload: bool
    problem: str = ""  # why it is not connected, and what to do
    front_end: FrontEnd = FrontEnd()  # in force, or wanted where the receiver has no such switch
    switches: tuple[str, ...] = ()  # fields of ``front_end`` that this receiver has


@dataclass(frozen=True, slots=True)
class Level:
    """Power in one target's bandwidth over one slice of samples.

    ``power_db`` is dBFS less the tuner's gain, so that readings taken at different gains compare. When the target
    was not ``heard``, ``power_db`` is the level that would have been heard: an upper bound, not a measurement.
    """

    time_s: float  # middle of the slice, from the sample count
    duration_s: float
    target_id: str
    frequency_hz: float  # of the strongest line in the target's bandwidth
    power_dbfs: float
    power_db: float
    noise_dbfs: float  # noise power in the same bandwidth
    snr_db: float
    heard: bool
    overload: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A level with the vehicle's pose at its own time."""

    level: Level
    lat_deg: float
    lon_deg: float
    height_m: float  # above home
    heading_deg: float  # true
    roll_deg: float
    pitch_deg: float


@dataclass(frozen=True, slots=True)
class Detection:
    """Something in the spectrum that a detector takes for a signal, with its reason."""

    time_s: float  # of its start
    duration_s: float
    target_id: str  # empty when it belongs to no target
    kind: BeaconKind
    frequency_hz: float
    bandwidth_hz: float
    power_dbfs: float
    snr_db: float
    confirmed: bool  # timing or contents say it is this kind of beacon, not energy alone
    text: str  # why it was taken for one, in words
