"""Facts of the radio: what is tuned, what is heard, how strong; values, any thread."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.domain.antenna import AntennaSetup


class BeaconKind(StrEnum):
    """What a beacon sends; the kind decides how its level is measured and how it is detected."""

    CARRIER = "carrier"
    PULSED = "pulsed"
    SWEPT = "swept"
    SARSAT1 = "sarsat1"
    SARSAT2 = "sarsat2"
    WIDEBAND = "wideband"


LONGEST_PERIOD_S = {BeaconKind.PULSED: 3.0, BeaconKind.SARSAT1: 50.0, BeaconKind.SARSAT2: 120.0}


class Window(StrEnum):
    """What a frame is weighted with before its transform: the finer its lines, the more a strong one leaks."""

    HANN = "hann"
    BLACKMAN_HARRIS = "blackman-harris"  # 92 dB down beside a line, and lines 1.3 times as wide
    FLAT_TOP = "flat top"  # reads a line's level to 0.01 dB wherever it lies, and lines 2.5 times as wide


@dataclass(frozen=True, slots=True)
class SpectrumSetup:
    """How the spectrum is computed."""

    bins: int = 2048  # a power of two, 256 ... 65536
    window: Window = Window.HANN
    averaging: int = 1  # rows of which the one shown is the average


@dataclass(frozen=True, slots=True, eq=False)
class SpectrumSnapshot:
    """The spectrum as it is now, dBFS per bin, lowest frequency first, each of shape (bins,)."""

    time_s: float
    centre_hz: float
    rate_hz: float
    mean_dbfs: NDArray[np.float32]
    peak_dbfs: NDArray[np.float32]  # highest since it was held anew
    lowest_dbfs: NDArray[np.float32]
    floor_dbfs: NDArray[np.float32] | None  # of the noise; None in the first moments of a tuning
    dbm_offset_db: float | None = None  # what makes dBm of these; None where no calibration holds


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
    period_s: float = 0.0  # of pulses or bursts; 0: not known, then a tag's is found; unused by continuous kinds
    pulse_s: float = 0.015  # length of one pulse or burst
    mortality_period_s: float = 0.0  # of a tag whose animal does not move any more; 0: has none, or not known

    @property
    def patience_s(self) -> float:
        """Time in which a pulse or burst must come: the period, or the longest that is usual for the kind."""
        return max(self.period_s, self.mortality_period_s) or LONGEST_PERIOD_S.get(self.kind, 1.0)


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
    spectrum: SpectrumSetup = SpectrumSetup()
    profile: str = ""  # name of the receiver's profile; empty: none is in use
    antenna: str = ""
    pattern: AntennaSetup | None = None  # what it hears in which direction, where the profile tells
    dbm_offset_db: float | None = None  # what makes dBm of dBFS around the centre; None: not known
    uncalibrated: str = "No receiver is connected"  # why it is not known; empty when it is


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
    power_dbm: float | None = None  # ``power_dbfs`` at the antenna's socket; None where no calibration holds


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
    power_dbm: float | None = None  # None where no calibration holds


@dataclass(frozen=True, slots=True)
class TargetReport:
    """What was heard of one target over the last stretch of time, also when it was nothing."""

    time_s: float  # its end
    duration_s: float
    target_id: str
    heard: bool
    heard_s: float | None  # end of what was last heard, in this stretch or before; None: never
    snr_db: float | None  # then
    audible_dbfs: float | None  # weakest level that would have been heard; None when energy was there all the time
    text: str  # what was heard, or why it was rejected, or that it was nothing
    audible_dbm: float | None = None  # ``audible_dbfs`` where a calibration holds
