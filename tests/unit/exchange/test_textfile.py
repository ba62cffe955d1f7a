from pathlib import Path

import pytest

from app.errors import BadFile
from app.exchange.textfile import read_bytes, read_parsed, write_text


def test_text_is_read_whatever_its_line_ends_and_mark(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes("\ufeffone\r\ntwo\rthree\n".encode())
    text, lines = read_parsed(tmp_path / "x", 100, "a list", str.splitlines)
    assert text == "one\ntwo\nthree\n"
    assert lines == ["one", "two", "three"]


def test_a_file_at_its_limit_is_read_and_one_past_it_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert read_bytes(tmp_path / "x", 5, "a list") == b"12345"
    with pytest.raises(BadFile, match="x is too large: a list has at most"):
        read_bytes(tmp_path / "x", 4, "a list")


def test_what_parse_says_is_told_with_the_files_name(tmp_path: Path) -> None:
    (tmp_path / "x.param").write_text("?")

    def parse(text: str) -> None:
        raise BadFile(f"line 1: {text}")

    with pytest.raises(BadFile, match=r"x\.param: line 1: \?"):
        read_parsed(tmp_path / "x.param", 100, "a list", parse)


def test_folders_bytes_and_absent_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"ok\xff")
    with pytest.raises(BadFile, match=r"bytes cannot be read: it is no text .* at byte 2"):
        read_parsed(tmp_path / "bytes", 100, "a list", str)
    for name in ("none", "."):
        with pytest.raises(BadFile, match="cannot be read"):
            read_bytes(tmp_path / name, 100, "a list")


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    write_text(tmp_path / "x", "one\n")
    assert (tmp_path / "x").read_bytes() == b"one\n"
    with pytest.raises(BadFile, match="cannot be written"):
        write_text(tmp_path / "none" / "x", "one\n")
