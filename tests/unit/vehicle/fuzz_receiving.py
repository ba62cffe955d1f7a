"""Atheris on the receive path: python tests/unit/vehicle/fuzz_receiving.py -runs=100000.

Bytes of a vehicle and of another ground station go through everything the link worker does with them: frames, the
pictures of the vehicles, the conversations under way, the rules of forwarding. Any exception is a find.
"""

import struct
import sys

import atheris

with atheris.instrument_imports(include=["app.vehicle", "app.workers"]):
    from pymavlink.dialects.v20 import ardupilotmega as mavlink

    from app.vehicle.frames import FrameReader
    from tests.unit.vehicle.receiving import Station, framed

NUMBERS = sorted(mavlink.mavlink_map)
TALKED_OF = (0, 22, 24, 30, 33, 39, 40, 42, 44, 47, 51, 73, 77, 147, 148, 193, 242, 245, 253, 345)
ABSURD = (0.0, -1.0, float("nan"), float("inf"), -3.4e38, 1e-45)


def stream(data: bytes) -> bytes:
    """Bytes of a link made of ``data``: right frames of chosen kinds with any contents, damage, repetitions, noise."""
    given = atheris.FuzzedDataProvider(data)
    parts = [framed(0, struct.pack("<IBBBBB", 4, 2, 3, 81, 4, 3), 1, 2)]
    while given.remaining_bytes() > 2 and len(parts) < 60:
        what = given.ConsumeIntInRange(0, 9)
        if what < 5:
            number = TALKED_OF[given.ConsumeIntInRange(0, len(TALKED_OF) - 1)]
        else:
            number = NUMBERS[given.ConsumeIntInRange(0, len(NUMBERS) - 1)]
        size = mavlink.mavlink_map[number].unpacker.size
        payload = given.ConsumeBytes(given.ConsumeIntInRange(0, size))
        if what == 4:
            payload = b"".join(struct.pack("<f", ABSURD[byte % len(ABSURD)]) for byte in payload[:60])
        if what == 9:
            parts.append(payload)
        elif what == 8:
            parts.append(parts[-1][: given.ConsumeIntInRange(0, len(parts[-1]))])
        elif what == 7:
            parts.append(parts[given.ConsumeIntInRange(0, len(parts) - 1)])
        else:
            system = given.PickValueInList([1, 1, 1, 2, 0, 255])
            parts.append(framed(number, payload, system, given.ConsumeIntInRange(1, 2)))
    return b"".join(parts)


def one(data: bytes) -> None:
    whole = stream(data[1:])
    station, reader = Station("PX4" if data[:1] > b"\x80" else "ArduPilot"), FrameReader()
    step = 1 + (data[0] if data else 0)
    for at in range(0, len(whole), step):
        for frame in reader.feed(whole[at : at + step]):
            station.hear(frame)
    if station.said > 4000:
        raise AssertionError(f"{station.said} messages said to {len(whole)} bytes heard")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
