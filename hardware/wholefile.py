"""A whole file read once from its begin to its end, as fast as it goes: IQ in any form, or sound; any thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import OutOfRange
from app.ports import Block, EndOfRecording
from app.settings import RadioSettings
from hardware.playback import PlaybackOptions, PlaybackReceiver
from hardware.recordings import find_recording
from hardware.sounds import around_quarter, is_sound, read_sound

SOUND_PAUSE_S = 0.02  # modulation in a sound has pauses of its own
PAUSE_SAMPLES = 16


@dataclass(frozen=True, slots=True)
class WholeFile:
    """Blocks of samples with the centre frequency of each, and what is known of them before the first is read."""

    rate_hz: float
    samples: int
    pause_s: float  # up to which a burst in it is not over
    blocks: Iterator[tuple[Block, float]]


def whole_file(path: Path, datatype: str = "", rate_hz: float = 0.0, centre_hz: float = 0.0) -> WholeFile:
    """Raises ``BadFile``, and ``OutOfRange`` for a rate that cannot be or is not known; 0: as the file says.

    A sound's samples are those around a quarter of its rate: frequencies in it are those that are heard.
    """
    if not (0.0 <= rate_hz <= 1e9 and 0.0 <= centre_hz <= 1e12):
        raise OutOfRange(f"A rate of {rate_hz:g} Hz around {centre_hz:g} Hz cannot be.")
    if not datatype and is_sound(path):
        sound = read_sound(path)
        heard = ((block, sound.rate_hz / 4.0) for block in around_quarter(sound))
        return WholeFile(sound.rate_hz / 2.0, sound.samples.size // 2, SOUND_PAUSE_S, heard)
    recording = find_recording(path, datatype)
    rate_hz = told_rate_hz(path, datatype, rate_hz)
    options = PlaybackOptions(path, rate_hz, centre_hz, datatype, speed=0.0)
    blocks = _played(PlaybackReceiver(options, RadioSettings()), centre_hz)
    return WholeFile(rate_hz, recording.samples, PAUSE_SAMPLES / rate_hz, blocks)


def told_rate_hz(path: Path, datatype: str, given_hz: float) -> float:
    """The rate that was given (0: none), else the file's. Raises ``BadFile``, and ``OutOfRange`` when neither is."""
    rate_hz = given_hz or find_recording(path, datatype).rate_hz
    if not rate_hz:
        raise OutOfRange(f"{path} does not say its sample rate. Say --rate-hz, for example --rate-hz 2400000.")
    return rate_hz


def _played(receiver: PlaybackReceiver, centre_hz: float) -> Iterator[tuple[Block, float]]:
    info = receiver.open()
    try:
        while True:
            block = receiver.read(1.0)
            if block is not None:
                yield block, centre_hz or (block.taken.centre_hz if block.taken else info.centre_hz)
    except EndOfRecording:
        return
    finally:
        receiver.close()
