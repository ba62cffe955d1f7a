"""Parameter files read and written, beside pymavlink's own reader and files as others write them."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymavlink.mavparm import MAVParmDict

from app.errors import BadFile, DeviceError
from app.exchange.parameters import (
    Difference,
    ParameterForm,
    differences,
    load,
    parameters_of,
    read_parameters,
    to_file,
)
from app.vehicle.parameters import Parameter
from tests.unit.vehicle.play import PEER, param, play

REAL32, INT32 = 9, 6
HELD = [
    Parameter("WPNAV_SPEED", 1000.0, REAL32, 1, 4),
    Parameter("AHRS_TRIM_X", struct.unpack("<f", struct.pack("<f", -0.0123456789))[0], REAL32, 0, 4),
    Parameter("LOG_BITMASK", 16_777_215.0, INT32, 2, 4),
    Parameter("GPS_RATE_MS_LONG", 1.5e-7, REAL32, 3, 4),
]
VALUES = {one.name: one.value for one in HELD}

MISSION_PLANNER = "# Mission Planner\r\nWPNAV_SPEED,1000\r\nAHRS_TRIM_X,-0.01234568\r\n"
MAVPROXY = "WPNAV_SPEED      1000.000000\nAHRS_TRIM_X      -0.012346 # trimmed\n\n"
QGC = """# Onboard parameters for Vehicle 1
#
# Stack: ArduPilot
# Vehicle-Id Component-Id Name Value Type
1\t1\tAHRS_TRIM_X\t-0.012345679104328156\t9
1\t1\tWPNAV_SPEED\t1000\t9
"""


@pytest.mark.parametrize("text", [MISSION_PLANNER, MAVPROXY, QGC, "\ufeff" + MISSION_PLANNER])
def test_files_of_others_are_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.param").write_text(text, encoding="utf-8", newline="")
    found = read_parameters(tmp_path / "x.param")
    assert found["WPNAV_SPEED"] == 1000.0
    assert found["AHRS_TRIM_X"] == pytest.approx(-0.0123457, abs=1e-6)


def test_pymavlink_reads_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "x.param"
    path.write_text(to_file(HELD, ParameterForm.ARDUPILOT), encoding="utf-8")
    theirs = MAVParmDict()
    assert theirs.load(str(path))
    assert dict(theirs) == {name: pytest.approx(value, rel=1e-7) for name, value in VALUES.items()}


def test_what_pymavlink_writes_is_read(tmp_path: Path) -> None:
    theirs = MAVParmDict()
    theirs.update({"WPNAV_SPEED": 1000.0, "FRAME_CLASS": 1})
    theirs.save(str(tmp_path / "x.parm"))
    assert read_parameters(tmp_path / "x.parm") == {"WPNAV_SPEED": 1000.0, "FRAME_CLASS": 1.0}


def test_qgroundcontrols_form_has_vehicle_component_and_type() -> None:
    lines = to_file(HELD, ParameterForm.QGC, 7, 1).splitlines()
    assert lines[-2:] == ["7\t1\tLOG_BITMASK\t16777215\t6", "7\t1\tWPNAV_SPEED\t1000\t9"]


@given(value=st.floats(allow_nan=False, allow_infinity=False, width=32), form=st.sampled_from(ParameterForm))
def test_every_value_of_32_bits_survives(value: float, form: ParameterForm) -> None:
    again = parameters_of(to_file([Parameter("A", value, REAL32, 0, 1)], form))["A"]
    assert struct.pack("<f", again) == struct.pack("<f", value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no parameter"),
        ("# only words\n", "no parameter"),
        ("A,1\nB\n", "line 2: 1 fields"),
        ("A,1\n1 1 B 2\n", "line 2: 4 fields"),
        ("A,1\nB,two\n", "line 2: value of B is 'two'"),
        ("A,nan\n", "line 1: value of A is nan"),
        ("A,1e39\n", "line 1: value of A is 1e39"),
        ("A_NAME_TOO_LONG_FOR_IT,1\n", "line 1: name is 'A_NAME"),
        ("Ä,1\n", "line 1: name is 'Ä'"),
        ("A,1\nB,2\nA,3\n", "line 3: A is 3, and 1 in line 1"),
    ],
)
def test_what_is_no_parameter_file_is_told_with_line_and_field(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "x.param").write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=rf"x\.param: .*{complaint}"):
        read_parameters(tmp_path / "x.param")


def test_missing_huge_and_binary_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_parameters(tmp_path / "none.param")
    (tmp_path / "bytes.param").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(BadFile, match="cannot be read"):
        read_parameters(tmp_path / "bytes.param")
    with (tmp_path / "huge.param").open("wb") as file:
        file.truncate(3_000_000)
    with pytest.raises(BadFile, match="at most"):
        read_parameters(tmp_path / "huge.param")


@given(text=st.text(alphabet=st.sampled_from("AB_1.,\t\n# -ex"), max_size=60))
def test_any_text_is_parameters_or_told(text: str) -> None:
    try:
        assert parameters_of(text)
    except BadFile as error:
        assert str(error)  # noqa: PT017 - either outcome is right


def test_a_file_beside_the_vehicle() -> None:
    held = {one.name: one for one in HELD}
    file = {"WPNAV_SPEED": 800.0, "AHRS_TRIM_X": -0.01234568, "NEW_ONE": 1.0, "LOG_BITMASK": 16_777_215.0}
    assert differences(file, held) == (
        Difference("GPS_RATE_MS_LONG", None, 1.5e-7),
        Difference("NEW_ONE", 1.0, None),
        Difference("WPNAV_SPEED", 800.0, 1000.0),
    )


def test_loading_sets_what_differs_and_tells_what_became_of_each() -> None:
    wanted = {"A": 1.0, "B": 5.0, "C": 2.5, "X": 1.0, "FORMAT_VERSION": 9.0}
    held = [
        param("A", 1.0, 0, 4),
        param("B", 2.0, 1, 4),
        param("C", 2.0, 2, 4, kind=4),
        param("FORMAT_VERSION", 1.0, 3, 4),
    ]
    said, result = play(load(wanted, PEER), *held, param("B", 5.0, 1, 4))
    assert said == ["PARAM_REQUEST_LIST", "PARAM_SET"]
    assert result.changed == (Difference("B", 5.0, 2.0),)
    assert "C holds whole numbers" in result.refused[0]
    assert result.unknown == ("X",)
    _, error = play(load({"A": 3.0, "B": 5.0}, PEER), *held, param("A", 3.0, 0, 4), *[None] * 10)
    assert isinstance(error, DeviceError)
    assert "1 parameters were set before" in str(error)
