"""The radio bench gives figures that can be printed; how large they are is for the bench to say."""

import json
import shutil
from pathlib import Path

import pytest

from app.bench import spectrum_peers
from app.bench.figures import Figure, as_json, table
from app.bench.radio import spectrum_figures, tone_figure
from app.bench.spectrum_peers import Peers


def test_the_spectrum_is_measured_beside_its_peer_and_limit() -> None:
    figures = spectrum_figures(1, Peers(limit=500.0, rtl_power_fftw=160.0, gnu_radio=None))
    assert [figure.unit for figure in figures] == ["MS/s", "times", "times", "times", ""]
    assert all(figure.value > 0.0 for figure in figures)
    assert figures[0].limit == 500.0
    assert figures[1].value == pytest.approx(500.0 / figures[0].value)
    assert figures[2].value == pytest.approx(figures[0].value / 160.0)


def test_peers_that_cannot_be_had_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spectrum_peers, "SYSTEM_PYTHON", Path("/nowhere"))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    peers = spectrum_peers.measure_peers()
    assert (peers.limit, peers.rtl_power_fftw, peers.gnu_radio) == (None, None, None)
    assert "compiler" in peers.missing
    assert "GNU Radio" in peers.missing


def test_a_tone_is_within_its_goal() -> None:
    assert tone_figure().ok


def test_figures_are_printed_for_people_and_programs() -> None:
    figures = [
        Figure("error", 3.21, "m", "<= 4", True, "peer", 5.0, 2.0),
        Figure("rate", 123_456.0, "1/s", ">= 1e6", False),
    ]
    lines = table("locate", figures).splitlines()
    assert lines[0] == "locate:"
    assert lines[2].split() == ["error", "3.21", "m", "<=", "4", "yes", "peer", "5", "2"]
    assert "NO" in lines[3]
    told = json.loads(json.dumps(as_json("locate", figures)))
    assert told["bench"] == "locate"
    assert told["machine"]["cores"] >= 1
    assert told["figures"][0]["peer_value"] == 5.0
