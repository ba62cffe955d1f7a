from app.domain.geometry import EastNorth
from app.locate.antenna import Attitude
from app.locate.track import MOST_ROWS, MOST_SILENT, Measured, Silence, Track


def _at(east: float, time_s: float, power: float = -80.0, heading: float = 0.0) -> Measured:
    return Measured(time_s, EastNorth(east, 0.0), 40.0, Attitude(0.0, 0.0, heading), power, 0.25)


def test_readings_within_a_step_become_one_row() -> None:
    track = Track(3.0, directional=False)
    for i in range(9):
        track.add(_at(float(i), float(i) * 0.1, -80.0 - i))
    rows = track.rows()
    assert rows.power_db.tolist() == [-81.0, -84.0]
    assert rows.count.tolist() == [3.0, 3.0]
    assert rows.extent_m == 3.0
    assert track.readings == 9


def test_hovering_closes_a_row_every_five_seconds() -> None:
    track = Track(3.0, directional=False)
    for i in range(41):
        track.add(_at(0.0, i * 0.5))
    assert len(track.rows()) == 3


def test_turning_matters_to_a_directional_antenna_only() -> None:
    for directional, rows in ((False, 0), (True, 2)):
        track = Track(3.0, directional)
        for i in range(3):
            track.add(_at(0.0, i * 0.1, heading=350.0 + i * 15.0))
        assert len(track.rows()) == rows


def test_a_long_track_is_thinned_and_keeps_every_reading() -> None:
    track = Track(2.0, directional=False)
    for i in range(3 * MOST_ROWS):
        track.add(_at(i * 2.0, float(i)))
    assert len(track.rows()) <= MOST_ROWS
    assert track.rewritten >= 1
    assert track.rows().count.sum() == track.readings - len(track._open)


def test_silence_is_forgotten_where_it_is_heard() -> None:
    silence = Silence()
    silence.add(_at(0.0, 0.0, -100.0))
    silence.add(_at(1.0, 1.0, -105.0))
    silence.add(_at(100.0, 2.0))
    assert [one.power_db for one in silence.places()] == [-105.0, -80.0]
    silence.heard(_at(2.0, 3.0))
    silence.add(_at(3.0, 4.0))
    assert [one.place.east_m for one in silence.places()] == [100.0]


def test_silent_places_stay_few() -> None:
    silence = Silence()
    for i in range(300):
        silence.add(_at(i * 35.0, float(i)))
    assert 4 <= len(silence.places()) <= MOST_SILENT
