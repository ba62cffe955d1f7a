"""Tables of numbers in CSV files of any maker: encoding, separator and columns are found out; pure, any thread."""

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import BadFile
from app.exchange.textfile import read_bytes

LARGEST_BYTES = 256_000_000
SEPARATORS = ",;\t|"
_WORD = re.compile(r"[a-z]+|\d+")
_ENCODINGS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig"), (b"", "latin-1"))
# names that tell a column also beside other words, as in "GPS latitude"; not those of "battery level" or "tx power"
_TELLING = frozenset((
    "lat", "latitude", "lon", "lng", "longitude", "rssi", "rss", "snr", "time", "timestamp", "height", "agl", "alt",
    "altitude", "heading", "yaw", "roll", "pitch", "bearing", "azimuth", "sigma",
))  # fmt: skip

Wanted = Mapping[str, Sequence[str]]  # names of a field's column, words joined, best first


@dataclass(frozen=True, slots=True)
class Line:
    """One row with its line in the file, counted from 1."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and where each field stands in them; fields without a column are not in ``columns``."""

    names: dict[str, str]  # of the columns, for people
    columns: dict[str, int]
    lines: list[Line]
    decimal_comma: bool

    def text(self, line: Line, field: str) -> str:
        """The cell; empty where there is none."""
        column = self.columns.get(field, len(line.cells))
        return line.cells[column].strip() if column < len(line.cells) else ""

    def value(self, line: Line, field: str) -> float:
        """The cell's number, also before a unit; NaN where there is none."""
        text = self.text(line, field).replace("\N{MINUS SIGN}", "-")
        if self.decimal_comma:
            text = text.replace(",", ".")
        try:
            return float(text.split()[0])
        except (ValueError, IndexError):
            return math.nan


def read_table(path: Path, wanted: Wanted, given: Mapping[str, str]) -> Table:
    """The table in a file; ``given`` names columns, by their name or number from 1. Raises ``BadFile``."""
    text = _text(path)
    separator = max(SEPARATORS, key=text[: text.find("\n")].count)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
    try:
        lines = [Line(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise BadFile(f"{path.name} is no CSV: {error} in line {reader.line_num}.") from error
    if not lines:
        raise BadFile(f"{path.name} is empty: nothing to locate with.")
    if unknown := sorted(set(given) - set(wanted)):
        raise BadFile(f"--columns: there is no field {', '.join(unknown)}; there are {', '.join(wanted)}.")
    header = lines[0].cells
    columns = _matched(header, wanted) | {field: _place(path, header, name) for field, name in given.items()}
    headless = all(_is_number(cell) for cell in header if cell.strip())
    names = {field: f"column {at + 1}" if headless else header[at].strip() for field, at in columns.items()}
    return Table(names, columns, lines if headless else lines[1:], separator != ",")


def columns_from(options: Sequence[str]) -> dict[str, str]:
    """``lat=Latitude,power=RSSI`` or several such as a mapping. Raises ``BadFile``."""
    found: dict[str, str] = {}
    for part in (part for option in options for part in re.split(r",(?=\s*\w+\s*=)", option)):
        field, equals, name = part.partition("=")
        if not equals or not name.strip():
            raise BadFile(f"--columns: {part!r} should be FIELD=COLUMN, for example lat=Latitude,power=RSSI.")
        found[field.strip().lower()] = name.strip()
    return found


def _text(path: Path) -> str:
    data = read_bytes(path, LARGEST_BYTES, "a table")
    for begin, encoding in _ENCODINGS:
        if data.startswith(begin):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise BadFile(f"{path.name} is no text.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _matched(header: Sequence[str], wanted: Wanted) -> dict[str, int]:
    """The column of each field: one that is called so, else one that has the name among its words."""
    words = [_WORD.findall(name.lower()) for name in header]
    found: dict[str, int] = {}
    for field, names in wanted.items():
        exact = [at for name in names for at, parts in enumerate(words) if "".join(parts) == name]
        among = [at for name in names if name in _TELLING for at, parts in enumerate(words) if name in parts]
        free = [at for at in (*exact, *among) if at not in found.values()]
        if free:
            found[field] = free[0]
    return found


def _place(path: Path, header: Sequence[str], name: str) -> int:
    lowered = [cell.strip().lower() for cell in header]
    if name.lower() in lowered:
        return lowered.index(name.lower())
    if name.isdecimal() and 1 <= int(name) <= len(header):
        return int(name) - 1
    shown = ", ".join(cell.strip() for cell in header[:20])
    raise BadFile(f"{path.name} has no column {name!r}; there are: {shown[:400]}.")
