"""What is listened to: a mode of demodulation at a frequency; values, any thread."""

from dataclasses import dataclass
from enum import StrEnum

AUDIO_HZ = 16_000  # rate of all sound: one channel


class AudioMode(StrEnum):
    """How a signal becomes sound; ``level`` is a tone whose pitch follows the signal's strength."""

    AM = "am"
    NFM = "nfm"
    USB = "usb"
    LSB = "lsb"
    CW = "cw"
    LEVEL = "level"


USUAL_HZ = {
    AudioMode.AM: 8_000.0,
    AudioMode.NFM: 12_500.0,
    AudioMode.USB: 2_700.0,
    AudioMode.LSB: 2_700.0,
    AudioMode.CW: 500.0,
    AudioMode.LEVEL: 4_000.0,
}
LOWEST_SQUELCH_DB, HIGHEST_SQUELCH_DB = -10.0, 60.0
LOWEST_WIDTH_HZ, HIGHEST_WIDTH_HZ = 100.0, 50_000.0


@dataclass(frozen=True, slots=True)
class Vfo:
    """One VFO in the receiver's passband. ``squelch_db`` is the SNR below which there is silence; None: never."""

    mode: AudioMode
    frequency_hz: float
    bandwidth_hz: float
    squelch_db: float | None = None


@dataclass(frozen=True, slots=True)
class AudioState:
    """What is listened to now, None when nothing is; ``problem`` says why there is no sound nevertheless."""

    time_s: float
    listening: Vfo | None
    problem: str = ""
