"""Flights recorded elsewhere, read to their track: tlogs, ArduPilot's own logs, and what is neither."""

import struct
from pathlib import Path
from random import Random

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import distance_m
from app.domain.vehicle import Telemetry, VehicleMessage
from app.errors import BadFile
from app.exchange.flightlogs import read_log
from app.vehicle.frames import FrameWriter
from app.vehicle.tlog import stamped
from tests.unit.vehicle.play import beat, text

FIRST_S = 1.6e9


def tlog(boots: int = 1, vehicles: int = 1, count: int = 20) -> bytes:
    """Vehicles that send position and attitude at 10 Hz and boot again now and then."""
    parts, time_s = [], FIRST_S
    writers = [FrameWriter(1 + number, 1) for number in range(vehicles)]
    for _ in range(boots):
        for step in range(count):
            time_s += 0.1
            for number, writer in enumerate(writers):
                messages = [
                    beat(4),
                    mavlink.MAVLink_attitude_message(1000 + 100 * step, 0.1, 0.0, 1.0, 0, 0, 0),
                    mavlink.MAVLink_global_position_int_message(
                        1000 + 100 * step,
                        473_000_000 + 100 * step,
                        85_000_000 + 1000 * number,
                        500_000,
                        9_000,
                        0,
                        0,
                        0,
                        0,
                    ),
                ]
                parts += [stamped(time_s, writer.pack(message)) for message in messages]
    parts.append(stamped(time_s, writers[0].pack(text("Landed", 6))))
    return b"".join(parts)


def test_a_tlog_becomes_a_track_with_the_recordings_own_times(tmp_path: Path) -> None:
    (tmp_path / "one.tlog").write_bytes(tlog())
    log = read_log(tmp_path / "one.tlog")
    poses = [fact for fact in log.facts if isinstance(fact, Telemetry)]
    assert [round(pose.time_s - FIRST_S, 3) for pose in poses] == [round(0.1 * (1 + n), 3) for n in range(20)]
    last = log.facts[-1]
    assert isinstance(last, VehicleMessage)
    assert (last.severity, last.text) == (6, "Landed")
    assert (log.frames, log.damaged, log.simulated) == (61, 0, False)
    assert log.ended_s - log.started_s == pytest.approx(1.9)


def test_vehicles_are_kept_apart_and_a_reboot_loses_little(tmp_path: Path) -> None:
    (tmp_path / "two.tlog").write_bytes(tlog(boots=2, vehicles=2))
    poses = [fact for fact in read_log(tmp_path / "two.tlog").facts if isinstance(fact, Telemetry)]
    for vehicle in (1, 2):
        mine = [pose for pose in poses if pose.vehicle_id == vehicle]
        assert len(mine) >= 38
        assert {round(pose.lon_deg, 7) for pose in mine} == {8.5 + 1e-4 * (vehicle - 1)}


def test_damaged_places_cost_only_themselves(tmp_path: Path) -> None:
    data, random = bytearray(tlog(count=200)), Random(1)
    for _ in range(20):
        data[random.randrange(len(data))] ^= 0x55
    (tmp_path / "torn.tlog").write_bytes(bytes(data[:-7]))
    log = read_log(tmp_path / "torn.tlog")
    assert sum(isinstance(fact, Telemetry) for fact in log.facts) > 150


