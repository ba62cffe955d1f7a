"""The radio on the wire."""

from pydantic import Field

from app.api.schemas.base import Wire
from app.domain.antenna import AntennaSetup
from app.domain.audio import HIGHEST_SQUELCH_DB, HIGHEST_WIDTH_HZ, LOWEST_SQUELCH_DB, LOWEST_WIDTH_HZ, AudioMode
from app.domain.radio import BeaconKind, DirectSampling, Window
from app.settings import ReceiverProfile


class FrontEndIn(Wire):
    """The receiver's switches, and what the station corrects; what is left out is at rest."""

    ppm: int = Field(0, ge=-200, le=200, description="Correction of the crystal, parts per million", examples=[12])
    agc: bool = Field(False, description="AGC of the demodulator; levels are not comparable while it is on")
    bias_tee: bool = Field(False, description="Power for an amplifier on the antenna's cable")
    direct_sampling: DirectSampling = Field(DirectSampling.OFF, description="Converter input for short wave")
    offset_tuning: bool = Field(False, description="Tuner beside the centre, against its own line there")
    correct_dc: bool = Field(False, description="Take the line at the centre away")
    correct_iq: bool = Field(False, description="Take mirror images away")


class SpectrumIn(Wire):
    """How the spectrum is computed."""

    bins: int = Field(2048, ge=256, le=65_536, description="A power of two", examples=[4096])
    window: Window = Window.HANN
    averaging: int = Field(1, ge=1, le=1000, description="Rows of which the one shown is the average", examples=[8])


class SpectrumOut(Wire):
    """The spectrum as it is now, dBFS per bin, lowest frequency first."""

    time_s: float = Field(description="UTC, s since 1970", examples=[1760000000.0])
    centre_hz: float = Field(examples=[433.86e6])
    rate_hz: float = Field(examples=[240_000.0])
    mean_dbfs: list[float] = Field(examples=[[-88.0, -87.5]])
    peak_dbfs: list[float] = Field(description="Highest since held anew", examples=[[-70.0, -71.5]])
    lowest_dbfs: list[float] = Field(examples=[[-95.0, -94.0]])
    floor_dbfs: list[float] | None = Field(description="Noise; null in a tuning's first moments", examples=[[-90.0]])
    dbm_offset_db: float | None = Field(description="Added to these gives dBm; null: not calibrated", examples=[-40.4])


class FoundReceiverOut(Wire):
    """A receiver that is plugged into the station's computer."""

    source: str = Field(description="Address to connect to", examples=["rtlsdr:serial=00000001"])
    name: str = Field(examples=["RTLSDRBlog Blog V4"])
    serial: str = Field(description="Empty when it has none", examples=["00000001"])


class RadioStateOut(Wire):
    """What the receiver is doing."""

    time_s: float = Field(description="UTC, s since 1970", examples=[1760000000.0])
    source: str = Field(description="URL as given by the operator", examples=["rtl_tcp://127.0.0.1:1234"])
    device: str = Field(description="What answered there", examples=["R820T"])
    connected: bool
    simulated: bool
    centre_hz: float = Field(examples=[433.86e6])
    rate_hz: float = Field(description="Sample rate", examples=[240_000.0])
    gain_db: float = Field(description="Nominal gain in force", examples=[28.0])
    auto_gain: bool
    gains_db: list[float] = Field(description="Steps the tuner offers", examples=[[0.0, 14.4, 28.0, 49.6]])
    samples: int = Field(description="Received since open", examples=[2_400_000])
    lost_samples: int = Field(description="Missing by the sample count since open", examples=[0])
    overload: bool
    problem: str = Field(description="Why it is not connected, and what to do", examples=[""])
    front_end: FrontEndIn
    switches: list[str] = Field(description="Fields of front_end that this receiver has", examples=[["ppm", "agc"]])
    spectrum: SpectrumIn
    profile: str = Field(description="Under which the receiver is kept; empty: none", examples=["Roof"])
    antenna: str = Field(description="What is connected to it, in words", examples=["Yagi, 3 elements"])
    pattern: AntennaSetup | None = Field(description="What it hears in which direction; null: as in the settings")
    dbm_offset_db: float | None = Field(description="Added to dBFS gives dBm; null: not known", examples=[-40.4])
    uncalibrated: str = Field(description="Why it is not known", examples=["This receiver was never calibrated"])


