"""Recordings as other programs write them, with gaps, in archives, wrong, huge and made by a fuzzer."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.sigmf import parse
from app.errors import BadFile
from app.ports import Block, EndOfRecording, Taken
from app.settings import RadioSettings
from hardware.filenames import Named, named
from hardware.playback import LONGEST_GAP_S, PlaybackOptions, PlaybackReceiver
from hardware.recordings import find_recording
from tests.unit.fuzzing import fuzz, needs_atheris
from tests.unit.hardware.test_playback import as_type, wav

SETTINGS = RadioSettings(rate_hz=240_000.0)
DATA = as_type("cu8")  # 2000 samples
MET: dict[str, Any] = {"core:datatype": "cu8", "core:sample_rate": 1e6, "core:version": "1.2.0"}


def blocks(path: Path, **options: Any) -> list[Block]:
    """Everything that is played, the samples copied."""
    receiver = PlaybackReceiver(PlaybackOptions(path, **({"speed": 0.0} | options)), SETTINGS)
    receiver.open()
    found = []
    try:
        while True:
            if (block := receiver.read(1.0)) is not None:
                found.append(block)
                block.iq.flags.writeable = True
                object.__setattr__(block, "iq", block.iq.copy())
    except EndOfRecording:
        return found
    finally:
        receiver.close()


def sigmf(folder: Path, captures: list[dict[str, Any]], data: bytes = DATA, more: dict[str, Any] | None = None) -> Path:
    path = folder / "x.sigmf-meta"
    path.write_text(
        json.dumps({"global": MET | (more or {}), "captures": captures, "annotations": []}), encoding="utf-8-sig"
    )
    path.with_suffix(".sigmf-data").write_bytes(data)
    return path


def test_captures_with_gaps_and_retunes_are_played_as_they_were_taken(tmp_path: Path) -> None:
    captures = [
        {"core:sample_start": 0, "core:global_index": 700, "core:frequency": 1e8, "kestrel:gain_db": 20.0},
        {"core:sample_start": 500, "core:global_index": 1500, "core:frequency": 1e8, "kestrel:gain_db": 20.0},
        {"core:sample_start": 1200, "core:global_index": 2200, "core:frequency": 2e8, "kestrel:gain_db": 30.0},
    ]
    first, second, third = blocks(sigmf(tmp_path, captures))
    assert [(b.first_sample, b.iq.size, b.lost) for b in (first, second, third)] == [
        (0, 500, 0),
        (800, 700, 300),
        (1500, 800, 0),
    ]
    assert [b.taken for b in (first, second, third)] == [Taken(1e8, 20.0), Taken(1e8, 20.0), Taken(2e8, 30.0)]
    assert b"".join(bytes(b.raw) for b in (first, second, third)) == DATA


def test_a_loop_has_its_gaps_in_every_round(tmp_path: Path) -> None:
    captures = [{"core:sample_start": 0, "core:global_index": 0}, {"core:sample_start": 9, "core:global_index": 19}]
    path = sigmf(tmp_path, captures)
    receiver = PlaybackReceiver(PlaybackOptions(path, loop=True, speed=0.0), SETTINGS)
    receiver.open()
    found = [receiver.read(1.0) for _ in range(4)]
    receiver.close()
    assert [(b.first_sample, b.lost) for b in found if b] == [(0, 0), (19, 10), (2010, 0), (2029, 10)]


def test_a_gap_is_told_by_clearly_later_times_where_no_count_is_given(tmp_path: Path) -> None:
    captures = [
        {"core:sample_start": 0, "core:datetime": "2024-01-01T00:00:00Z"},
        {"core:sample_start": 500, "core:datetime": "2024-01-01T00:00:01Z"},
        {"core:sample_start": 900, "core:datetime": "2024-01-01T00:00:05Z"},
    ]
    assert [b.lost for b in blocks(sigmf(tmp_path, captures))] == [0, 0, 4_000_000 - 400]


def test_a_long_gap_is_counted_whole_and_waited_for_shortly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    captures = [{"core:sample_start": 0, "core:global_index": 0}, {"core:sample_start": 9, "core:global_index": 10**12}]
    now_s = [0.0]
    monkeypatch.setattr("hardware.playback.time.monotonic", lambda: now_s[0])
    monkeypatch.setattr("hardware.playback.time.sleep", lambda s: now_s.__setitem__(0, now_s[0] + s))
    last = blocks(sigmf(tmp_path, captures), speed=1.0)[-1]
    assert last.first_sample + last.iq.size == 10**12 - 9 + 2000
    assert LONGEST_GAP_S < now_s[0] < LONGEST_GAP_S + 0.1


def test_other_bytes_between_the_samples_are_left_out(tmp_path: Path) -> None:
    captures = [{"core:sample_start": 0, "core:header_bytes": 6}, {"core:sample_start": 100, "core:header_bytes": 3}]
    data = b"header" + DATA[:200] + b"mid" + DATA[200:] + b"end"
    path = sigmf(tmp_path, captures, data, {"core:trailing_bytes": 3})
    assert b"".join(bytes(b.raw) for b in blocks(path)) == DATA


def test_samples_in_a_file_of_another_name(tmp_path: Path) -> None:
    path = sigmf(tmp_path, [], more={"core:dataset": "capture.bin"})
    path.with_suffix(".sigmf-data").rename(tmp_path / "capture.bin")
    assert find_recording(path).samples == 2000
    outside = sigmf(tmp_path, [], more={"core:dataset": "../capture.bin"})
    outside.with_suffix(".sigmf-data").unlink()
    with pytest.raises(BadFile, match="outside"):
        find_recording(outside)


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("folder", ["x", "y" * 150])
def test_an_archive_is_played_from_where_it_lies(tmp_path: Path, form: int, folder: str) -> None:
    if form == tarfile.USTAR_FORMAT and len(folder) > 99:
        folder = "y" * 60
    meta = sigmf(tmp_path, [{"core:sample_start": 0, "core:frequency": 1e8}])
    archive = tmp_path / "x.sigmf"
    with tarfile.open(archive, "w", format=form) as tar:
        tar.add(meta, f"{folder}/x.sigmf-meta")
        tar.add(meta.with_suffix(".sigmf-data"), f"{folder}/x.sigmf-data")
    found = find_recording(archive)
    assert (found.path, found.datatype, found.rate_hz, found.centre_hz, found.samples) == (
        archive,
        "cu8",
        1e6,
        1e8,
        2000,
    )
    assert b"".join(bytes(b.raw) for b in blocks(archive)) == DATA


def tar_of(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


META = json.dumps({"global": MET, "captures": []}).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no description"),
        (b"x" * 600, "no SigMF archive"),
        (tar_of(("a.txt", b"hello")), "no description"),
        (tar_of(("a.sigmf-meta", META)), "no samples"),
        (tar_of(("a.sigmf-meta", META), ("b.sigmf-data", DATA)), "no samples"),
        (tar_of(("a.sigmf-meta", META), ("a.sigmf-data", DATA))[:3000], "cut off"),
        (tar_of(("a.sigmf-meta", META), ("a.sigmf-data", b"")), "no samples"),
        (tar_of(("a.sigmf-meta", META), ("a.sigmf-data", DATA[:-1])), "cut off"),
    ],
)
def test_bad_archives_say_what_is_wrong(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "x.sigmf").write_bytes(content)
    with pytest.raises(BadFile, match=says):
        find_recording(tmp_path / "x.sigmf")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SDRSharp_20240101_120000Z_433920000Hz_IQ.wav", Named(433.92e6)),
        ("HDSDR_20240101_120000Z_433920kHz_RF.wav", Named(433.92e6)),
        ("SDRuno_20200912_004330Z_5960kHz.wav", Named(5.96e6)),
        ("01-Jan-2024 120000.000 433.920MHz 000.wav", Named(433.92e6)),
        ("baseband_433920000Hz_12-00-00_01-01-2024.wav", Named(433.92e6)),
        ("g001_433.92M_250k.cu8", Named(433.92e6, 250e3)),
        ("gqrx_20240101_120000_433920000_1800000_fc.raw", Named(433.92e6, 1.8e6, "cf32_le")),
        ("20261121T083012Z_433920000Hz_240000sps_cu8.sigmf-data", Named(433.92e6, 240e3)),
        ("holiday_2024.wav", Named()),
    ],
)
def test_names_tell_centre_and_rate(name: str, said: Named) -> None:
    assert named(name) == said


def test_the_centre_of_a_wav_stands_in_its_auxi_chunk(tmp_path: Path) -> None:
    path = tmp_path / "SDRuno_20200912_004330Z_5960kHz.wav"
    auxi = bytes(32) + (433_920_000).to_bytes(4, "little") + bytes(32)
    whole = wav(1, 2, 16, as_type("ci16_le"))
    old = b"auxi" + (3).to_bytes(4, "little") + b"abc\0"
    path.write_bytes(whole.replace(old, b"auxi" + len(auxi).to_bytes(4, "little") + auxi))
    assert find_recording(path).centre_hz == 433.92e6


def test_a_wav_larger_than_32_bits_can_say(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    size = 6 * 2**30
    plain = wav(1, 2, 16, b"", 0xFFFFFFFF)
    ds64 = b"ds64" + (28).to_bytes(4, "little") + size.to_bytes(8, "little") * 2 + bytes(12)
    head = b"RF64" + plain[4:12] + ds64 + plain[12:]
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size + 100)
    assert find_recording(path).samples == size // 4


def test_a_huge_file_is_begun_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x_100M_2400k.cu8"
    with path.open("wb") as file:
        file.write(DATA)
        file.truncate(2**40)
    receiver = PlaybackReceiver(PlaybackOptions(path, speed=0.0), SETTINGS)
    assert receiver.open().rate_hz == 2.4e6
    block = receiver.read(1.0)
    receiver.close()
    assert block is not None
    assert bytes(block.raw[: len(DATA)]) == DATA


def test_samples_that_are_not_numbers_are_lost_samples(tmp_path: Path) -> None:
    iq = np.full(300_000, 0.5 + 0.25j, np.complex64)
    iq[:10] = np.nan
    iq[140_000:140_003] = np.inf
    iq[140_003] = 1e30
    iq[299_999] = np.nan
    path = tmp_path / "x.cf32"
    path.write_bytes(iq.tobytes())
    found = blocks(path)
    assert all(np.all(b.iq == np.complex64(0.5 + 0.25j)) for b in found)
    assert all(bytes(b.raw) == b.iq.tobytes() for b in found)
    assert sum(b.iq.size for b in found) == 300_000 - 15
    assert [(b.first_sample, b.lost) for b in found if b.lost] == [(10, 10), (140_004, 4)]


@pytest.mark.parametrize(("named", "truly"), [("cu8", "ci8"), ("cs8", "cu8")])
def test_eight_bits_taken_for_the_other_kind_are_noticed(tmp_path: Path, named: str, truly: str) -> None:
    noise = np.random.default_rng(1).normal(0.0, 6.0, 20_000)
    values = np.rint(noise).astype(np.int8) if truly == "ci8" else np.rint(noise + 127.5).astype(np.uint8)
    path = tmp_path / f"x.{named}"
    path.write_bytes(values.tobytes())
    with pytest.raises(BadFile, match=r"Say format=c[us]8"):
        find_recording(path)
    assert find_recording(path, truly).samples == 10_000


def test_an_overloaded_recording_is_not_taken_for_mislabelled(tmp_path: Path) -> None:
    strong = np.clip(np.random.default_rng(1).normal(127.5, 2000.0, 20_000), 0, 255).astype(np.uint8)
    path = tmp_path / "x.cu8"
    path.write_bytes(strong.tobytes())
    assert find_recording(path).samples == 10_000


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("core:sample_rate", -1.0),
        ("core:sample_rate", 1e300),
        ("core:sample_rate", "fast"),
        ("core:num_channels", 0.5),
        ("core:offset", -1),
        ("core:trailing_bytes", 10**30),
        ("core:datatype", ["cu8"]),
    ],
)
def test_descriptions_that_cannot_be(tmp_path: Path, field: str, value: Any) -> None:
    with pytest.raises(BadFile):
        find_recording(sigmf(tmp_path, [], more={field: value}))


def test_a_description_too_large_or_too_deep_is_refused(tmp_path: Path) -> None:
    path = sigmf(tmp_path, [])
    path.write_bytes(b"[" * 100_000)
    with pytest.raises(BadFile, match="no SigMF"):
        find_recording(path)
    with path.open("wb") as file:
        file.truncate(2**36)
    with pytest.raises(BadFile, match="too large"):
        find_recording(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
CAPTURE = st.fixed_dictionaries(
    {},
    optional={
        "core:sample_start": JSON | st.integers(0, 3000),
        "core:global_index": JSON | st.integers(0, 10**9),
        "core:header_bytes": JSON | st.integers(0, 50),
        "core:frequency": JSON,
        "core:datetime": JSON | st.datetimes().map(str),
        "kestrel:gain_db": JSON,
    },
)
OVERALL = st.fixed_dictionaries(
    {"core:datatype": st.sampled_from(["cu8", "ci16_le", "cf32_be"]) | JSON},
    optional=dict.fromkeys(("core:sample_rate", "core:num_channels", "core:offset", "core:trailing_bytes"), JSON),
)
DESCRIPTION = st.fixed_dictionaries({"global": OVERALL | JSON, "captures": st.lists(CAPTURE, max_size=4) | JSON})


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(DESCRIPTION | JSON)
def test_any_json_is_a_description_or_a_bad_file(meta: Any) -> None:
    try:
        description = parse(json.dumps(meta).encode("utf-8", "surrogatepass"), "x")
    except BadFile:
        return
    assert [description.gap_before(number) >= 0 for number in range(len(description.captures))]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 2500), st.integers(0, 10**6)), max_size=5), st.integers(0, 4000))
def test_whatever_the_captures_say_no_sample_is_played_twice(
    tmp_path: Path, starts: list[tuple[int, int]], size: int
) -> None:
    captures = [{"core:sample_start": start, "core:global_index": start + gap} for start, gap in sorted(starts)]
    path = sigmf(tmp_path, captures, DATA[: size // 2 * 2])
    if size < 2:
        with pytest.raises(BadFile):
            find_recording(path)
        return
    found = blocks(path)
    assert b"".join(bytes(b.raw) for b in found) == DATA[: size // 2 * 2]
    ends = [0, *(b.first_sample + b.iq.size for b in found)]
    assert all(b.first_sample - end == b.lost for b, end in zip(found, ends, strict=False))


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.integers(0, 120), st.integers(0, 120))
def test_any_bytes_are_a_wav_or_a_bad_file(tmp_path: Path, junk: bytes, first: int, last: int) -> None:
    whole = wav(1, 2, 16, DATA)
    path = tmp_path / "x.wav"
    path.write_bytes(whole[:first] + junk + whole[last:])
    try:
        blocks(path)
    except BadFile:
        return


@pytest.mark.slow
@needs_atheris
def test_a_fuzzer_finds_neither_crash_nor_unbounded_memory(tmp_path: Path) -> None:
    contents = [META, tar_of(("a.sigmf-meta", META), ("a.sigmf-data", DATA[:100])), wav(1, 2, 16, DATA[:100])]
    seeds = [bytes([number]) + content for number, content in enumerate(contents)]
    fuzz(Path(__file__).with_name("fuzz_recordings.py"), tmp_path, seeds, runs=2_500, longest=20_000)
