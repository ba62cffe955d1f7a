"""``kestrel decode406``: 406 MHz messages from recordings, sound and digits, without the station; the main thread."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from app.cli.options import JsonOption, say
from app.domain.sarsat406.digits import is_digits, message_of
from app.domain.sarsat406.message import Message
from app.dsp.sarsat406.received import Burst
from app.dsp.sarsat406.searching import IqSearch, search_sound
from app.errors import BadFile, BadMessage
from app.ports import EndOfRecording
from app.settings import RadioSettings
from hardware.receivers import receiver_for
from hardware.sounds import is_sound, read_sound
from hardware.wholefile import told_rate_hz

CHANNELS_HZ = (406.0e6, 406.1e6)  # the beacons' band
LEAST_RATE_HZ = 4_000.0
READ_S = 1.0
SOUND_CHUNK = 65_536  # samples


def add_to(commands: typer.Typer) -> None:
    commands.command()(decode406)


def decode406(
    what: Annotated[
        str,
        typer.Argument(metavar="FILE|HEX", help="IQ (SigMF, WAV, raw), sound (WAV), or 15 to 63 hexadecimal digits"),
    ],
    kind: Annotated[
        Literal["auto", "iq", "sound"], typer.Option(help="What a file holds; auto: a WAV of one channel is sound")
    ] = "auto",
    rate: Annotated[float, typer.Option("--rate-hz", "--rate", help="Sample rate of raw IQ, Hz", min=0.0)] = 0.0,
    centre: Annotated[
        float, typer.Option("--centre-hz", "--centre", help="Centre frequency of raw IQ, Hz", min=0.0)
    ] = 0.0,
    form: Annotated[str, typer.Option("--format", help="Samples of raw IQ: cu8, cs8, ci16, cf32")] = "",
    frequency: Annotated[
        float,
        typer.Option(help="Where the beacon is, Hz: needed in IQ of more than 300 kS/s beside its centre", min=0.0),
    ] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Decode Cospas-Sarsat 406 MHz beacons of both generations. Exit code 1 when nothing was found."""
    path = Path(what)
    if not path.exists() and is_digits(what):
        say([_plain(message_of(what))], as_json, _words)
        return
    if not path.exists():
        raise BadMessage(f"There is no file {what!r}, and it is no 406 MHz message in hexadecimal digits either.")
    if kind == "sound" or (kind == "auto" and is_sound(path)):
        found = list(_in_sound(path))
    else:
        found = list(_in_iq(path, rate, centre, form, frequency))
    if not found:
        sys.stderr.write(f"kestrel: no 406 MHz burst that can be believed was found in {path}\n")
        if as_json:
            say([], as_json, _words)
        raise typer.Exit(1)
    say(found, as_json, _words)


def _in_sound(path: Path) -> Iterator[dict[str, Any]]:
    sound = read_sound(path, first_of_several=True)
    for burst in search_sound(sound.parts(SOUND_CHUNK), sound.rate_hz):
        yield _plain(burst.message) | {"time_s": burst.start_s, "frequency_hz": None, "cn0_dbhz": burst.cn0_dbhz}


def _in_iq(path: Path, rate_hz: float, centre_hz: float, form: str, frequency_hz: float) -> Iterator[dict[str, Any]]:
    given = {"rate": told_rate_hz(path, form, rate_hz), "centre": centre_hz, "format": form, "speed": "0"}
    options = "&".join(f"{name}={value}" for name, value in given.items() if value)
    receiver = receiver_for(f"file:{path}?{options}", RadioSettings(centre_hz=sum(CHANNELS_HZ) / 2.0))
    try:
        info = receiver.open()
        if info.rate_hz < LEAST_RATE_HZ:
            raise BadFile(f"{path}: {info.rate_hz:g} samples a second hold no burst; {LEAST_RATE_HZ:g} and more do.")
        search = IqSearch(info.rate_hz, _beacon_hz(info.centre_hz, info.rate_hz, frequency_hz) - info.centre_hz)
        while True:
            try:
                block = receiver.read(READ_S)
            except EndOfRecording:
                break
            if block is None:
                continue
            if block.lost:
                yield from (_received(burst, info.centre_hz) for burst in search.rest())
                search.reset(block.first_sample)
            yield from (_received(burst, info.centre_hz) for burst in search.feed(block.iq))
        yield from (_received(burst, info.centre_hz) for burst in search.rest())
    finally:
        receiver.close()


def _beacon_hz(centre_hz: float, rate_hz: float, frequency_hz: float) -> float:
    """What was given, else the middle of the beacons' band where the recording holds it, else its own middle."""
    middle_hz = sum(CHANNELS_HZ) / 2.0
    if frequency_hz:
        return frequency_hz
    return (
        middle_hz
        if abs(middle_hz - centre_hz) < 0.4 * rate_hz and rate_hz > CHANNELS_HZ[1] - CHANNELS_HZ[0]
        else centre_hz
    )


def _received(burst: Burst, centre_hz: float) -> dict[str, Any]:
    return _plain(burst.message) | {
        "time_s": burst.start_s,
        "frequency_hz": centre_hz + burst.offset_hz,
        "cn0_dbhz": burst.cn0_dbhz,
    }


def _plain(message: Message) -> dict[str, Any]:
    return asdict(message) | {"ok": message.ok, "verdict": message.verdict, "corrected_bits": message.corrected_bits}


def _words(found: list[dict[str, Any]]) -> str:
    return "\n\n".join("\n".join(_lines(one)) for one in found)


def _lines(one: dict[str, Any]) -> list[str]:
    place = one["position"]
    lines = [
        f"{one['id_hex']}  {one['protocol']}{'  TEST' if one['test'] else ''}",
        f"  country      {one['country']} ({one['country_code']})",
        f"  position     {place['lat_deg']:.5f} {place['lon_deg']:.5f}" if place else "  position     none",
        f"  check        {one['verdict']}",
        f"  message      {one['message_hex']}",
    ]
    if one.get("time_s") is not None:
        where = f" at {one['frequency_hz'] / 1e6:.6f} MHz" if one["frequency_hz"] else ""
        lines.append(f"  received     {one['time_s']:.3f} s in,{where} C/N0 {one['cn0_dbhz']:.1f} dBHz")
    return lines + [f"  {field['bits']:>8}  {field['name']}: {field['value']}" for field in one["fields"]]
