"""Rotating fields of C/S T.018, bits 155-202 (tables 3.3 to 3.8); pure, any thread."""

from collections.abc import Callable

from app.domain.sarsat406.bits import Bits
from app.domain.sarsat406.message import Field

_DOP = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30, 50)  # upper ends; beyond the last: more, then not known
_ACTIVATION = ("manual by user", "automatic by the beacon", "automatic by external means", "spare")
_BATTERY_PERCENT = (5, 10, 25, 50, 75, 100)
_BATTERY = ("at most 33 %", "33 to 66 %", "above 66 %", "not known")
_GNSS = ("no fix", "2D", "3D", "spare")
_TRIGGERS = {0b0001: "manual by the crew", 0b0100: "G-switch or deformation", 0b1000: "automatic from avionics"}
_PROVIDERS = {0b001: "Galileo", 0b010: "GLONASS"}
_DEACTIVATION = ("spare", "automatic by external means", "manual by user", "spare")


def rotating_fields(bits: Bits) -> tuple[Field, ...]:
    """What the rotating field of this burst says."""
    number = bits.number(155, 158)
    decoders: dict[int, Callable[[Bits], list[Field]]] = {
        0: _objective,
        1: _in_flight,
        2: _return_link,
        3: _national,
        15: _cancellation,
    }
    name = Field("155-158", "rotating field", f"{number}")
    return name, *decoders.get(number, _spare)(bits)


def _altitude(bits: Bits) -> Field:
    code = bits.number(176, 185)
    return Field("176-185", "altitude", "not known" if code == 1023 else f"{16 * code - 400} m")


def _dilution(code: int) -> str:
    if code == 15:
        return "not known"
    if code == 14:
        return "above 50"
    return "at most 1" if code == 0 else f"{_DOP[code - 1]} to {_DOP[code]}"


def _battery(code: int) -> str:
    if code > 5:
        return "not known" if code == 7 else "reserved"
    return "at most 5 %" if code == 0 else f"{_BATTERY_PERCENT[code - 1]} to {_BATTERY_PERCENT[code]} %"


def _objective(bits: Bits) -> list[Field]:
    minutes = bits.number(165, 175)
    return [
        Field("159-164", "time since activation", f"{bits.number(159, 164)} h"),
        Field("165-175", "age of position", "no position yet" if minutes == 2047 else f"{minutes} min"),
        _altitude(bits),
        Field("186-189", "HDOP", _dilution(bits.number(186, 189))),
        Field("190-193", "VDOP", _dilution(bits.number(190, 193))),
        Field("194-195", "activation", _ACTIVATION[bits.number(194, 195)]),
        Field("196-198", "battery", _battery(bits.number(196, 198))),
        Field("199-200", "GNSS", _GNSS[bits.number(199, 200)]),
    ]


def _in_flight(bits: Bits) -> list[Field]:
    seconds = bits.number(159, 175)
    minutes, second = divmod(seconds, 60)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d} UTC" if seconds < 86_400 else "not known"
    trigger = bits.number(186, 189)
    return [
        Field("159-175", "time of position", clock),
        _altitude(bits),
        Field("186-189", "trigger", _TRIGGERS.get(trigger, f"spare {trigger:04b}")),
        Field("190-191", "GNSS", _GNSS[bits.number(190, 191)]),
        Field("192-193", "battery", _BATTERY[bits.number(192, 193)]),
    ]


def _return_link(bits: Bits) -> list[Field]:
    provider = bits.number(167, 169)
    fields = [
        Field("161", "can process RLM type 1", "yes" if bits.is_set(161) else "no"),
        Field("162", "can process RLM type 2", "yes" if bits.is_set(162) else "no"),
        Field("167-169", "return link provider", _PROVIDERS.get(provider, f"spare {provider}")),
        Field("170", "RLM type 1 received", "yes" if bits.is_set(170) else "no"),
        Field("171", "RLM type 2 received", "yes" if bits.is_set(171) else "no"),
    ]
    if bits.is_set(170):
        fields.append(Field("172-191", "return link message, bits 61-80", bits.of(172, 191)))
    return fields


def _national(bits: Bits) -> list[Field]:
    return [Field("159-202", "national use", bits.hex(159, 202))]


def _cancellation(bits: Bits) -> list[Field]:
    return [Field("201-202", "cancelled", _DEACTIVATION[bits.number(201, 202)])]


def _spare(bits: Bits) -> list[Field]:
    return [Field("159-202", "spare", bits.hex(159, 202))]
