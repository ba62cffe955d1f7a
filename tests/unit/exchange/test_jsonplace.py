"""Lines of fields, beside Python's own reader."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.jsonplace import line_of

TEXT = '{"a": 1,\n "b": [true,\n  {"c": "} ]\\"",\n   "d": null}],\n "b\\u0041": {},\n "a": 2}'


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ([], 1),
        (["b"], 2),
        (["b", 1], 3),
        (["b", 1, "d"], 4),
        (["bA"], 5),
        (["a"], 6),  # the last one counts
        (["b", 1, "missing"], 3),
        (["b", 7, "d"], 2),
        (["a", "b"], 6),
    ],
)
def test_the_line_of_a_field_or_of_what_lacks_it(path: list[str | int], line: int) -> None:
    assert line_of(TEXT, path) == line


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
)


@given(value=JSON, path=st.lists(st.text(max_size=3) | st.integers(0, 4), max_size=4))
def test_any_json_has_a_line_for_any_path(value: Any, path: list[str | int]) -> None:
    text = json.dumps(value, indent=1)
    assert 1 <= line_of(text, path) <= text.count("\n") + 1
