"""``kestrel calibrate``: what a receiver's levels are in dBm, by a tone of known level; the main thread."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

import numpy as np
import typer

from app.cli.options import DataOption, JsonOption, RadioOption, SettingsOption, say, settings_from
from app.cli.profiles import AntennaOption, NameArgument, RateOption, folder_of
from app.domain.calibration import LARGEST_DB, CalibrationPoint, with_point
from app.domain.radio import BeaconKind, Target, Window
from app.dsp.passband import centre_for
from app.dsp.samples import RAILS_LIMIT
from app.dsp.spectrum import Row, SpectrumEstimator
from app.dsp.tone import Tone, measure_tone
from app.errors import Conflict, NotConnected, OutOfRange
from app.exchange.profiles import profile_names, write_profile
from app.ports import EndOfRecording, Receiver, ReceiverInfo
from app.settings import RadioSettings, ReceiverProfile
from hardware.receivers import receiver_for

BINS, ROW_S = 4096, 0.1
SETTLE_S = 0.5  # of samples after each setting: what was under way in the cable and the tuner
SILENCE_S = 5.0
STEADY_DB = 0.3  # largest standard deviation from row to row

LevelOption = Annotated[float, typer.Option(help="Of the tone at the antenna's socket, cable loss taken off, dBm")]
FrequencyOption = Annotated[float, typer.Option("--frequency", help="Of the tone, Hz")]
GainsOption = Annotated[
    list[float] | None, typer.Option("--gain-db", help="Gain to measure at; may be given several times")
]


def add_to(commands: typer.Typer) -> None:
    commands.command()(calibrate)


def calibrate(
    name: NameArgument,
    level_dbm: LevelOption,
    frequency: FrequencyOption,
    gains_db: GainsOption = None,
    seconds: Annotated[float, typer.Option(min=0.3, max=60.0, help="To measure at each gain")] = 2.0,
    radio: RadioOption = None,
    rate_hz: RateOption = None,
    antenna: AntennaOption = None,
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a tone of known level from a signal generator, and keep the offset in the profile NAME.

    Repeat it at other frequencies: between them the offset is taken linearly, and beyond them it is not known. Each
    profile is of one receiver, an RTL-SDR by its serial number: another one that answers is told of and not calibrated.
    """
    if not abs(level_dbm) <= LARGEST_DB / 2.0:
        raise OutOfRange(f"--level-dbm {level_dbm:g} cannot be.")
    given = {"radio__source": radio, "radio__rate_hz": rate_hz, "radio__antenna": antenna, "store__directory": data}
    tree = settings_from(settings, None, **given)
    if name in profile_names(folder_of(tree)):
        tree = settings_from(settings, name, **given)
    points = list(_measured(tree.radio, level_dbm, frequency, gains_db or [], seconds))
    calibration, answered = tree.radio.calibration, tree.radio.device
    for answered, point, _ in points:
        calibration = with_point(calibration, point, answered, tree.radio.front_end)
    new = {"calibration": calibration, "device": answered}
    kept = tree.radio.model_dump(include=set(ReceiverProfile.model_fields)) | new
    write_profile(folder_of(tree), name, ReceiverProfile(**kept))
    told = [point.model_dump() | {"power_dbfs": tone.power_dbfs, "snr_db": tone.snr_db} for _, point, tone in points]
    say({"profile": name, "measured": told}, as_json, lambda _: "\n".join(_line(name, *one[1:]) for one in points))


def _measured(
    radio: RadioSettings, level_dbm: float, frequency_hz: float, gains_db: list[float], seconds: float
) -> Iterator[tuple[str, CalibrationPoint, Tone]]:
    """At each gain; with the name of the receiver that was measured."""
    if not radio.source:
        raise NotConnected("There is no receiver to calibrate: give --radio, for example rtlsdr:serial=00000001.")
    if radio.agc:
        raise Conflict("The receiver's AGC is on, so its levels mean nothing: save the profile with --no-agc first.")
    with closing(receiver_for(radio.source, radio)) as receiver:
        info = receiver.open()
        centre_hz = _tuned(receiver, info, frequency_hz)
        for gain_db in _gains(info, gains_db, radio.gain_db):
            in_force_db = receiver.set_gain(gain_db) if gain_db is not None else None
            tone, said_db = _tone(receiver, info, centre_hz, frequency_hz, seconds)
            used_db = said_db if in_force_db is None else in_force_db
            offset_db = level_dbm - (tone.power_dbfs - used_db)
            point = CalibrationPoint(frequency_hz=frequency_hz, gain_db=used_db, offset_db=offset_db)
            yield info.device, point, tone


