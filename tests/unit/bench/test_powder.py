"""POWDER's transmissions: what is learned, the peers, and what is said without them."""

from pathlib import Path

import numpy as np
import pytest

from app.bench import powder
from app.bench.powder import Learned, Transmission

NAMES = ("a", "b", "c", "d", "e", "f")
PLACES = np.array([[-600.0, 0.0], [500.0, 100.0], [0.0, 700.0], [100.0, -800.0], [-400.0, 500.0], [700.0, 600.0]])
SNR_DB = np.array([40.0, 30.0, 50.0, 35.0, 38.0, 39.0])


def made(count: int, sd_db: float = 0.0, day: str = "2022-01-01") -> list[Transmission]:
    random = np.random.default_rng(1)
    rows = []
    for _ in range(count):
        truth = random.uniform(-500.0, 500.0, 2)
        signal_db = SNR_DB + 2.5 * powder.path_db(PLACES, truth) + sd_db * random.standard_normal(6)
        rows.append(Transmission(day, truth, NAMES, PLACES, 10.0 * np.log10(10.0 ** (signal_db / 10.0) + 1.0)))
    return rows


def test_what_receivers_hear_and_the_exponent_are_learned() -> None:
    learned = powder.learn(made(600, 3.0))
    assert learned.exponent == pytest.approx(2.5, abs=0.15)
    assert learned.sigma_db == pytest.approx(3.0, abs=0.6)
    assert [learned.snr_db[name] for name in NAMES] == pytest.approx(SNR_DB, abs=2.0)


def test_a_receiver_that_was_hardly_heard_is_taken_for_a_usual_one() -> None:
    assert not powder.learn(made(200)).snr_db.keys() - set(NAMES)
    assert Learned({}, 35.0, 2.5, 3.0).offset_db(made(1)[0]) == pytest.approx(np.full(6, 35.0))


def test_noise_is_taken_off_a_power() -> None:
    row = Transmission("", np.zeros(2), NAMES, PLACES, np.array([0.0, 3.01, 10.41, 20.0, -2.0, 40.0]))
    assert row.snr_db == pytest.approx([-30.0, 0.0, 10.0, 19.96, -30.0, 40.0], abs=0.05)


def test_scatter_that_grows_from_day_to_day_is_taken_wider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(powder, "EACH_TO_WIDEN", 10)
    monkeypatch.setattr(powder, "WIDENINGS", (0.25, 1.25, 2.0))
    assert powder.widening(made(200, 4.0) + made(200, 4.0, "2022-01-02")) == 1.25


def test_least_squares_and_the_posterior_find_what_has_no_errors() -> None:
    rows = made(200)
    learned = powder.learn(rows)
    for row in rows[:5]:
        assert np.hypot(*(powder.least_squares(row, learned) - row.truth)) < 40.0
        assert powder.locate(row, learned)[0] < 80.0
        assert powder.strongest(row, learned).tolist() in PLACES.tolist()
        assert np.abs(powder.centroid(row, learned)).max() <= 800.0


def test_without_the_recordings_the_figures_are_left_out_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert powder.run(tmp_path, quick=True) == []
    assert "figures of POWDER are left out" in capsys.readouterr().err


@pytest.mark.shared
def test_the_transmissions_are_read_with_their_truth(shared_data: Path) -> None:
    rows = powder.transmissions(shared_data / powder.DATA)
    assert len(rows) == 4016
    assert len({row.day for row in rows}) == 5
    assert all(np.abs(row.truth).max() < 3_000.0 for row in rows)
    assert all(np.abs(row.places).max() < 20_000.0 for row in rows)
    assert all(-8.0 < row.above_db.min() <= row.above_db.max() < 95.0 for row in rows)
