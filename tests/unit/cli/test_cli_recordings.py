"""The verbs for recordings, run as a user runs them."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import commands
from app.exchange.sigmf import data_path, meta_path
from tests.unit.workers.sampledeck import running

runner = CliRunner()


def run(*words: str | Path) -> Result:
    return runner.invoke(commands, ["recordings", *(str(word) for word in words)], catch_exceptions=False)


@pytest.fixture
def stem(tmp_path: Path) -> Path:
    with running(tmp_path) as deck:
        deck.feed()
        deck.recorder.record().result(10.0)
        deck.feed(10)
        (one,) = deck.recorder.finish().result(10.0)
    for file in deck.folder.iterdir():
        os.utime(file, (1.7e9, 1.7e9))
    return deck.folder / one.name


def test_list_verify_and_repair(stem: Path, tmp_path: Path) -> None:
    listed = run("list", "--data", tmp_path)
    assert (listed.exit_code, "0.5 s  0.1 MB" in listed.output) == (0, True)
    (one,) = json.loads(run("list", "--data", tmp_path, "--json").output)
    assert (one["name"], one["recording"]["samples"]) == (stem.name, 50_000)
    assert run("verify", "--data", tmp_path).output.startswith("sound")
    assert run("repair", data_path(stem)).output == f"{stem.name}: sound\n"
    meta_path(stem).unlink()
    wrong = run("verify", "--data", tmp_path)
    assert (wrong.exit_code, "repair mends it" in wrong.output) == (1, True)
    assert run("repair", "--data", tmp_path).exit_code == 0
    assert run("verify", stem).exit_code == 0
    data_path(stem).unlink()
    assert run("repair", stem).exit_code == 1


def test_nothing_recorded_yet(tmp_path: Path) -> None:
    for verb in ("list", "verify"):
        result = run(verb, "--data", tmp_path)
        assert (result.exit_code, result.output) == (0, "No recording yet.\n")


def test_what_repair_refuses_is_not_said_to_be_mended_by_it(stem: Path) -> None:
    samples = bytearray(data_path(stem).read_bytes())
    samples[100] ^= 1
    data_path(stem).write_bytes(samples[:-1])
    wrong = run("verify", stem)
    assert (wrong.exit_code, "cut off" in wrong.output, "SHA" in wrong.output) == (1, True, True)
    assert "repair mends it" not in wrong.output
    assert run("repair", stem).exit_code == 1
