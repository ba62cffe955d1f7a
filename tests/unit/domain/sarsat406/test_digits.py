"""Hexadecimal digits that are messages, and those that are not."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.sarsat406.digits import is_digits, message_of
from app.errors import BadMessage
from tests.unit.fuzzing import fuzz, needs_atheris


def test_spaces_dashes_and_prefix_do_not_count() -> None:
    assert message_of(" 0x2024f-72524 FFBFF\n").id_hex == "2024F72524FFBFF"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "0 hexadecimal digits"),
        ("2024F72524FFBF", "14 hexadecimal digits"),
        ("2O24F72524FFBFF", "'O' is no hexadecimal digit"),
        ("0024F72524FFBFF00000000", "no second-generation identification"),
        ("FFFFFF8E3301E240298056CF99F61503780B", "neither"),
        ("7" + "0" * 62, "00 or 10"),
        ("A" * 100_000, "100000 hexadecimal digits"),
        ("é" * 15, "no hexadecimal digit"),
    ],
)
def test_what_is_no_message_is_said_to_be_none(text: str, words: str) -> None:
    with pytest.raises(BadMessage, match=words):
        message_of(text)


def test_digits_are_told_from_file_names() -> None:
    assert is_digits("2024F72524FFBFF")
    assert not is_digits("beacon.wav")
    assert not is_digits("cafe")


@settings(max_examples=40)
@given(st.text(max_size=80))
def test_any_text_is_decoded_or_refused(text: str) -> None:
    with suppress(BadMessage):
        assert message_of(text).id_hex


@settings(max_examples=40)
@given(st.text("0123456789abcdefABCDEF ", max_size=70))
def test_any_digits_are_decoded_or_refused(text: str) -> None:
    with suppress(BadMessage):
        assert message_of(text).summary


@pytest.mark.slow
@needs_atheris
def test_a_fuzzer_finds_no_digits_that_crash(tmp_path: Path) -> None:
    examples = ("2024F72524FFBFF", "90127B92922BC022FF103504422535", "9934039823D000000000000")
    seeds = [bytes([number]) + bytes.fromhex(digits.ljust(64, "0")) for digits in examples for number in range(8)]
    fuzz(Path(__file__).with_name("fuzz_digits.py"), tmp_path, [*seeds, b"\x0a" + examples[0].encode()], 1_500, 80)
