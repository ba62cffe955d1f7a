"""Antenna patterns out of files: CSV of angle and gain, Planet's .msi, Radio Mobile's .ant; pure, any thread."""

import math
from pathlib import Path
from typing import get_args

from pydantic import TypeAdapter, ValidationError

from app.domain.antenna import AntennaKind, AntennaSetup, Cut
from app.errors import BadFile, OutOfRange
from app.exchange.tables import read_table

COLUMNS = {
    "angle": ("angledeg", "angle", "azimuthdeg", "azimuth", "bearing", "degrees", "deg"),
    "gain": ("gaindb", "gain", "gaindbi", "db", "dbi", "attenuationdb", "level"),
}
LARGEST_BYTES = 1_000_000


def read_antenna(path: Path, heading_deg: float = 0.0, tilt_deg: float = 0.0, roll_deg: float = 0.0) -> AntennaSetup:
    """The measured pattern in a file, by its ending, mounted at these angles. Raises ``BadFile``."""
    readers = {".msi": _msi, ".pln": _msi, ".ant": _ant}
    try:
        horizontal, vertical = readers.get(path.suffix.lower(), _csv)(path)
        return AntennaSetup(
            kind="table",
            heading_deg=heading_deg,
            tilt_deg=tilt_deg,
            roll_deg=roll_deg,
            horizontal_db=horizontal,
            vertical_db=vertical,
            name=path.name[:80],
        )
    except ValidationError as error:
        raise BadFile(f"{path} is no antenna pattern: {error.errors()[0]['msg']}.") from error


def antenna_named(text: str, heading_deg: float = 0.0, tilt_deg: float = 0.0, roll_deg: float = 0.0) -> AntennaSetup:
    """By the name of a kind or of a file. Raises ``BadFile`` and ``OutOfRange``."""
    if text not in get_args(AntennaKind) or text == "table":
        return read_antenna(Path(text), heading_deg, tilt_deg, roll_deg)
    try:
        kind = TypeAdapter[AntennaKind](AntennaKind).validate_python(text)
        return AntennaSetup(kind, heading_deg, tilt_deg, roll_deg)
    except ValidationError as error:
        raise OutOfRange(f"An antenna {text} so mounted: {error.errors()[0]['msg']}.") from error


def _csv(path: Path) -> tuple[Cut, Cut]:
    table = read_table(path, COLUMNS, {})
    if missing := [field for field in COLUMNS if field not in table.columns]:
        raise BadFile(f"{path} has no column for {' and '.join(missing)}; name two columns angle_deg and gain_db.")
    return _sorted([(table.value(line, "angle"), table.value(line, "gain")) for line in table.lines]), ()


def _msi(path: Path) -> tuple[Cut, Cut]:
    """HORIZONTAL and VERTICAL blocks of angle and attenuation; the gain itself does not matter to a bearing."""
    cuts: dict[str, list[tuple[float, float]]] = {}
    block: list[tuple[float, float]] | None = None
    for line in _lines(path):
        words = line.split()
        if words and words[0].upper() in {"HORIZONTAL", "VERTICAL"}:
            block = cuts.setdefault(words[0].upper(), [])
        elif block is not None and len(words) >= 2:
            block.append((_number(words[0]), -_number(words[1])))
    # vertical angles run from the horizon downward
    upward = [(-angle, gain) for angle, gain in cuts.get("VERTICAL", [])]
    return _sorted(cuts.get("HORIZONTAL", [])), _sorted(upward)


def _ant(path: Path) -> tuple[Cut, Cut]:
    """360 gains clockwise from the boresight, one a degree, then 360 upward from it."""
    values = [_number(line) for line in _lines(path) if line.strip()]
    if len(values) not in {360, 720}:
        raise BadFile(f"{path} has {len(values)} numbers; a .ant file has 360, or 720 with the vertical cut.")
    cuts = [tuple(enumerate(values[start : start + 360])) for start in range(0, len(values), 360)]
    horizontal, vertical = (*cuts, ())[:2]
    return _sorted(list(horizontal)), _sorted(list(vertical))


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise BadFile(f"{path} is too large for an antenna pattern.")
        return path.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _sorted(points: list[tuple[float, float]]) -> Cut:
    """In the order of the angles, -180 ... 180 and each once."""
    if len(points) > 1 and all(0.0 <= angle <= 180.0 for angle, _ in points):
        return tuple(sorted(dict(points).items()))
    turned = {(angle + 180.0) % 360.0 - 180.0 if math.isfinite(angle) else angle: gain for angle, gain in points}
    return tuple(sorted(turned.items()))