@pytest.mark.parametrize(
    ("name", "contents", "words"),
    [
        ("empty.tlog", b"", "neither"),
        ("text.tlog", b"no recording of anything" * 99, "neither"),
        ("beats.tlog", stamped(FIRST_S, FrameWriter(1, 1).pack(beat(4))), "no position"),
        ("short.bin", b"\xa3\x95\x80", "damaged|no position"),
        ("noise.bin", b"\xa3\x95" + Random(2).randbytes(5000), "damaged|no position"),
    ],
)
def test_what_is_no_flight_is_refused_with_its_name(tmp_path: Path, name: str, contents: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(contents)
    with pytest.raises(BadFile, match=words) as refused:
        read_log(tmp_path / name)
    assert name in str(refused.value)


FORMATS = {
    "GPS": (130, "QBIHBcLLeffffB", "TimeUS,Status,GMS,GWk,NSats,HDop,Lat,Lng,Alt,Spd,GCrs,VZ,Yaw,U"),
    "ATT": (131, "QccccCCCCB", "TimeUS,DesRoll,Roll,DesPitch,Pitch,DesYaw,Yaw,ErrRP,ErrYaw,AEKF"),
    "POS": (132, "QLLfff", "TimeUS,Lat,Lng,Alt,RelHomeAlt,RelOriginAlt"),
    "MSG": (133, "QZ", "TimeUS,Message"),
}
CODES = {"Q": "Q", "B": "B", "I": "I", "H": "H", "L": "i", "e": "i", "f": "f", "c": "h", "C": "H", "Z": "64s"}
TIMES = {"c": 100, "C": 100, "e": 100, "L": 1e7}


def record(name: str, *values: float | bytes) -> bytes:
    number, form, _ = FORMATS[name]
    scaled = [
        value if isinstance(value, bytes) or code not in TIMES else round(value * TIMES[code])
        for value, code in zip(values, form, strict=True)
    ]
    return struct.pack("<2sB" + "".join(CODES[code] for code in form), b"\xa3\x95", number, *scaled)


def dataflash() -> bytes:
    """A log as ArduCopter writes it: the formats first, then 5 s of flight northwards at 4 m/s."""
    own = struct.pack(
        "<2sBBB4s16s64s", b"\xa3\x95", 0x80, 0x80, 89, b"FMT", b"BBnNZ", b"Type,Length,Name,Format,Columns"
    )
    parts = [own]
    for name, (number, form, columns) in FORMATS.items():
        size = 3 + struct.calcsize("<" + "".join(CODES[code] for code in form))
        fields = (name.encode(), form.encode(), columns.encode())
        parts.append(struct.pack("<2sBBB4s16s64s", b"\xa3\x95", 0x80, number, size, *fields))
    parts.append(record("MSG", 1_000_000, b"ArduCopter V4.5.1"))
    for step in range(26):
        us, lat = 2_000_000 + 200_000 * step, -35.0 + 4.0 * 0.2 * step / 111_120.0
        gps = (us, 3, 200 * step + 1000, 2200, 12, 0.8, lat, 149.0, 600.0, 4.0, 0.0, 0.0, 0.0, 1)
        parts.append(record("GPS", *gps))
        parts.append(record("ATT", us, 0, 1.0, 0, -5.0, 0, 359.5, 0, 0, 3))
        parts.append(record("POS", us, lat, 149.0, 620.0, 20.0, 20.0))
    return b"".join(parts)


def test_a_dataflash_log_becomes_a_track(tmp_path: Path) -> None:
    (tmp_path / "00000012.BIN").write_bytes(dataflash())
    log = read_log(tmp_path / "00000012.BIN")
    poses = [fact for fact in log.facts if isinstance(fact, Telemetry)]
    assert len(poses) >= 25
    assert [fact.text for fact in log.facts if isinstance(fact, VehicleMessage)] == ["ArduCopter V4.5.1"]
    assert distance_m(poses[0].position, poses[-1].position) == pytest.approx(20.0, rel=0.05)
    assert poses[-1].time_s - poses[0].time_s == pytest.approx(0.2 * (len(poses) - 1), abs=0.01)
    last = poses[-1]
    assert (last.height_m, round(last.heading_deg, 1), round(last.pitch_deg, 1)) == (20.0, 359.5, -5.0)
    assert (last.north_mps, last.altitude_m) == (4.0, 620.0)


def test_a_dataflash_log_that_was_cut_gives_what_is_whole(tmp_path: Path) -> None:
    (tmp_path / "cut.bin").write_bytes(dataflash()[:-31])
    assert len(read_log(tmp_path / "cut.bin").facts) >= 24


@pytest.mark.shared
def test_a_real_flight_of_23_minutes_is_read_whole(shared_data: Path) -> None:
    log = read_log(shared_data / "mavlink" / "dronekit_flight.tlog")
    assert sum(isinstance(fact, Telemetry) for fact in log.facts) == 2_684
    assert log.ended_s - log.started_s == pytest.approx(1377.0, abs=0.1)
