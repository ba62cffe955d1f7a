"""First-generation messages against what others decoded of them, and against what can go wrong."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.sarsat406.bch import BCH_1, BCH_2
from app.domain.sarsat406.digits import message_of
from app.domain.sarsat406.first import first_message
from app.domain.sarsat406.message import Message

# message, identification, country code, beacon, position: sent by real and training beacons, decoded by public tools
# (Claire-Shaw/Beacon-Decoder-Git's decodedhex.csv, fredzo/SarsatJRX, Cospas-Sarsat's coding guide)
PUBLISHED = [
    ("FFFED0CE06E68A28200C2D764404AD05D720", "9C0DCD145040185", 224, "ELT", (37.400, -5.867)),
    ("FFFED0CE4E800000E801BCA08625720173AE", "9C9D000001D0037", 228, "test beacon", (43.600, 1.467)),
    ("FFFED096E3A5C8C27FDFFEB2787583E0FAA8", "2DC74B9184FFBFF", 366, "ELT", None),
    ("FFFED096EBE3F1DFC0FF015637379F3C0010", "2DD7C7E3BF81FE0", 366, "PLB", None),
    ("FFFED08E86330FAE7FDFFFF25CB783E0F66C", "1D0C661F5CFFBFF", 232, "EPIRB", None),
    ("FFFED0ED033E9338C9A18C7E914FE0FF0F61", "DA067D267193431", 720, "ELT", None),
    ("FFFED05D4326BF31C4398C25D55000000000", "BA864D7E6388731", 468, "ELT", None),
    ("FFFED04F74C98C8269A68DD533D000000000", "9EE9931904D34D1", 247, "EPIRB", None),
    ("FFFED0511620E22600104A4530D000000000", "A22C41C44C00209", 273, "ELT", None),
    ("FFFE2F8E3E0425A8318074FE44B735CD7B46", "1C7C084B50FFBFF", 227, "test beacon", (49.27556, 3.27556)),
    ("FFFE2FA0D205F260850F3DC9E0B70B6E4FD7", "41A40BE4C0FFBFF", 525, "EPIRB", None),
    ("90127B92922BC022FF103504422535", "2024F72524FFBFF", 257, "EPIRB", (43.7322, 0.9644)),
]


def values(message: Message) -> dict[str, str]:
    return {field.name: field.value for field in message.fields}


@pytest.mark.parametrize(("digits", "id_hex", "country", "beacon", "position"), PUBLISHED)
def test_published_messages(
    digits: str, id_hex: str, country: int, beacon: str, position: tuple[float, float] | None
) -> None:
    trimmed = digits[:28] if digits.endswith("00000000") else digits  # tools fill short messages up with zeros
    message = message_of(trimmed)
    assert (message.id_hex, message.country_code, message.beacon) == (id_hex, country, beacon)
    assert message.ok
    assert message.corrected_bits == 0
    if position is not None:
        assert message.position is not None
        assert (message.position.lat_deg, message.position.lon_deg) == pytest.approx(position, abs=5e-4)
    assert message.test == ("FFFED0" in digits or beacon == "test beacon")


@pytest.mark.parametrize(
    ("digits", "name", "value"),
    [
        ("FFFE2FA0D205F260850F3DC9E0B70B6E4FD7", "MMSI", "525024358"),
        ("90127B92922BC022FF103504422535", "MMSI", "257506153"),  # 506153 in the coding guide
        ("FFFE2FE0DDAE599508268E4C05E054651307", "radio call sign", "YDB4841"),
        ("FFFE2FE29325ACB12E938B671E0FE0FF0F61", "aircraft registration", "P2-HSM"),
        ("FFFE2FEDF67B7182038C2F0E10CFE0FF0F61", "aircraft operator", "FAE"),
        ("FFFE2FCE46E76EF8C00C2BAA31CFE0FF0F61", "aircraft 24-bit address", "3B77C6"),
        ("FFFED08E3301E240298056CF99F61503780B", "aircraft 24-bit address", "01E240"),
        ("FFFE2FA3E7B10016150D364D8B3689C09437", "serial number", "22"),
        ("FFFE2FD9D4EB28140AA6893F16A2C67282EC", "MMSI (last six digits) or call sign", "123456"),
        ("FFFE2F8F4DCBC01ACD004BB10D4E79C4DD86", "return link provider", "Galileo"),
    ],
)
def test_fields_of_each_family(digits: str, name: str, value: str) -> None:
    assert values(message_of(digits))[name] == value


def test_an_identification_says_who_it_is_without_a_position() -> None:
    whole, alone = message_of("90127B92922BC022FF103504422535"), message_of("2024F72524FFBFF")
    assert (alone.id_hex, alone.country, values(alone)["MMSI"]) == (whole.id_hex, whole.country, "257506153")
    assert alone.position is None
    assert alone.verdict == "identification only"


def long_message(first: str, second: str) -> str:
    """120 bits: 61 data bits, 26 data bits and their parities."""
    return f"{first}{BCH_1.parity(int(first, 2)):021b}{second}{BCH_2.parity(int(second, 2)):012b}"


def in_bits(*parts: tuple[int, int]) -> str:
    return "".join(f"{value:0{width}b}" for value, width in parts)


def test_an_offset_leads_away_from_zero_or_towards_it() -> None:
    """South-west, national location: 33°50'S - 1'20" and 151°12'W + 2'40", as C/S T.001 builds it."""
    first = (
        "10" + in_bits((503, 10), (0b1010, 4), (1234, 18)) + in_bits((1, 1), (33, 7), (25, 5), (1, 1), (151, 8), (6, 5))
    )
    second = "110" + "111" + in_bits((0, 1), (1, 2), (5, 4), (1, 1), (2, 2), (10, 4), (0, 6))
    message = first_message(long_message(first, second))
    assert message.position is not None
    assert message.position.lat_deg == pytest.approx(-(33 + 50 / 60 - 80 / 3600))
    assert message.position.lon_deg == pytest.approx(-(151 + 12 / 60 + 160 / 3600))
    assert message.resolution_deg == pytest.approx(4 / 3600)
    assert message.id_hex == f"{int(first[1:34] + '011111110000001111111100000', 2):015X}"


def test_distress_tracking_with_operator_in_the_second_field() -> None:
    first = "10" + in_bits((228, 10), (0b1001, 4), (0, 2), (0x3B77C6, 24)) + in_bits((0, 1), (96, 8), (0, 1), (9, 9))
    letters = in_bits((0b10110, 5), (0b11100, 5), (0b00001, 5))  # modified Baudot without its leading 1
    message = first_message(long_message(first, in_bits((0b10, 2), (0b0010, 4), (0, 2), (0, 3)) + letters))
    told = values(message)
    assert message.beacon == "ELT(DT)"
    assert told["aircraft 24-bit address"] == "3B77C6"
    assert told["activation"] == "automatic by external means"
    assert told["altitude"] == "800 to 1200 m"
    assert told["aircraft operator"] == "FUT"
    assert message.position is not None
    assert (message.position.lat_deg, message.position.lon_deg) == (48.0, 4.5)
    assert message.resolution_deg == 0.5


def test_a_switched_off_elt_dt_says_so() -> None:
    first = "10" + in_bits((228, 10), (0b1001, 4), (0, 2), (0x3B77C6, 24)) + "1111110101111111010"
    message = first_message(long_message(first, "00111100011110000011110000"))
    assert message.position is None
    assert "cancellation" in values(message)


def test_rls_coded_with_an_mmsi() -> None:
    first = "10" + in_bits((232, 10), (0b1101, 4), (0b01, 2), (0b1111, 4), (123456, 20)) + "0111111110111111111"
    message = first_message(
        long_message(first, in_bits((0b11, 2), (0b1100, 4), (0b01, 2)) + "1" + "00001111" + "1" + "00001111")
    )
    assert values(message)["MMSI"] == "232123456"
    assert message.beacon == "EPIRB"
    assert message.position is None


def test_a_nature_of_distress_in_a_short_message() -> None:
    short = "01" + in_bits((247, 10), (0b010, 3)) + "0" * 46
    text = f"{short}{BCH_1.parity(int(short, 2)):021b}"
    assert values(first_message(text + "100110"))["nature of distress"] == "sinking"
    assert values(first_message(text + "000110"))["emergency code"] == "none"


@pytest.mark.parametrize("seed", range(20))
def test_errors_are_put_right_up_to_the_design_distance(seed: int) -> None:
    rng = random.Random(seed)
    sent = f"{int('8E3301E240298056CF99F61503780B', 16):0120b}"
    errors = rng.sample(range(82), rng.randint(0, 3)) + rng.sample(range(82, 120), rng.randint(0, 2))
    got = "".join("10"[int(bit)] if place in errors else bit for place, bit in enumerate(sent))
    message = first_message(got)
    assert message.ok
    assert message.corrected_bits == len(errors)
    assert message.message_hex == "8E3301E240298056CF99F61503780B"


def test_a_second_field_that_is_lost_leaves_the_coarse_place() -> None:
    sent = f"{int('8E3301E240298056CF99F61503780B', 16):0120b}"
    broken = next(
        message
        for seed in range(50)
        if not (message := first_message(sent[:82] + f"{random.Random(seed).getrandbits(38):038b}")).ok
    )
    assert broken.checks[0].ok
    assert broken.position is not None
    assert (broken.position.lat_deg, broken.position.lon_deg) == (41.5, 2.5)
    assert broken.resolution_deg == 0.25
    assert "BCH-2 failed" in broken.verdict


@settings(max_examples=40)
@given(st.integers(0, (1 << 120) - 1), st.sampled_from([88, 120]), st.booleans())
def test_any_bits_are_decoded_without_a_crash(number: int, count: int, self_test: bool) -> None:
    message = first_message(f"{number & ((1 << count) - 1):0{count}b}", self_test)
    assert len(message.id_hex) == 15
    assert message.summary
    if message.position is not None:
        assert abs(message.position.lat_deg) <= 90.0
        assert abs(message.position.lon_deg) <= 180.0


@settings(max_examples=40)
@given(st.integers(0, (1 << 60) - 1))
def test_any_identification_is_decoded_without_a_crash(number: int) -> None:
    assert message_of(f"{number:015X}").country
