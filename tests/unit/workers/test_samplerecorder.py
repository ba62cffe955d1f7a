"""The recorder of samples: what gets into a recording, what is saved afterwards, by itself, and on a full disk."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sigmf
from sigmf.validate import validate

from app.domain.recording import Cause
from app.errors import Conflict, NotConnected, StoreError
from app.tape import Piece, SampleTape
from app.workers.samplerecorder import LASTING_S
from tests.unit.store.samples import radio
from tests.unit.workers.sampledeck import PIECE, RATE_HZ, Deck, detection, pose, running


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[Deck]:
    with running(tmp_path) as deck:
        yield deck


def test_a_recording_by_hand_holds_every_sample_from_start_to_stop(deck: Deck) -> None:
    deck.feed(3)
    state = deck.recorder.record().result(10.0)
    assert state.recording is False  # no sample has come since
    deck.feed(20)
    deck.until(lambda: deck.told)
    (one,) = deck.recorder.finish().result(10.0)
    assert deck.data(one.name) == b"".join(deck.fed[3:])
    assert (one.cause, one.samples, one.lost_samples, one.captures, one.complete) == (Cause.ASKED, 100_000, 0, 1, True)
    assert one.name.endswith("433000000Hz_100000sps_cu8")
    assert [told.complete for told in deck.told] == [False, True]
    assert one.ended_s == pytest.approx(one.started_s + 1.0)


def test_gaps_retunes_and_reconnections_are_captures_and_the_file_is_valid_sigmf(deck: Deck) -> None:
    deck.feed()
    deck.bus.telemetry.publish(pose(deck.clock.time_s))
    deck.recorder.record().result(10.0)
    began_s = deck.clock.time_s
    deck.feed(2)
    deck.feed(1, lost=700)
    deck.bus.telemetry.publish(pose(deck.clock.time_s, east=0.1))
    deck.tuning = (434e6, 20.0)
    deck.feed()
    deck.tuning = (434e6, 30.0)
    deck.feed()
    deck.reconnect(after_s=2.0)
    deck.feed(2)
    deck.until(lambda: deck.recorder.ask(lambda: None).result(10.0) is None and deck.told)
    (one,) = deck.recorder.finish().result(10.0)
    meta = deck.meta(one.name)
    assert [capture["kestrel:reason"] for capture in meta["captures"]] == [
        "start",
        "gap",
        "retune",
        "gain",
        "reconnection",
    ]
    starts = [capture["core:sample_start"] for capture in meta["captures"]]
    assert starts == [0, 2 * PIECE, 3 * PIECE, 4 * PIECE, 5 * PIECE]
    jumps = np.diff([capture["core:global_index"] - capture["core:sample_start"] for capture in meta["captures"]])
    assert list(jumps) == [700, 0, 0, 200_000]
    assert one.lost_samples == 200_700
    assert meta["captures"][2]["core:geolocation"]["coordinates"] == [pytest.approx(8.6), 47.4, 480.0]
    assert meta["captures"][0]["core:geolocation"]["coordinates"] == [8.5, 47.4, 480.0]
    assert meta["captures"][0]["core:datetime"].startswith("2023-11-14T22:13:20.05")
    assert [point["lon_deg"] for point in meta["global"]["kestrel:track"]] == [8.5]
    assert meta["global"]["kestrel:complete"] is True
    assert began_s == pytest.approx(one.started_s)
    validate(meta)
    read = sigmf.fromfile(str(deck.folder / one.name) + ".sigmf-meta")  # checks the sum over the samples too
    assert read.sample_count == one.samples


def test_detections_are_annotated_where_they_lie(deck: Deck) -> None:
    deck.feed(2)
    deck.recorder.record().result(10.0)
    began_s = deck.clock.time_s
    deck.bus.detection.publish(detection(began_s - 0.5))  # before the recording: not in it
    deck.bus.detection.publish(detection(began_s + 0.111))
    deck.feed(4, lost=1000)
    deck.bus.detection.publish(detection(began_s + 0.05 * 2 + 0.01 * 3 + 0.02, duration_s=0.5))
    deck.until(lambda: deck.told)
    (one,) = deck.recorder.finish().result(10.0)
    meta = deck.meta(one.name)
    validate(meta)
    marks = [(mark["core:sample_start"], mark["core:sample_count"]) for mark in meta["annotations"]]
    assert marks == [(PIECE + 4_100, 2_000), (2 * PIECE + 2_000, 50_000)]
    first = meta["annotations"][0]
    assert (first["core:label"], first["core:comment"], first["kestrel:snr_db"]) == ("pulsed", "It pulses", 20.0)
    assert (first["core:freq_lower_edge"], first["core:freq_upper_edge"]) == (433.01e6 - 250.0, 433.01e6 + 250.0)


def test_what_was_just_received_can_be_saved(tmp_path: Path) -> None:
    with running(tmp_path, before_s=1.0) as deck:
        with pytest.raises(NotConnected):
            deck.recorder.save(1.0).result(10.0)
        deck.feed(200)
        deck.bus.detection.publish(detection(deck.clock.time_s - 0.1))
        one = deck.recorder.save(0.49).result(10.0)
        deck.until(deck.done)
        assert one.cause is Cause.SAVED
        assert deck.data(one.name) == b"".join(deck.fed[-10:])
        assert deck.done()[0].detections == 1
        longest = deck.recorder.save(60.0).result(10.0)
        deck.until(lambda: len(deck.done()) == 2)
        held = deck.data(longest.name)
        assert b"".join(deck.fed).endswith(held)
        assert 1.0 <= len(held) / 2 / RATE_HZ <= 6.2
        validate(deck.meta(longest.name))


def test_what_a_simulated_receiver_sent_is_labelled_after_it_has_gone(deck: Deck) -> None:
    state = replace(radio(deck.clock.time_s, simulated=True), device="Simulator", connected=True, antenna="Yagi")
    deck.bus.radio.publish(state)
    deck.feed(5)
    deck.bus.radio.publish(
        replace(state, device="", simulated=False, connected=False, problem="It has gone", antenna="")
    )
    one = deck.recorder.save(1.0).result(10.0)
    deck.until(deck.done)
    meta = deck.meta(one.name)["global"]
    assert (one.simulated, meta["kestrel:simulated"], meta["core:hw"]) == (True, True, "Simulator")
    assert meta["antenna:model"] == "Yagi"


def test_the_memory_of_the_tape_is_bounded(tmp_path: Path) -> None:
    with running(tmp_path, before_s=600.0, memory_mb=8.0) as deck:
        deck.feed(2000)
        assert deck.tape._bytes <= 8e6
        deck.feed(1)
        deck.clock.time_s += 1.5
        deck.until(lambda: deck.states and deck.states[-1].held_s > 0)
        assert deck.states[-1].held_s == pytest.approx(40.0, rel=0.03)


def test_a_detection_starts_a_recording_with_the_time_before_it_and_ends_after_the_last(tmp_path: Path) -> None:
    with running(tmp_path, before_s=1.0, after_s=1.0, on_detection="targets") as deck:
        deck.feed(60)
        deck.bus.detection.publish(detection(deck.clock.time_s - 0.2, target_id=""))  # no target's
        deck.bus.detection.publish(detection(deck.clock.time_s - 0.1))
        first_s = deck.clock.time_s - 0.1
        deck.until(lambda: deck.told)
        deck.feed(16)
        for _ in range(10):
            deck.bus.detection.publish(detection(deck.clock.time_s))
        last_s = deck.clock.time_s
        for _ in range(140):
            deck.feed()
            deck.recorder.ask(lambda: None).result(10.0)
        deck.until(deck.done)
        (one,) = deck.done()
        assert one.cause is Cause.DETECTION
        assert one.started_s == pytest.approx(first_s - 1.0, abs=0.06)
        assert one.ended_s is not None
        assert last_s + LASTING_S <= one.ended_s
        assert one.detections == 3  # the ten are one signal


def test_a_signal_that_lasts_is_one_recording_and_one_mark(tmp_path: Path) -> None:
    with running(tmp_path, before_s=2.0, after_s=0.0, on_detection="targets") as deck:
        deck.feed(60)
        began_s = deck.clock.time_s
        deck.bus.telemetry.publish(pose(began_s))
        for _ in range(4):  # as the detectors tell of a carrier
            for _ in range(20):
                deck.feed(5)
                deck.recorder.ask(lambda: None).result(10.0)
            deck.bus.detection.publish(detection(began_s, duration_s=deck.clock.time_s - began_s))
        for _ in range(40):
            deck.feed(5)
            deck.recorder.ask(lambda: None).result(10.0)
        deck.until(deck.done)
        (one,) = deck.done()
        assert one.detections == 1
        (mark,) = deck.meta(one.name)["annotations"]
        assert mark["core:sample_count"] == pytest.approx(20.0 * RATE_HZ)
        assert mark["kestrel:vehicle"]["lat_deg"] == 47.4


def test_what_an_automatic_recording_holds_is_not_written_once_more(tmp_path: Path) -> None:
    with running(tmp_path, before_s=10.0, after_s=0.0, on_detection="targets") as deck:
        deck.feed(200)
        deck.bus.detection.publish(detection(deck.clock.time_s - 0.1))
        for _ in range(30):
            deck.feed(5)
            deck.recorder.ask(lambda: None).result(10.0)
        deck.until(deck.done)
        deck.bus.detection.publish(detection(deck.clock.time_s - 0.1))
        for _ in range(30):
            deck.feed(5)
            deck.recorder.ask(lambda: None).result(10.0)
        deck.until(lambda: len(deck.done()) == 2)
        first, second = deck.done()
        assert second.started_s == pytest.approx(first.ended_s)


def test_not_twice_and_not_without_samples(deck: Deck) -> None:
    with pytest.raises(NotConnected, match="connect a receiver"):
        deck.recorder.record().result(10.0)
    deck.feed()
    with pytest.raises(Conflict, match="No samples are being"):
        deck.recorder.finish().result(10.0)
    deck.recorder.record().result(10.0)
    with pytest.raises(Conflict, match="already"):
        deck.recorder.record().result(10.0)
    deck.recorder.finish().result(10.0)
    assert deck.told == []  # no sample came: no file
    assert list(deck.folder.iterdir()) == []
    deck.clock.time_s += 10.0
    with pytest.raises(NotConnected, match="connect a receiver"):
        deck.recorder.record().result(10.0)


def test_another_rate_after_a_reconnection_goes_into_another_file(deck: Deck) -> None:
    deck.feed()
    deck.recorder.record().result(10.0)
    deck.feed(2)
    deck.reconnect(after_s=1.0)
    deck.feed(3, rate_hz=2 * RATE_HZ)
    deck.until(lambda: len(deck.told) == 3)
    deck.recorder.finish().result(10.0)
    first, second = deck.done()
    assert (first.samples, second.samples, second.rate_hz) == (2 * PIECE, 3 * PIECE, 2 * RATE_HZ)
    assert deck.data(first.name) + deck.data(second.name) == b"".join(deck.fed[1:])


def test_what_the_disk_was_too_slow_for_is_a_gap_and_counted(tmp_path: Path) -> None:
    with running(tmp_path, before_s=0.0) as deck:
        deck.feed()
        deck.recorder.record().result(10.0)
        deck.feed(2)
        deck.until(lambda: deck.told)
        held = threading.Event()
        blocked = deck.recorder.ask(lambda: held.wait(20.0))
        deck.feed(200)  # twice what the tape holds
        held.set()
        blocked.result(10.0)
        (one,) = deck.recorder.finish().result(10.0)
        assert one.samples + one.lost_samples == 202 * PIECE
        assert 90 * PIECE <= one.lost_samples <= 110 * PIECE
        assert [capture["kestrel:reason"] for capture in deck.meta(one.name)["captures"]] == ["start", "gap"]


def disk_with(monkeypatch: pytest.MonkeyPatch, free: Callable[[], float]) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr("app.workers.disk.shutil.disk_usage", lambda _: usage._replace(free=round(free())))


def test_the_operator_is_warned_and_the_recording_ends_before_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [10e9]
    disk_with(monkeypatch, lambda: free[0])
    with running(tmp_path, least_free_gb=1.0, warn_s=60.0) as deck:
        deck.feed()
        deck.recorder.record().result(10.0)
        deck.feed(30)
        deck.until(lambda: deck.states[-1].running)
        assert deck.states[-1].seconds_left == pytest.approx(9e9 / (2 * RATE_HZ))
        assert deck.faults == []
        free[0] = 1e9 + 30 * 2 * RATE_HZ
        deck.feed(30)
        deck.feed(30)
        deck.until(lambda: [fault for fault in deck.faults if "30 s more" in fault.text], feeding=25)
        free[0] = 1e9
        deck.until(lambda: [fault for fault in deck.faults if "leave alone" in fault.text], feeding=25)
        assert "leave alone" in deck.faults[-1].text
        assert "leave alone" in deck.recorder.state.problem
        validate(deck.meta(deck.done()[0].name))
        with pytest.raises(StoreError, match="Make room"):
            deck.recorder.record().result(10.0)


def test_the_budget_of_the_folder_is_kept(tmp_path: Path) -> None:
    with running(tmp_path, budget_gb=1e-4) as deck:  # 100 kB
        deck.feed()
        deck.recorder.record().result(10.0)
        deck.until(lambda: deck.faults, feeding=5)
        assert "set aside" in deck.faults[-1].text
        with pytest.raises(StoreError, match="budget"):
            deck.recorder.record().result(10.0)


def test_a_disk_that_fails_ends_the_recording_and_what_is_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path) as deck:
        deck.feed()
        deck.recorder.record().result(10.0)
        deck.feed(3)
        deck.until(lambda: deck.told)

        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("app.exchange.sigmf.SAFE_EVERY_BYTES", 0)
        monkeypatch.setattr("app.exchange.sigmf.os.fsync", fail)
        deck.feed(3)
        deck.until(lambda: deck.faults)
        assert "No space left" in deck.faults[0].text
        monkeypatch.undo()
        deck.until(lambda: len(deck.told) == 2)
        assert deck.told[-1].complete is False
        assert deck.data(deck.told[-1].name)[: 6 * PIECE] == b"".join(deck.fed[1:4])
        deck.recorder.record().result(10.0)


def test_two_recordings_of_one_second_have_two_names(deck: Deck) -> None:
    deck.feed(10)
    names = {deck.recorder.save(0.2).result(10.0).name for _ in range(3)}
    assert len(names) == 3


def test_the_end_of_the_station_completes_the_recording(tmp_path: Path) -> None:
    with running(tmp_path) as deck:
        deck.feed()
        deck.recorder.record().result(10.0)
        deck.feed(40)
    (one,) = deck.done()
    assert deck.data(one.name) == b"".join(deck.fed[1:])


def test_the_tape_gives_what_lies_between_two_marks() -> None:
    tape = SampleTape(100.0, 10_000_000)
    for number in range(10):
        tape.write(Piece(1, number * 10, 10, float(number), 10.0, 1e8, 0.0, "cu8", bytes(20)))
    tape.write(Piece(1, 0, 0, 0.0, 10.0, 1e8, 0.0, "cu8", b""))  # nothing
    assert tape.mark == 10
    assert [piece.position for piece in tape.since(7, 10**6).pieces] == [70, 80, 90]
    assert [piece.position for piece in tape.since(2, 40, until=9).pieces] == [20, 30]
    assert tape.since(10, 10**6).pieces == ()
    assert tape.since(2, 10**6, until=1).pieces == ()
    assert [tape.mark_at(time_s) for time_s in (-5.0, 0.0, 3.5, 9.9, 100.0)] == [0, 0, 3, 9, 10]
    assert tape.held_s == 10.0
