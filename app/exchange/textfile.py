"""Small files as text, read whole within a limit and written; any thread."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.errors import BadFile

Parsed = TypeVar("Parsed")


def read_bytes(path: Path, largest_bytes: int, kind: str) -> bytes:
    """The whole file, ``kind`` as people call it. Raises ``BadFile``, also when it has more than ``largest_bytes``."""
    try:
        with path.open("rb") as file:
            data = file.read(largest_bytes + 1)
    except OSError as error:
        raise BadFile(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if len(data) > largest_bytes:
        raise BadFile(f"{path.name} is too large: {kind} has at most {largest_bytes / 1e6:g} MB. Is it another file?")
    return data


def read_parsed(path: Path, largest_bytes: int, kind: str, parse: Callable[[str], Parsed]) -> tuple[str, Parsed]:
    """The text of a file in UTF-8 and what it means. Raises ``BadFile``, the file named before what ``parse`` says."""
    try:
        text = read_bytes(path, largest_bytes, kind).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name} cannot be read: it is no text ({error.reason} at byte {error.start}).") from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return text, parse(text)
    except BadFile as error:
        raise BadFile(f"{path.name}: {error}") from error


def write_text(path: Path, text: str) -> None:
    """In UTF-8, with the same line ends everywhere. Raises ``BadFile``."""
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise BadFile(f"{path} cannot be written: {error.strerror or error}.") from error