class ProfileOut(Wire):
    """A receiver kept under a name."""

    name: str = Field(examples=["Roof"])
    profile: ReceiverProfile | None = Field(description="null: its file cannot be used")
    problem: str = Field(description="Why not, and what to do", examples=[""])


class ProfileIn(Wire):
    """The receiver as it is set up now is kept."""

    antenna: str | None = Field(None, max_length=80, description="null: the one known", examples=["Yagi, 3 elements"])


class ToneIn(Wire):
    """A tone of known level that comes in now."""

    level_dbm: float = Field(ge=-150.0, le=150.0, description="At the antenna's socket", examples=[-60.0])
    frequency_hz: float = Field(gt=0.0, le=6e9, examples=[433.92e6])


class TuneIn(Wire):
    centre_hz: float = Field(gt=0.0, le=6e9, description="Centre frequency, Hz", examples=[433.86e6])


class GainIn(Wire):
    gain_db: float | None = Field(ge=-10.0, le=100.0, description="dB; null: set by the station", examples=[28.0])


class SourceIn(Wire):
    source: str = Field(max_length=500, description="Receiver's URL", examples=["rtl_tcp://127.0.0.1:1234"])


class AudioIn(Wire):
    """What is to be made sound of."""

    mode: AudioMode = Field(description="level: a tone whose pitch follows the signal's strength", examples=["am"])
    frequency_hz: float = Field(gt=0.0, le=6e9, examples=[121.5e6])
    bandwidth_hz: float | None = Field(
        None, ge=LOWEST_WIDTH_HZ, le=HIGHEST_WIDTH_HZ, description="null: usual for the mode", examples=[8_000.0]
    )
    squelch_db: float | None = Field(
        None,
        ge=LOWEST_SQUELCH_DB,
        le=HIGHEST_SQUELCH_DB,
        description="Least SNR that is heard; null: all",
        examples=[6.0],
    )


class ListeningOut(Wire):
    mode: AudioMode
    frequency_hz: float = Field(examples=[121.5e6])
    bandwidth_hz: float = Field(examples=[8_000.0])
    squelch_db: float | None = Field(examples=[6.0])


class AudioOut(Wire):
    """What is listened to."""

    time_s: float = Field(description="Of the last change, UTC, s", examples=[1760000000.0])
    listening: ListeningOut | None = Field(description="null: nothing")
    problem: str = Field(description="Why there is no sound nevertheless", examples=[""])


class LevelOut(Wire):
    """Power in one target's bandwidth over one slice of samples."""

    time_s: float = Field(description="Middle of the slice, UTC, s", examples=[1760000000.0])
    duration_s: float = Field(examples=[0.1])
    target_id: str = Field(examples=["beacon"])
    frequency_hz: float = Field(description="Of the strongest line", examples=[433.92e6])
    power_dbfs: float = Field(examples=[-41.5])
    power_db: float = Field(description="dBFS less gain; an upper bound when not heard", examples=[-69.5])
    noise_dbfs: float = Field(examples=[-62.0])
    snr_db: float = Field(examples=[20.5])
    heard: bool
    overload: bool
    power_dbm: float | None = Field(description="power_dbfs at the antenna; null: not calibrated", examples=[-81.9])


class ReadingOut(Wire):
    """A level with the vehicle's pose at its own time."""

    level: LevelOut
    lat_deg: float = Field(examples=[47.3977])
    lon_deg: float = Field(examples=[8.5456])
    height_m: float = Field(description="Above home", examples=[40.0])
    heading_deg: float = Field(description="True", examples=[270.0])
    roll_deg: float = Field(examples=[0.0])
    pitch_deg: float = Field(examples=[-2.0])


class DetectionOut(Wire):
    """Something in the spectrum that a detector takes for a signal, with its reason."""

    time_s: float = Field(description="Of its start, UTC, s", examples=[1760000000.0])
    duration_s: float = Field(examples=[0.3])
    target_id: str = Field(description="Empty when it belongs to no target", examples=["beacon"])
    kind: BeaconKind
    frequency_hz: float = Field(examples=[433.92e6])
    bandwidth_hz: float = Field(examples=[120.0])
    power_dbfs: float = Field(examples=[-41.5])
    snr_db: float = Field(examples=[20.5])
    confirmed: bool = Field(description="Timing or contents say it is this kind of beacon, not energy alone")
    text: str = Field(description="Why it was taken for one", examples=["Line 20 dB above the noise for 0.3 s"])
    power_dbm: float | None = Field(description="null: not calibrated", examples=[-81.9])


