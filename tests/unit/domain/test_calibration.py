"""Offsets hold where they were measured, are linear between, and say nothing elsewhere."""

import pytest
from pydantic import ValidationError

from app.domain.calibration import Calibration, CalibrationPoint, with_point
from app.domain.radio import DirectSampling, FrontEnd


def point(mhz: float, gain_db: float, offset_db: float) -> CalibrationPoint:
    return CalibrationPoint(frequency_hz=mhz * 1e6, gain_db=gain_db, offset_db=offset_db)


TABLE = Calibration(
    device="R820T at roof",
    points=(point(100, 0, -10.0), point(200, 0, -14.0), point(400, 0, -20.0), point(100, 40, -6.0)),
)


@pytest.mark.parametrize(
    ("mhz", "gain_db", "offset_db"),
    [
        (100, 0, -10.0),
        (150, 0, -12.0),
        (300, 0, -17.0),
        (400, 0, -20.0),
        (415, 0, -20.0),  # just beyond the last
        (96, 0, -10.0),
        (94, 0, None),
        (421, 0, None),
        (100, 20, -8.0),  # between two gains
        (100, 60, -6.0),
        (100, -10, -10.0),
        (300, 40, -17.0),  # only the other gain was measured there
    ],
)
def test_the_offset_is_known_where_it_was_measured_and_between(
    mhz: float, gain_db: float, offset_db: float | None
) -> None:
    assert TABLE.offset_db(mhz * 1e6, gain_db) == (None if offset_db is None else pytest.approx(offset_db))
    dbm = TABLE.dbm_offset_db(mhz * 1e6, gain_db)
    assert dbm == (None if offset_db is None else pytest.approx(offset_db - gain_db))


@pytest.mark.parametrize(
    ("device", "front_end", "word"),
    [
        ("R820T at roof", FrontEnd(), ""),
        ("R820T at roof", FrontEnd(ppm=30, correct_dc=True), ""),
        ("R820T at barn", FrontEnd(), "another receiver"),
        ("R820T at roof", FrontEnd(agc=True), "AGC"),
        ("R820T at roof", FrontEnd(bias_tee=True), "bias tee off"),
        ("R820T at roof", FrontEnd(direct_sampling=DirectSampling.Q), "direct sampling off"),
    ],
)
def test_it_holds_for_one_receiver_as_it_was_set(device: str, front_end: FrontEnd, word: str) -> None:
    refusal = TABLE.refusal(device, front_end)
    assert (word in refusal) if word else not refusal
    assert "never" in Calibration().refusal(device, front_end)


def test_an_empty_one_knows_nothing() -> None:
    assert Calibration().offset_db(1e8, 0.0) is None


def test_a_new_measurement_takes_the_place_of_the_one_before() -> None:
    again = with_point(TABLE, point(100.5, 0, -11.0), "R820T at roof", FrontEnd())
    assert [(at.frequency_hz / 1e6, at.gain_db, at.offset_db) for at in again.points] == [
        (100, 40, -6.0), (100.5, 0, -11.0), (200, 0, -14.0), (400, 0, -20.0)
    ]  # fmt: skip


@pytest.mark.parametrize("front_end", [FrontEnd(), FrontEnd(bias_tee=True)])
def test_another_receiver_or_set_up_begins_anew(front_end: FrontEnd) -> None:
    device = "R820T at roof" if front_end.bias_tee else "another"
    fresh = with_point(TABLE, point(100, 0, -11.0), device, front_end)
    assert (fresh.device, fresh.bias_tee, len(fresh.points)) == (device, front_end.bias_tee, 1)
    assert with_point(None, point(100, 0, -11.0), device, front_end) == fresh


@pytest.mark.parametrize("wrong", [{"offset_db": float("nan")}, {"frequency_hz": 0.0}, {"gain_db": 1e9}, {"x": 1}])
def test_absurd_numbers_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        CalibrationPoint.model_validate({"frequency_hz": 1e8, "gain_db": 0.0, "offset_db": 0.0} | wrong)


def test_one_kept_by_a_number_tells_what_to_do_now_that_serial_numbers_are_known() -> None:
    before = TABLE.model_copy(update={"device": "RTL-SDR 0"})
    assert not before.refusal("RTL-SDR 0", FrontEnd())
    assert "Calibrate again" in before.refusal("RTL-SDR serial=00000001", FrontEnd())
    assert "another receiver" in before.refusal("RTL-SDR 1", FrontEnd())
