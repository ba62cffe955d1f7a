"""Recordings on disk: killed while they are written, damaged, mended, taken along, played again."""

import io
import json
import os
import random
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import sigmf
from sigmf.validate import validate

from app.errors import BadFile, Conflict, NotFound
from app.exchange import recordings
from app.exchange.recordings import description_of, look, repair, stem_of, stems
from app.exchange.sigmf import data_path, meta_path
from app.exchange.sigmf_archive import archive
from hardware.recordings import find_recording
from tests.unit.hardware.test_recordings import blocks
from tests.unit.workers.sampledeck import PIECE, detection, pose, running

ROOT = Path(__file__).parents[3]


def aged(stem: Path) -> Path:
    """As it lies there some time later."""
    for file in (data_path(stem), meta_path(stem)):
        if file.exists():
            os.utime(file, (1.7e9, 1.7e9))
    return stem


@pytest.fixture
def stem(tmp_path: Path) -> Iterator[Path]:
    """A sound recording: 6 pieces with a gap after the third, one detection, the vehicle's place."""
    with running(tmp_path) as deck:
        deck.feed()
        deck.bus.telemetry.publish(pose(deck.clock.time_s))
        deck.recorder.record().result(10.0)
        deck.bus.detection.publish(detection(deck.clock.time_s + 0.17))
        deck.feed(3)
        deck.feed(1, lost=500)
        deck.feed(2)
        (one,) = deck.recorder.finish().result(10.0)
        yield aged(deck.folder / one.name)


@pytest.mark.parametrize("lines", random.Random(5).sample(range(3, 60), 3))
def test_kill_9_leaves_a_readable_recording(tmp_path: Path, lines: int) -> None:
    command = [sys.executable, "-m", "tests.unit.workers.sampledeck", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        guard = threading.Timer(120.0, process.kill)
        guard.start()
        for number, _ in enumerate(process.stdout):
            if number == lines:
                process.kill()
        guard.cancel()
        guard.join()
    (stem,) = stems(tmp_path / "recordings")
    found = look(stem, whole=True)
    assert found.recording is not None
    assert not found.recording.complete
    assert all(problem.mendable for problem in found.problems)
    played = find_recording(meta_path(stem))
    assert played.samples == found.recording.samples > 0
    assert [segment.lost for segment in played.segments[1:]] == [100] * (len(played.segments) - 1)
    read = sigmf.fromfile(str(meta_path(stem)), skip_checksum=True)
    validate(json.loads(meta_path(stem).read_text()))
    assert read.sample_count == played.samples
    assert repair(aged(stem))
    assert look(stem, whole=True).problems == ()
    assert sigmf.fromfile(str(meta_path(stem))).sample_count == played.samples


def test_what_was_recorded_is_played_as_it_was(stem: Path) -> None:
    found = look(stem, whole=True)
    assert found.problems == ()
    assert found.recording is not None
    assert (found.recording.samples, found.recording.lost_samples, found.recording.captures) == (6 * PIECE, 500, 2)
    assert found.recording.detections == 1
    played = blocks(meta_path(stem))
    assert [(block.first_sample, block.lost) for block in played] == [(0, 0), (3 * PIECE + 500, 500)]
    assert b"".join(bytes(block.raw) for block in played) == data_path(stem).read_bytes()
    assert played[0].taken is not None
    assert (played[0].taken.centre_hz, played[0].taken.gain_db) == (433e6, 20.0)
    assert repair(stem) == ()


def test_an_archive_is_read_by_tar_by_sigmf_and_by_ourselves(stem: Path, tmp_path: Path) -> None:
    length, content = archive(stem)
    whole = b"".join(content)
    assert len(whole) == length
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        assert tar.getnames() == [f"{stem.name}/{stem.name}.sigmf-{part}" for part in ("meta", "data")]
    path = tmp_path / "taken.sigmf"
    path.write_bytes(whole)
    assert b"".join(bytes(block.raw) for block in blocks(path)) == data_path(stem).read_bytes()
    assert np.asarray(sigmf.fromfile(str(path)).read_samples()).size == 6 * PIECE


def test_a_cut_file_is_mended_to_what_is_left(stem: Path) -> None:
    data = data_path(stem).read_bytes()
    data_path(stem).write_bytes(data[: 2 * (2 * PIECE) + 1])
    said = " ".join(problem.text for problem in look(aged(stem)).problems)
    assert "cut off" in said
    assert "1 capture segments" in said
    assert "1 annotations" in said
    with pytest.raises(BadFile, match="SHA-512"):
        repair(stem)  # the sum says that samples are gone: nobody should find it whole again
    meta = json.loads(meta_path(stem).read_text())
    del meta["global"]["core:sha512"]
    meta_path(stem).write_text(json.dumps(meta))
    done = repair(aged(stem))
    assert len(done) == 3
    assert look(stem, whole=True).problems == ()
    assert data_path(stem).read_bytes() == data[: 2 * (2 * PIECE)]
    validate(description_of(stem))
    assert json.loads(meta_path(stem).with_name(f"{stem.name}.sigmf-meta.before").read_text()) == meta
    assert find_recording(meta_path(stem)).samples == 2 * PIECE


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"\xff" * 100])
def test_a_lost_description_is_written_anew_from_the_name(stem: Path, content: bytes | None) -> None:
    if content is None:
        meta_path(stem).unlink()
    else:
        meta_path(stem).write_bytes(content)
    found = look(stem)
    assert found.recording is None
    assert [problem.mendable for problem in found.problems] == [True]
    repair(aged(stem))
    validate(description_of(stem))
    played = find_recording(meta_path(stem))
    assert (played.rate_hz, played.centre_hz, played.samples) == (100_000.0, 433e6, 6 * PIECE)


def test_what_cannot_be_mended_is_said(stem: Path, tmp_path: Path) -> None:
    changed = bytearray(data_path(stem).read_bytes())
    changed[100] ^= 1
    data_path(stem).write_bytes(changed)
    assert [problem.mendable for problem in look(stem, whole=True).problems] == [False]
    data_path(stem).unlink()
    with pytest.raises(BadFile, match="missing"):
        repair(stem)
    other = tmp_path / "holiday"
    data_path(other).write_bytes(bytes(100))
    with pytest.raises(BadFile, match="does not tell"):
        repair(aged(other))
    with pytest.raises(NotFound):
        stem_of(tmp_path / "nothing")
    assert stem_of(data_path(other)) == other
    assert recordings.stems(tmp_path / "nowhere") == []


def test_what_is_being_written_is_left_alone(tmp_path: Path) -> None:
    with running(tmp_path) as deck:
        deck.feed()
        deck.recorder.record().result(10.0)
        deck.feed(3)
        deck.until(lambda: deck.told)
        stem = deck.folder / deck.told[0].name
        with pytest.raises(Conflict, match="being written"):
            repair(stem)


def test_descriptions_of_others_are_listed(tmp_path: Path) -> None:
    stem = tmp_path / "other"
    data_path(stem).write_bytes(bytes(2000))
    meta_path(stem).write_text(json.dumps({"global": {"core:datatype": "cf32_le", "core:version": "1.0.0"}}))
    found = look(stem, whole=True)
    assert found.problems == ()
    assert found.recording is not None
    assert (found.recording.samples, found.recording.rate_hz, found.recording.complete) == (250, 0.0, True)
