"""The codes: their generators as the standards print them, correction, refusal."""

import random

import pytest

from app.domain.sarsat406.bch import BCH_1, BCH_2, BCH_LONG, BchCode
from app.domain.sarsat406.countries import COUNTRIES, country_name


def test_generators_are_those_of_the_standards() -> None:
    assert f"{BCH_1.generator:b}" == "1001101101100111100011"
    assert f"{BCH_2.generator:b}" == "1010100111001"
    assert f"{BCH_LONG.generator:b}" == "1110001111110101110000101110111110011110010010111"
    assert (BCH_1.data_bits, BCH_2.data_bits, BCH_LONG.data_bits) == (61, 26, 202)


@pytest.mark.parametrize("code", [BCH_1, BCH_2, BCH_LONG])
def test_up_to_the_design_distance_every_error_is_found(code: BchCode) -> None:
    rng = random.Random(1)
    for _ in range(60):
        data = rng.getrandbits(code.data_bits)
        word = data << code.parity_bits | code.parity(data)
        places = rng.sample(range(code.length), rng.randint(0, code.errors))
        assert code.correct(word ^ sum(1 << place for place in places)) == (word, len(places))


@pytest.mark.parametrize("code", [BCH_1, BCH_2, BCH_LONG])
def test_what_is_taken_for_a_word_is_one_within_reach(code: BchCode) -> None:
    rng = random.Random(2)
    for _ in range(60):
        noise = rng.getrandbits(code.length)
        found = code.correct(noise)
        if found is not None:
            word, count = found
            assert code.correct(word) == (word, 0)
            assert (word ^ noise).bit_count() == count <= code.errors


def test_countries() -> None:
    assert len(COUNTRIES) == 292
    assert all(201 <= code <= 775 for code in COUNTRIES)
    assert country_name(227) == "France"
    assert country_name(262) == "Montenegro"
    assert "unassigned" in country_name(1023)
