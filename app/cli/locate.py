"""``kestrel locate``: where a beacon is by readings logged elsewhere, without the station; the main thread."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import JsonOption, SettingsOption, place_of, say, settings_from
from app.domain.geometry import LatLon
from app.exchange.antennas import antenna_named
from app.exchange.bearings import BearingLog, read_bearings
from app.exchange.readings import LeftOut, ReadingLog, read_readings
from app.exchange.tables import columns_from
from app.locate.lenth import Method
from app.locate.logged import Located, locate, score
from app.locate.triangulation import triangulate

SHOWN_LINES = 20


def add_to(commands: typer.Typer) -> None:
    commands.command("locate")(locate_file)


def locate_file(
    file: Annotated[
        Path, typer.Argument(help="CSV of readings (position and power, in dBm or relative dB) or bearings")
    ],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            help="Columns that are not found by their names: lat=NAME,lon=NAME,power=NAME (or numbers from 1)"
        ),
    ] = None,
    target: Annotated[str, typer.Option(help="The beacon, where the file holds several")] = "",
    beacon_height: Annotated[float | None, typer.Option(help="Height of the beacon as the file counts it, m")] = None,
    antenna: Annotated[
        str | None, typer.Option(help="omni, dipole, yagi2, yagi3 or a pattern's file, along the nose")
    ] = None,
    none: Annotated[list[float] | None, typer.Option(help="A power that means that nothing was heard")] = None,
    truth: Annotated[str, typer.Option(help="LAT,LON where the beacon was, to score the answer")] = "",
    bearings: Annotated[bool, typer.Option("--bearings", help="The file holds true bearings: triangulate")] = False,
    method: Annotated[
        Method, typer.Option(help="Of triangulation: Lenth 1981; andrews bears outliers best")
    ] = "andrews",
    sigma: Annotated[float | None, typer.Option(help="Error of a bearing where the file tells none, degrees")] = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where the beacon is by a log of readings or bearings. Exit code 1 when they are not enough to say."""
    if bearings:
        found = read_bearings(file, columns_from(columns or ()), target, sigma)
        _tell(_crossing(file, found, method, place_of(truth)), as_json)
        return
    known = settings_from(
        settings, locate__antenna=antenna and antenna_named(antenna), locate__beacon_height_m=beacon_height
    ).locate
    place = place_of(truth)
    log = read_readings(file, columns_from(columns or ()), target, none or (), beacon_height is not None)
    located = locate(log.readings, known)
    _tell(_facts(file, log, located, place), as_json)


def _tell(facts: dict[str, Any], as_json: bool) -> None:
    say(facts, as_json, _words)
    if not facts["enough"]:
        raise typer.Exit(1)


def _facts(file: Path, log: ReadingLog, located: Located, truth: LatLon | None) -> dict[str, Any]:
    found = located.found if located.enough else None
    return {
        "file": file,
        "enough": located.enough,
        "text": located.text,
        "position": found and found.mode,
        "mean": found and found.mean,
        "radius_50_m": found and found.radius_50_m,
        "radius_90_m": found and found.radius_90_m,
        "area_90_m2": found and found.area_90_m2,
        "region_90": found and found.region_90,
        "used": len(log.readings),
        "left_out": [_plain(one) for one in log.left_out],
        "columns": log.columns,
        "notes": log.notes,
        "score": score(found, truth) if found and truth else None,
    }


def _plain(one: LeftOut) -> dict[str, Any]:
    """With the first lines only: a file may have a million of them."""
    return {"why": one.why, "rows": len(one.lines), "lines": one.lines[:SHOWN_LINES]}


def _crossing(file: Path, log: BearingLog, method: Method, truth: LatLon | None) -> dict[str, Any]:
    met = triangulate(log.bearings, method)
    return {
        "file": file,
        "enough": met.enough,
        "text": met.text,
        "position": met.position,
        "method": method,
        "ellipse_50": met.ellipse_50,
        "ellipse_90": met.ellipse_90,
        "sigma_deg": met.sigma_deg,
        "outliers": [log.lines[at] for at in met.outliers],
        "used": len(log.bearings),
        "left_out": [_plain(one) for one in log.left_out],
        "columns": log.columns,
        "notes": (),
        "score": met.score(truth) if truth else None,
    }


def _region(facts: dict[str, Any]) -> str:
    if "ellipse_90" not in facts:
        return f"50 % within {facts['radius_50_m']:.0f} m, 90 % within {facts['radius_90_m']:.0f} m"
    half, most = facts["ellipse_50"], facts["ellipse_90"]
    return (
        f"50 % within {half.major_m:.0f} x {half.minor_m:.0f} m, "
        f"90 % within {most.major_m:.0f} x {most.minor_m:.0f} m, "
        f"the longer half axis along {most.bearing_deg:.0f} degrees"
    )


def _words(facts: dict[str, Any]) -> str:
    lines = [facts["text"]]
    if facts["enough"]:
        place = facts["position"]
        lines.insert(0, f"{place.lat_deg:.6f} {place.lon_deg:.6f}  {_region(facts)}")
    if facts["score"]:
        held = "inside" if facts["score"].in_90 else "outside"
        lines.append(f"{facts['score'].error_m:.1f} m from the truth, which is {held} the 90 % region")
    if facts.get("outliers"):
        lines.append(f"outliers: line {', '.join(map(str, facts['outliers']))}")
    return "\n".join([*lines, *_basis(facts)])


def _basis(facts: dict[str, Any]) -> list[str]:
    """What the answer rests on: columns, rows used and left out."""
    columns = ", ".join(f"{field} from {name!r}" for field, name in facts["columns"].items())
    lines = [f"{facts['used']} rows used: {columns}", *facts["notes"]]
    for one in facts["left_out"]:
        shown = ", ".join(map(str, one["lines"][:8])) + (" ..." if one["rows"] > 8 else "")
        lines.append(f"{one['rows']} rows left out, {one['why']}: line {shown}")
    return lines
