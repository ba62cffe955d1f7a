"""The radio bench gives figures that can be printed; how large they are is for the bench to say."""

import json

from app.bench.figures import Figure, as_json, table
from app.bench.radio import spectrum_figures, tone_figure


def test_the_spectrum_is_measured_beside_its_peer_and_limit() -> None:
    figures = spectrum_figures(1)
    assert [figure.unit for figure in figures] == ["MS/s", "times", ""]
    assert all(figure.value > 0.0 for figure in figures)
    assert figures[0].limit is not None


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
