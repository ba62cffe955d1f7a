import logging
from contextlib import ExitStack
from contextvars import copy_context
from pathlib import Path

import orjson
import pytest

from app import logbook
from app.bus import Bus
from app.domain.log import LogLine
from app.logbook import CORRELATION, KEPT, keep

log = logging.getLogger("app.tested")


def test_lines_are_kept_told_and_written(tmp_path: Path) -> None:
    bus, told = Bus(), list[LogLine]()
    bus.log.subscribe(told.append)
    with ExitStack() as undo:
        book = keep(bus, tmp_path / "logs", undo)
        context = copy_context()
        context.run(CORRELATION.set, "abc")
        context.run(log.warning, "the link to %s was lost", "Vega")
        log.info("all is well")
        assert [(one.level, one.text, one.correlation_id) for one in book.lines()] == [
            ("WARNING", "the link to Vega was lost", "abc"), ("INFO", "all is well", ""),
        ]  # fmt: skip
        assert [one.level for one in book.lines(least="WARNING")] == ["WARNING"]
        assert [one.text for one in book.lines(1)] == ["all is well"]
    log.warning("after the end")
    assert [one.text for one in told] == ["the link to Vega was lost", "all is well"]
    written = [orjson.loads(one) for one in (tmp_path / "logs" / "kestrel.jsonl").read_bytes().splitlines()]
    assert [(one["source"], one["correlation_id"]) for one in written] == [("app.tested", "abc"), ("app.tested", "")]


def test_nobodys_text_begins_a_line_of_its_own(tmp_path: Path) -> None:
    with ExitStack() as undo:
        book = keep(Bus(), tmp_path, undo)
        log.warning("asked by %s", "eve\n2026-01-01 ERROR admin signed in\x1b[2J")
        assert book.lines()[0].text == "asked by eve\\x0a2026-01-01 ERROR admin signed in\\x1b[2J"
    assert len((tmp_path / "kestrel.jsonl").read_bytes().splitlines()) == 1


def test_memory_keeps_the_last(tmp_path: Path) -> None:
    with ExitStack() as undo:
        book = keep(Bus(), tmp_path, undo)
        for number in range(KEPT + 5):
            log.info("%d", number)
        assert [book.lines()[0].text, len(book.lines())] == ["5", KEPT]


def test_the_trace_of_a_fault_is_in_the_file_alone(tmp_path: Path) -> None:
    with ExitStack() as undo:
        book = keep(Bus(), tmp_path, undo)
        try:
            int("inside")
        except ValueError:
            log.exception("a part failed")
        assert book.lines()[0].text == "a part failed"
    assert "ValueError: invalid literal" in orjson.loads((tmp_path / "kestrel.jsonl").read_bytes())["trace"]


def test_a_folder_that_cannot_be_written_keeps_nothing_from_starting(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    with ExitStack() as undo:
        book = keep(Bus(), tmp_path / "logs", undo)
        assert "no log is written" in book.lines()[0].text


def test_files_end_at_their_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logbook, "FILE_BYTES", 2_000)
    with ExitStack() as undo:
        keep(Bus(), tmp_path, undo)
        for number in range(200):
            log.info("line %d of many", number)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == logbook.FILES
    assert max(sizes) <= 2_000
