"""The bench of recordings measures what it says, in short."""

from app.bench.recording import run


def test_figures_of_recording() -> None:
    figures = {figure.name: figure.value for figure in run(0.5)}
    assert figures["samples lost while recording 0 s at 2.4 MS/s"] == 0
    assert 1.0 < figures["waterfall of a flight, an hour of noise"] < 14.4
    assert figures["written"] > 0.0
