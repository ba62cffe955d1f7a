"""``kestrel record``: samples of a receiver as a SigMF recording, without the station; the main thread."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer

from app.bus import Bus
from app.cli.options import DataOption, JsonOption, ProfileOption, RadioOption, SettingsOption, say, settings_from
from app.cli.profiles import AntennaOption, GainOption, RateOption
from app.cli.serve import end_of_program
from app.clock import Clock
from app.domain.recording import Recording
from app.errors import NotConnected, OutOfRange
from app.ports import Receiver
from app.ring import SpectrumRing
from app.settings import RadioSettings, Settings
from app.tape import SampleTape
from app.workers.receiver import PLAYED, ReceiverWorker
from app.workers.samplerecorder import RECORDINGS, SampleRecorderWorker, make_tape
from hardware.receivers import receiver_for

PATIENCE_S = 20.0  # without samples; true time
LOOK_S = 0.05
ANSWER_S = 30.0

SecondsOption = Annotated[float, typer.Option(min=0.1, max=86_400.0, help="How much; Ctrl-C ends it before")]
CentreOption = Annotated[float | None, typer.Option("--centre-hz", help="Centre frequency", show_default=False)]
ToOption = Annotated[
    Path | None, typer.Option("--to", help="Folder; without it where the station's recordings are", show_default=False)
]


def add_to(commands: typer.Typer) -> None:
    commands.command()(record)


def record(
    seconds: SecondsOption = 10.0,
    to: ToOption = None,
    radio: RadioOption = None,
    profile: ProfileOption = None,
    centre_hz: CentreOption = None,
    rate_hz: RateOption = None,
    gain_db: GainOption = None,
    antenna: AntennaOption = None,
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record a receiver's samples: SigMF with a capture for each gap, retune and reconnection, detections marked.

    Exit code 1 when it had to end before its time; what was recorded until then is kept.
    """
    tree = settings_from(
        settings,
        profile,
        store__directory=data,
        radio__source=radio,
        radio__centre_hz=centre_hz,
        radio__rate_hz=rate_hz,
        radio__gain_db=gain_db,
        radio__antenna=antenna,
    )
    if not tree.radio.source:
        raise NotConnected("There is no receiver to record from: give --radio, for example rtlsdr:0, or --profile.")
    if not tree.radio.centre_hz and not tree.radio.source.startswith("file:"):
        raise OutOfRange("Where is the receiver to be tuned? Say --centre-hz, for example --centre-hz 433.92e6.")
    folder = to or tree.store.directory / RECORDINGS
    recordings, problem = _recorded(tree, folder, seconds)
    found = [_told(one, folder) for one in recordings]
    say(found, as_json, lambda _: "\n".join(map(_line, found)))
    if problem:
        sys.stderr.write(f"kestrel: {problem}\n")
        raise typer.Exit(1)


def _told(one: Recording, folder: Path) -> dict[str, Any]:
    return {
        "file": folder / f"{one.name}.sigmf-meta",
        "seconds": one.samples / one.rate_hz,
        "samples": one.samples,
        "lost_samples": one.lost_samples,
        "captures": one.captures,
        "detections": one.detections,
        "size_bytes": one.size_bytes,
    }


def _recorded(tree: Settings, folder: Path, seconds: float) -> tuple[tuple[Recording, ...], str]:
    """What was recorded, and why it ended before its time."""
    ended = end_of_program()
    with _working(tree, folder) as (receiver, recorder, tape):
        begun_s = time.monotonic()
        while tape.newest is None and not receiver.state.problem and time.monotonic() - begun_s < PATIENCE_S:
            ended.wait(LOOK_S)
        if tape.newest is None:
            raise NotConnected(receiver.state.problem or "The receiver sends no samples: plug it out and in again.")
        recorder.record().result(ANSWER_S)
        problem = _wait(receiver, recorder, tape, seconds, ended)
        done = recorder.finish().result(ANSWER_S) if recorder.running else ()
    return done, problem


def _wait(
    receiver: ReceiverWorker, recorder: SampleRecorderWorker, tape: SampleTape, seconds: float, ended: Event
) -> str:
    """Until it is all there; else why it is not."""
    mark, heard_s = tape.mark, time.monotonic()
    while not ended.wait(LOOK_S):
        if recorder.state.problem:
            return recorder.state.problem
        if sum(one.samples / one.rate_hz for one in recorder.running) >= seconds:
            return ""
        if tape.mark != mark:
            mark, heard_s = tape.mark, time.monotonic()
        elif receiver.state.problem == PLAYED:
            return PLAYED
        elif time.monotonic() - heard_s > PATIENCE_S:
            return f"No samples for {PATIENCE_S:.0f} s. {receiver.state.problem}".strip()
    return ""


@contextmanager
def _working(tree: Settings, folder: Path) -> Iterator[tuple[ReceiverWorker, SampleRecorderWorker, SampleTape]]:
    """A receiver and a recorder of its samples, and nothing else of the station."""
    bus, clock = Bus(), Clock()
    tape = make_tape(tree.recording, clock)
    recorder = SampleRecorderWorker(tree.recording, folder, tape, clock, bus)
    receiver = ReceiverWorker(tree.radio, _receiver, SpectrumRing(tree.radio.bins), tape, clock, bus)
    try:
        recorder.start()
        receiver.start()
        yield receiver, recorder, tape
    finally:
        receiver.stop()
        recorder.stop()


def _receiver(radio: RadioSettings) -> Receiver:
    return receiver_for(radio.source, radio)


def _line(one: dict[str, Any]) -> str:
    lost = f", {one['lost_samples']} samples lost" if one["lost_samples"] else ""
    return (
        f"{one['file']}: {one['seconds']:.1f} s, {one['size_bytes'] / 1e6:.1f} MB, {one['detections']} detections{lost}"
    )
