"""``kestrel detect``: what a recording holds, without the station and as fast as it is read; the main thread."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer

from app.cli.options import JsonOption
from app.domain.radio import BeaconKind, Detection, Target
from app.dsp.survey import Unheard, survey
from app.errors import OutOfRange
from hardware.wholefile import whole_file

PERIODS_S = {BeaconKind.PULSED: 0.0, BeaconKind.SARSAT1: 50.0, BeaconKind.SARSAT2: 50.0}  # 0: any
PULSES_S = {BeaconKind.SARSAT1: 0.44, BeaconKind.SARSAT2: 1.0}
WIDTHS_HZ = {BeaconKind.SARSAT1: 10_000.0, BeaconKind.SARSAT2: 80_000.0}

FileArgument = Annotated[Path, typer.Argument(help="SigMF, WAV (I and Q, or sound), cu8, cs8, ci16, cf32")]
FormatOption = Annotated[str, typer.Option("--format", help="cu8, cs8, ci16, cf32, where the name does not say it")]
RateOption = Annotated[float, typer.Option("--rate-hz", help="Sample rate, where the file does not say it")]
CentreOption = Annotated[float, typer.Option("--centre-hz", help="Centre frequency, where the file does not say it")]
KindOption = Annotated[BeaconKind | None, typer.Option("--kind", help="What is looked for; wideband: anything")]
FrequencyOption = Annotated[float | None, typer.Option("--frequency", help="Where it is looked for, Hz")]
WidthOption = Annotated[float, typer.Option("--bandwidth-hz", help="Of its channel; 0: usual for the kind")]
PeriodOption = Annotated[float, typer.Option("--period-s", help="Of its pulses or bursts; 0: usual, a tag's is found")]
PulseOption = Annotated[float, typer.Option("--pulse-s", help="Length of one; 0: usual for the kind")]
PauseOption = Annotated[float | None, typer.Option("--pause-ms", help="Up to which a burst is not over")]


def add_to(commands: typer.Typer) -> None:
    commands.command()(detect)


def detect(
    file: FileArgument,
    datatype: FormatOption = "",
    rate_hz: RateOption = 0.0,
    centre_hz: CentreOption = 0.0,
    kind: KindOption = None,
    frequency: FrequencyOption = None,
    bandwidth_hz: WidthOption = 0.0,
    period_s: PeriodOption = 0.0,
    pulse_s: PulseOption = 0.0,
    pause_ms: PauseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a recording holds: one line a detection, and the level that would have been heard where there is none.

    Times are seconds from its start. Without --frequency all bursts and steady signals are told; with it, and --kind,
    that beacon is looked for as in flight and the rest is told besides.
    """
    if pause_ms is not None and not 0.0 <= pause_ms <= 60_000.0:
        raise OutOfRange(f"A pause of {pause_ms:g} ms is outside 0 ... 60000 ms.")
    targets = _targets(kind, frequency, bandwidth_hz, period_s, pulse_s)
    source = whole_file(file, datatype, rate_hz, centre_hz)
    pause_s = source.pause_s if pause_ms is None else pause_ms / 1e3
    for fact in survey(source.blocks, source.rate_hz, source.samples, pause_s, targets):
        sys.stdout.write((_json(fact) if as_json else _words(fact)) + "\n")


def _targets(
    kind: BeaconKind | None, frequency_hz: float | None, bandwidth_hz: float, period_s: float, pulse_s: float
) -> tuple[Target, ...]:
    """The target the options describe, if any. Raises ``OutOfRange`` for absurd ones."""
    if frequency_hz is None:
        if kind not in {None, BeaconKind.WIDEBAND}:
            raise OutOfRange(f"Where is the {kind} beacon to be looked for? Say --frequency, in Hz.")
        return ()
    kind = kind or BeaconKind.CARRIER
    target = Target(
        "target",
        "Target",
        kind,
        frequency_hz,
        bandwidth_hz or WIDTHS_HZ.get(kind, 4_000.0),
        period_s or PERIODS_S.get(kind, 1.0),
        pulse_s or PULSES_S.get(kind, 0.015),
    )
    limits = (
        ("--frequency", target.frequency_hz, 1.0, 1e12),
        ("--bandwidth-hz", target.bandwidth_hz, 50.0, 5e6),
        ("--period-s", target.period_s, 0.1 if target.period_s else 0.0, 600.0),
        ("--pulse-s", target.pulse_s, 0.001, min(10.0, target.period_s or 0.1)),
    )
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise OutOfRange(f"{name} {value:g} is outside {low:g} ... {high:g}.")
    return (target,)


def _json(fact: Detection | Unheard) -> str:
    what = "detection" if isinstance(fact, Detection) else "nothing heard"
    return orjson.dumps({"what": what, **asdict(fact)}).decode()


def _words(fact: Detection | Unheard) -> str:
    if isinstance(fact, Unheard):
        return fact.text
    return (
        f"{fact.time_s:12.6f} s  {fact.duration_s:10.6f} s  {fact.frequency_hz / 1e6:12.6f} MHz  "
        f"{fact.bandwidth_hz / 1e3:8.2f} kHz  {fact.power_dbfs:6.1f} dBFS  {fact.snr_db:5.1f} dB  "
        f"{'confirmed ' if fact.confirmed else ''}{fact.kind}: {fact.text}"
    )