class FieldOut(Wire):
    """One field of a 406 MHz message."""

    bits: str = Field(description="As the standard numbers them", examples=["41-60"])
    name: str = Field(examples=["MMSI"])
    value: str = Field(examples=["257506153"])


class DecodedOut(Wire):
    """What a burst of a 406 MHz beacon said."""

    time_s: float = Field(description="Of its start, UTC, s", examples=[1760000000.0])
    target_id: str = Field(description="Empty when it belongs to no target", examples=["beacon"])
    kind: BeaconKind
    frequency_hz: float = Field(examples=[406.0251e6])
    cn0_dbhz: float = Field(description="Carrier over noise density, dBHz", examples=[41.5])
    id_hex: str = Field(description="15 digits, second generation 23", examples=["2024F72524FFBFF"])
    country_code: int = Field(description="Maritime identification digits", examples=[257])
    country: str = Field(examples=["Norway"])
    protocol: str = Field(examples=["Standard location: EPIRB, MMSI"])
    beacon: str = Field(examples=["EPIRB"])
    test: bool = Field(description="A self-test or a test protocol: nobody is in distress")
    lat_deg: float | None = Field(description="Null: the beacon gave no position", examples=[43.7322])
    lon_deg: float | None = Field(examples=[0.9644])
    resolution_deg: float = Field(description="Step in which the position is given", examples=[0.00111])
    ok: bool = Field(description="Every code's bits can be believed")
    verdict: str = Field(description="Of the error-correcting codes", examples=["BCH-1 ok, BCH-2 ok"])
    corrected_bits: int = Field(examples=[0])
    message_hex: str = Field(examples=["90127B92922BC022FF103504422535"])
    fields: list[FieldOut]


class TargetReportOut(Wire):
    """What was heard of one target over the last stretch of time, also when it was nothing."""

    time_s: float = Field(description="Its end, UTC, s", examples=[1760000000.0])
    duration_s: float = Field(examples=[10.0])
    target_id: str = Field(examples=["beacon"])
    heard: bool
    heard_s: float | None = Field(description="End of what was last heard; null: never", examples=[1759999998.0])
    snr_db: float | None = Field(description="Then", examples=[11.5])
    audible_dbfs: float | None = Field(description="Weakest level that would have been heard", examples=[-88.0])
    text: str = Field(
        description="What was heard, why it was rejected, or that it was nothing",
        examples=["Fox: nothing heard; -88 dBFS would have been"],
    )
    audible_dbm: float | None = Field(description="audible_dbfs in dBm; null: not calibrated", examples=[-128.4])


class TargetIn(Wire):
    """A beacon to look for."""

    name: str = Field(min_length=1, max_length=80, examples=["Beacon"])
    kind: BeaconKind = BeaconKind.CARRIER
    frequency_hz: float = Field(gt=0.0, le=6e9, examples=[433.92e6])
    bandwidth_hz: float = Field(4_000.0, ge=50.0, le=5e6, description="Channel it is looked for in")
    period_s: float = Field(0.0, ge=0.0, le=600.0, description="Period of pulses or bursts; 0: find a tag's")
    pulse_s: float = Field(0.015, ge=0.001, le=10.0, description="Length of one pulse or burst")
    mortality_period_s: float = Field(0.0, ge=0.0, le=600.0, description="Period of a tag in mortality; 0: none")


class TargetOut(Wire):
    """A named beacon that is looked for."""

    id: str = Field(examples=["beacon"])
    name: str = Field(examples=["Beacon"])
    kind: BeaconKind
    frequency_hz: float = Field(examples=[433.92e6])
    bandwidth_hz: float = Field(examples=[4_000.0])
    period_s: float = Field(examples=[1.0])
    pulse_s: float = Field(examples=[0.015])
    mortality_period_s: float = Field(description="0: none, or not known", examples=[0.0])


class TargetsOut(Wire):
    """All targets, and the one that is homed on."""

    all: list[TargetOut]
    selected_id: str = Field(description="Empty when there is none", examples=["beacon"])