def _gains(info: ReceiverInfo, asked_db: list[float], kept_db: float | None) -> list[float | None]:
    if not info.gains_db:
        if asked_db:
            raise OutOfRange(f"The gain of {info.device} cannot be set. Leave --gain-db away.")
        return [None]
    wanted = asked_db or ([kept_db] if kept_db is not None else [])
    if not wanted:
        raise OutOfRange(f"Say --gain-db: {info.device} has {info.gains_db[0]:g} ... {info.gains_db[-1]:g} dB.")
    return list(wanted)


def _tuned(receiver: Receiver, info: ReceiverInfo, frequency_hz: float) -> float:
    try:
        return receiver.tune(centre_for(Target("", "tone", BeaconKind.CARRIER, frequency_hz), info.rate_hz))
    except OutOfRange:  # a recording stays where it was made
        return info.centre_hz


def _tone(
    receiver: Receiver, info: ReceiverInfo, centre_hz: float, frequency_hz: float, seconds: float
) -> tuple[Tone, float]:
    """The tone over that time, and the gain a recording says it was made with.

    Raises ``Conflict`` when it is not steady or overloads the receiver, ``OutOfRange`` when there is none.
    """
    estimator = SpectrumEstimator(BINS, ROW_S * info.rate_hz, window=Window.FLAT_TOP)
    rows: list[Row] = []
    samples, gain_db = 0, 0.0
    heard_s = time.monotonic()
    while samples < (SETTLE_S + seconds) * info.rate_hz:
        try:
            block = receiver.read(0.5)
        except EndOfRecording:
            break
        if block is None:
            if time.monotonic() - heard_s > SILENCE_S:
                raise NotConnected(f"{info.device} sends no samples. Pull the plug and put it in again.")
            continue
        heard_s, samples = time.monotonic(), samples + block.iq.size
        if block.lost:
            estimator.reset(block.first_sample)
        if block.taken is not None:
            centre_hz, gain_db = block.taken.centre_hz, block.taken.gain_db
        elif samples < SETTLE_S * info.rate_hz:
            continue
        if block.clipped > RAILS_LIMIT:
            raise Conflict("The receiver is overloaded: take a weaker tone or less gain.")
        rows += estimator.feed(block.iq)
    if not rows:
        raise OutOfRange(f"{info.device} gave {samples / info.rate_hz:.2f} s of samples: too few to measure.")
    return _steady(rows, centre_hz, info.rate_hz, frequency_hz), gain_db


def _steady(rows: list[Row], centre_hz: float, rate_hz: float, frequency_hz: float) -> Tone:
    read = [measure_tone(row.power, centre_hz, rate_hz, frequency_hz, Window.FLAT_TOP).power_dbfs for row in rows]
    if float(np.std(read)) > STEADY_DB:
        raise Conflict(
            f"The tone is not steady: {min(read):.1f} ... {max(read):.1f} dBFS within {len(read) * ROW_S:.1f} s. Is it "
            "modulated, or the plug loose?"
        )
    mean = np.asarray(np.mean([row.power for row in rows], axis=0), np.float32)
    return measure_tone(mean, centre_hz, rate_hz, frequency_hz, Window.FLAT_TOP)


def _line(name: str, point: CalibrationPoint, tone: Tone) -> str:
    return (
        f"{name}: {tone.frequency_hz / 1e6:.6f} MHz, {tone.power_dbfs:.2f} dBFS ({tone.snr_db:.0f} dB over the noise) "
        f"at a gain of {point.gain_db:g} dB: dBm = dBFS - gain {point.offset_db:+.2f}"
    )
