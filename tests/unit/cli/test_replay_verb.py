"""``kestrel replay`` turns files into the addresses of a receiver and a vehicle, and says what it cannot play."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import commands, replay
from app.errors import AppError, BadFile, OutOfRange
from hardware.playback import playback_options


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the station would have been started with."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(replay, "serve", lambda **given: calls.append({"face": "serve"} | given))
    monkeypatch.setattr(replay, "gui", lambda **given: calls.append({"face": "gui"} | given))
    monkeypatch.setattr(replay, "has_display", lambda: True)
    return calls


def run(*arguments: str | Path) -> None:
    CliRunner().invoke(commands, ["replay", *map(str, arguments)], catch_exceptions=False)


def test_samples_and_a_flight_are_played_together(tmp_path: Path, asked: list[dict[str, Any]]) -> None:
    samples, flight = tmp_path / "with space & more.cu8", tmp_path / "flight.TLOG"
    samples.touch()
    flight.touch()
    run(flight, samples, "--speed", "0", "--loop", "--rate-hz", "240000", "--centre-hz", "433.92e6", "--headless")
    (call,) = asked
    assert (call["face"], call["vehicle"]) == ("serve", f"tlog:{flight}")
    options = playback_options(call["radio"])
    assert (options.path, options.speed, options.loop) == (samples, 0.0, True)
    assert (options.rate_hz, options.centre_hz, options.datatype) == (240_000.0, 433.92e6, "")


def test_a_flight_alone_has_no_receiver(tmp_path: Path, asked: list[dict[str, Any]]) -> None:
    flight = tmp_path / "x.tlog"
    flight.touch()
    run(flight)
    assert [(call["face"], call["radio"]) for call in asked] == [("gui", None)]


@pytest.mark.parametrize(
    ("names", "error", "word"),
    [
        (["a.cu8", "b.cu8"], OutOfRange, "not two of a kind"),
        (["a.tlog", "b.tlog"], OutOfRange, "not two of a kind"),
        (["nowhere.cu8"], BadFile, "There is no"),
    ],
)
def test_what_cannot_be_played_is_said(
    tmp_path: Path, asked: list[dict[str, Any]], names: list[str], error: type[AppError], word: str
) -> None:
    for name in ("a.cu8", "b.cu8", "a.tlog", "b.tlog"):
        (tmp_path / name).touch()
    with pytest.raises(error, match=word):
        run(*(tmp_path / name for name in names))
    assert asked == []


def test_a_name_that_would_be_options_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutOfRange, match="Rename"):
        replay.address_of(tmp_path / "what?.cu8", {})
