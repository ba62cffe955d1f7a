"""Second-generation messages against AMSA's compliance kit and C/S T.018's own example."""

import csv
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.sarsat406.digits import message_of
from app.domain.sarsat406.message import Message
from app.domain.sarsat406.second import second_message

EXAMPLE = "0039823D32618658622811F0000000000003FFF004030680258"  # C/S T.018 appendix B.1
PARITY = "010010010010101001001111110001010111101001001001"
VESSELS = {
    "AIRCRAFT_REGISTRATION_MARKING": [("value", "aircraft registration")],
    "RADIO_CALL_SIGN": [("value", "radio call sign")],
    "AVIATION_24_BIT_ADDRESS": [("addressHex", "aircraft 24-bit address")],
    "MMSI": [("mmsi", "MMSI"), ("epirbMmsi", "EPIRB-AIS identity")],
    "AIRCRAFT_OPERATOR_AND_SERIAL_NUMBER": [
        ("aircraftOperatorDesignator", "aircraft operator"),
        ("serialNumber", "serial number of the operator"),
    ],
}


def values(message: Message) -> dict[str, str]:
    return {field.name: field.value for field in message.fields}


def compare(message: Message, wanted: dict[str, Any]) -> None:
    told = values(message)
    assert message.country_code == wanted["countryCode"]
    assert told["type approval certificate"] == str(wanted["tac"])
    assert told["serial number"] == str(wanted.get("serialNumber", wanted.get("serialNo")))
    vessel: dict[str, Any] = wanted.get("vesselId", {})
    for theirs, ours in VESSELS[vessel["vesselIdType"]] if vessel else []:
        assert told[ours] == str(vessel[theirs])


@pytest.mark.shared
def test_the_compliance_kit(shared_data: Path) -> None:
    folder = shared_data / "sarsat406" / "sgb"
    with (folder / "tests.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 15
    for row in rows:
        wanted = json.loads((folder / row["JSON"]).read_text(encoding="utf-8"))
        message = message_of(row["HEX"])
        compare(message, wanted)
        if "encodedGnssPosition" in wanted:
            assert message.position is not None
            assert message.position.lat_deg == pytest.approx(wanted["encodedGnssPosition"]["lat"])
            assert message.position.lon_deg == pytest.approx(wanted["encodedGnssPosition"]["lon"])
            assert message.id_hex == wanted["beacon23HexId"]
            assert message.id_hex[:15] == wanted["beacon15HexId"]
            rotating = wanted["rotatingField"]
            told = values(message)
            assert told["altitude"] == f"{rotating['altitudeEncodedLocationMetres']} m"
            assert told["time since activation"] == f"{rotating['elapsedTimeSinceActivationHours']} h"
            assert (told["HDOP"], told["VDOP"], told["GNSS"]) == ("at most 1", "1 to 2", "3D")
        else:
            assert message.id_hex == row["HEX"]


def test_the_standards_example_with_its_check_bits() -> None:
    bits = f"{int(EXAMPLE, 16):0204b}"[2:] + PARITY
    message = second_message(bits)
    assert message.ok
    assert message.corrected_bits == 0
    assert message.id_hex == "9934039823D000000000000"
    assert message_of(f"{int('00' + bits, 2):063X}") == message


@pytest.mark.parametrize("seed", range(10))
def test_six_errors_are_put_right_and_many_are_not_believed(seed: int) -> None:
    bits = f"{int(EXAMPLE, 16):0204b}"[2:] + PARITY
    rng = random.Random(seed)
    few, many = rng.sample(range(250), 6), rng.sample(range(250), 40)
    flipped = "".join("10"[int(bit)] if place in few else bit for place, bit in enumerate(bits))
    assert second_message(flipped).message_hex == second_message(bits).message_hex
    assert second_message(flipped).corrected_bits == 6
    lost = second_message("".join("10"[int(bit)] if place in many else bit for place, bit in enumerate(bits)))
    assert not lost.ok
    assert lost.position is None


@pytest.mark.parametrize(
    ("number", "payload", "name", "value"),
    [
        (1, f"{3661:017b}" + "0000110100" + "0100" + "10" + "01" + "0" * 9, "time of position", "01:01:01 UTC"),
        (1, f"{3661:017b}" + "0000110100" + "0100" + "10" + "01" + "0" * 9, "trigger", "G-switch or deformation"),
        (1, "1" * 17 + "1" * 10 + "0001" + "00" + "11" + "0" * 9, "time of position", "not known"),
        (2, "00" + "110000" + "001" + "10" + "1" * 20 + "0" * 11, "return link provider", "Galileo"),
        (3, "0" * 44, "national use", "00000000000"),
        (9, "0" * 44, "spare", "00000000000"),
        (15, "1" * 42 + "10", "cancelled", "manual by user"),
    ],
)
def test_rotating_fields(number: int, payload: str, name: str, value: str) -> None:
    message = second_message(f"{int(EXAMPLE, 16):0204b}"[2:156] + f"{number:04b}" + payload)
    assert values(message)[name] == value


def test_no_position_is_no_position() -> None:
    bits = f"{int(EXAMPLE, 16):0204b}"[2:]
    default = "0" + "1" * 7 + "000001111100000" + "0" + "1" * 8 + "111110000011111"
    assert second_message(bits[:43] + default + bits[90:]).position is None


@settings(max_examples=40)
@given(st.integers(0, (1 << 250) - 1), st.sampled_from([202, 250]), st.booleans())
def test_any_bits_are_decoded_without_a_crash(number: int, count: int, self_test: bool) -> None:
    message = second_message(f"{number & ((1 << count) - 1):0{count}b}", self_test)
    assert len(message.id_hex) == 23
    assert message.summary
