"""``kestrel listen``: a signal in a recording as a sound file, without the station; the main thread."""

import wave
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from app.cli.options import JsonOption, say
from app.domain.audio import (
    AUDIO_HZ,
    HIGHEST_SQUELCH_DB,
    HIGHEST_WIDTH_HZ,
    LOWEST_SQUELCH_DB,
    LOWEST_WIDTH_HZ,
    USUAL_HZ,
    AudioMode,
    Vfo,
)
from app.domain.radio import BeaconKind, Target
from app.dsp.demod import Demodulator
from app.dsp.pipeline import Pipeline
from app.dsp.survey import check_places
from app.errors import BadFile, OutOfRange
from hardware.wholefile import WholeFile, whole_file

BINS = 2048

FileArgument = Annotated[Path, typer.Argument(help="SigMF, WAV (I and Q), cu8, cs8, ci16, cf32")]
OutArgument = Annotated[Path, typer.Argument(help="WAV file to write: 16-bit, one channel, 16 kHz")]


def add_to(commands: typer.Typer) -> None:
    commands.command()(listen)


def listen(
    file: FileArgument,
    out: OutArgument,
    frequency: Annotated[float, typer.Option("--frequency", help="Of the signal, Hz")],
    mode: Annotated[AudioMode, typer.Option(help="level: a tone whose pitch follows the strength")] = AudioMode.AM,
    bandwidth_hz: Annotated[float, typer.Option(help="0: usual for the mode")] = 0.0,
    squelch_db: Annotated[float | None, typer.Option(help="Least SNR that is heard")] = None,
    datatype: Annotated[str, typer.Option("--format", help="cu8, cs8, ci16, cf32")] = "",
    rate_hz: Annotated[float, typer.Option(help="Sample rate, where the file does not say it")] = 0.0,
    centre_hz: Annotated[float, typer.Option(help="Centre frequency, where the file does not say it")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Make a sound file of one signal in a recording: AM, NFM, USB, LSB, CW, or a tone for its level."""
    wanted = _wanted(mode, frequency, bandwidth_hz, squelch_db)
    _check_out(file, out)
    source = whole_file(file, datatype, rate_hz, centre_hz)
    parts = heard(source, wanted)
    first = next(parts)  # what cannot be heard is told before an older file is written over
    seconds = 0.0
    try:
        with out.open("wb") as file_of_sound, wave.open(file_of_sound, "wb") as sound:
            sound.setparams((1, 2, AUDIO_HZ, 0, "NONE", ""))
            for part in chain((first,), parts):
                sound.writeframes((part * 32767.0).astype("<i2").tobytes())
                seconds += part.size / AUDIO_HZ
    except OSError as error:
        raise BadFile(f"{out} cannot be written: {error.strerror or error}.") from error
    say({"file": out, "seconds": seconds}, as_json, lambda _: f"{seconds:.1f} s of sound in {out}")


def heard(source: WholeFile, wanted: Vfo) -> Iterator[NDArray[np.float32]]:
    """The sound, block by block. Raises ``OutOfRange`` when it is not in the recording."""
    place = Target("", "sound", BeaconKind.CARRIER, wanted.frequency_hz, wanted.bandwidth_hz)
    at_hz: float | None = None
    for block, centre_hz in source.blocks:
        if centre_hz != at_hz:
            check_places((place,), centre_hz, source.rate_hz)
            demodulator = Demodulator(source.rate_hz, wanted.frequency_hz - centre_hz, wanted)
            pipeline = Pipeline(centre_hz, source.rate_hz, 0.0, BINS, 10.0)
            at_hz = centre_hz
        step = max(round(0.05 * source.rate_hz), 1)  # as live: the squelch opens and closes so often
        for first in range(0, block.iq.size, step):
            part = block.iq[first : first + step]
            if wanted.squelch_db is not None or wanted.mode is AudioMode.LEVEL:
                for _ in pipeline.feed(part, overload=False, time_of=lambda sample: sample):
                    pass  # only the noise floor is wanted
            yield demodulator.feed(part, pipeline.noise_per_hz(place))


def _check_out(file: Path, out: Path) -> None:
    """Raises ``BadFile`` where a recording would be written over."""
    if out.exists() and file.exists() and out.samefile(file):
        raise BadFile(f"{out} is the recording itself. Give the sound another name.")
    if out.suffix.lower() != ".wav":
        raise BadFile(f"{out} would be a WAV file. Give it a name that ends with .wav.")


def _wanted(mode: AudioMode, frequency_hz: float, bandwidth_hz: float, squelch_db: float | None) -> Vfo:
    width_hz = bandwidth_hz or USUAL_HZ[mode]
    if not LOWEST_WIDTH_HZ <= width_hz <= HIGHEST_WIDTH_HZ:
        raise OutOfRange(f"--bandwidth-hz {width_hz:g} is outside {LOWEST_WIDTH_HZ:g} ... {HIGHEST_WIDTH_HZ:g}.")
    if squelch_db is not None and not LOWEST_SQUELCH_DB <= squelch_db <= HIGHEST_SQUELCH_DB:
        raise OutOfRange(f"--squelch-db {squelch_db:g} is outside {LOWEST_SQUELCH_DB:g} ... {HIGHEST_SQUELCH_DB:g}.")
    return Vfo(mode, frequency_hz, width_hz, squelch_db)
