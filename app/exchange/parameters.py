"""Parameter files in and out: Mission Planner's and MAVProxy's .param, QGroundControl's .params; pure, any thread.

https://docs.qgroundcontrol.com/master/en/qgc-dev-user-guide/file_formats/parameters.html; the others have a name and a
value a line, parted by a comma or by spaces, and comments after ``#``.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from struct import pack, unpack

from app.errors import BadFile, DeviceError, OutOfRange, VehicleRefused
from app.exchange.textfile import read_parsed
from app.vehicle.parameters import NAME_LENGTH, Parameter, integer, read_all, write
from app.vehicle.talk import Peer, Talk

LARGEST_BYTES = 2_000_000
MEASURED = frozenset(  # by the vehicle itself, and not to be set from a file; as pymavlink's mavparm has them
    {
        "ARSPD_OFFSET", "CMD_INDEX", "CMD_TOTAL", "FENCE_TOTAL", "FORMAT_VERSION", "GND_ABS_PRESS", "GND_TEMP",
        "LOG_LASTFILE", "MIS_TOTAL", "SYSID_SW_MREV", "SYS_NUM_RESETS",
    }
)  # fmt: skip


class ParameterForm(StrEnum):
    """Whose file."""

    ARDUPILOT = "ardupilot"  # Mission Planner, MAVProxy
    QGC = "qgc"


@dataclass(frozen=True, slots=True)
class Difference:
    """A parameter that file and vehicle do not agree on; None: there it is not."""

    name: str
    file: float | None
    vehicle: float | None


def read_parameters(path: Path) -> dict[str, float]:
    """A parameter file, whosever it is. Raises ``BadFile`` with the line and the field that is wrong."""
    return parameter_file(path)[1]


def parameter_file(path: Path) -> tuple[str, dict[str, float]]:
    """The text of such a file, and what it says. Raises ``BadFile`` with the line and the field that is wrong."""
    return read_parsed(path, LARGEST_BYTES, "a parameter file", parameters_of)


def parameters_of(text: str) -> dict[str, float]:
    """The parameters in the text of such a file. Raises ``BadFile`` with the line and the field that is wrong."""
    found: dict[str, tuple[int, float]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        content = line.split("#")[0].strip()
        if not content:
            continue
        name, value = _entry(number, content.replace(",", " ").split())
        before = found.setdefault(name, (number, value))
        if before[1] != value:
            raise BadFile(f"line {number}: {name} is {value:g}, and {before[1]:g} in line {before[0]}")
    if not found:
        raise BadFile("there is no parameter in it")
    return {name: value for name, (_, value) in found.items()}


def to_file(parameters: Iterable[Parameter], form: ParameterForm, vehicle_id: int = 1, component: int = 1) -> str:
    """The text of a file, sorted by name."""
    rows = sorted(parameters, key=lambda one: one.name)
    if form is ParameterForm.ARDUPILOT:
        return "".join(f"{one.name},{_figure(one)}\n" for one in rows)
    head = f"# Onboard parameters for Vehicle {vehicle_id}\n#\n# Vehicle-Id Component-Id Name Value Type\n"
    lines = (f"{vehicle_id}\t{component}\t{one.name}\t{_figure(one)}\t{one.kind}\n" for one in rows)
    return head + "".join(lines)


def differences(file: Mapping[str, float], vehicle: Mapping[str, Parameter]) -> tuple[Difference, ...]:
    """What a file and a vehicle do not agree on, by name; as exact as the vehicle's own 32 bits."""
    found = []
    for name in sorted(file.keys() | vehicle.keys()):
        here, there = file.get(name), vehicle[name].value if name in vehicle else None
        if here is None or there is None or not math.isclose(here, there, rel_tol=1e-6, abs_tol=1e-6):
            found.append(Difference(name, here, there))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a parameter file."""

    changed: tuple[Difference, ...]  # set, from what the vehicle had to what the file says
    refused: tuple[str, ...]  # why not, in the vehicle's words or ours
    unknown: tuple[str, ...]  # the vehicle has no such parameters


def load(wanted: Mapping[str, float], peer: Peer) -> Talk[Loaded]:
    """Set what differs; what the vehicle measures itself stays. Raises ``DeviceError`` when it falls silent."""
    held = yield from read_all(peer)
    differ = [one for one in differences(wanted, held) if one.file is not None and one.name not in MEASURED]
    unknown = tuple(one.name for one in differ if one.vehicle is None)
    changed, refused = [], []
    for one in differ:
        if one.file is None or one.vehicle is None:
            continue
        try:
            yield from write(peer, one.name, one.file, held[one.name].kind)
            changed.append(one)
        except (VehicleRefused, OutOfRange) as error:
            refused.append(str(error))
        except DeviceError as error:
            raise DeviceError(f"{error} {len(changed)} parameters were set before.") from error
    return Loaded(tuple(changed), tuple(refused), unknown)


def _entry(number: int, fields: list[str]) -> tuple[str, float]:
    if len(fields) == 5 and fields[0].isdigit() and fields[1].isdigit():
        fields = fields[2:4]  # QGroundControl's
    if len(fields) != 2:
        raise BadFile(f"line {number}: {len(fields)} fields, where name and value are due, or QGroundControl's five")
    name, figure = fields
    if not 0 < len(name) <= NAME_LENGTH or not name.isascii():
        raise BadFile(f"line {number}: name is {name!r}; names have 1 to {NAME_LENGTH} plain characters")
    try:
        value = float(int(figure, 16)) if figure.lower().startswith("0x") else float(figure)
    except ValueError as error:
        raise BadFile(f"line {number}: value of {name} is {figure!r}, which is no number") from error
    if not math.isfinite(value) or abs(value) > 3.4e38:
        raise BadFile(f"line {number}: value of {name} is {figure}, which no parameter can be")
    return name, value


def _figure(one: Parameter) -> str:
    """The shortest figures that give the same 32 bits again."""
    if integer(one.kind):
        return str(int(one.value))
    single = unpack("<f", pack("<f", one.value))[0]
    for digits in range(6, 10):
        if unpack("<f", pack("<f", float(f"{single:.{digits}g}")))[0] == single:
            return f"{single:.{digits}g}"
    return f"{single:.9g}"
