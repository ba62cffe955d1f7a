"""Where in a JSON text a field stands, so that a complaint can name its line; pure, any thread."""

import json
import re
from collections.abc import Sequence

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line, from 1, of the field at the end of ``path`` in valid JSON; of the last part of it that is there."""
    at = _skip(text, 0)
    for step in path:
        inner = _member(text, at, step)
        if inner is None:
            break
        at = inner
    return text.count("\n", 0, at) + 1


def _member(text: str, at: int, step: str | int) -> int | None:
    """Where the value of one key or index begins, in the object or list that begins at ``at``."""
    if text[at] not in "{[":
        return None
    keyed, number, found = text[at] == "{", 0, None
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        key: str | int = number
        if keyed:
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)  # past the colon
        if key == step:
            found = at  # the last of several that are named alike counts, as for json.loads
        _, at = _DECODER.raw_decode(text, at)
        at, number = _skip(text, at), number + 1
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at
