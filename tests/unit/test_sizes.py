"""Functions, files and classes stay as small as the house says; the exceptions are listed with their reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "widgets", "hardware", "packaging")
FUNCTION_LINES, FILE_LINES, CLASS_LINES, PUBLIC_METHODS = 40, 300, 200, 15

# place -> why it may be larger
EXCEPTIONS: dict[str, str] = {}


def _files() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    first = node.lineno
    if ast.get_docstring(node) is not None:
        first = node.body[0].end_lineno or first  # a docstring is not length
    return (node.end_lineno or first) - first


def _too_large(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    place = path.relative_to(ROOT).as_posix()
    if (lines := text.count("\n")) > FILE_LINES:
        yield f"{place}: {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > FUNCTION_LINES:
            yield f"{place}:{node.name}: {_length(node)} lines"
        if isinstance(node, ast.ClassDef):
            methods = [n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
            public = [m for m in methods if not m.name.startswith("_")]
            if _length(node) > CLASS_LINES:
                yield f"{place}:{node.name}: {_length(node)} lines"
            if len(public) > PUBLIC_METHODS:
                yield f"{place}:{node.name}: {len(public)} public methods"


def test_nothing_grew_too_large() -> None:
    found = [row for path in _files() for row in _too_large(path)]
    assert [row for row in found if row.rsplit(": ", 1)[0] not in EXCEPTIONS] == []


def test_no_exception_is_kept_that_is_not_needed() -> None:
    needed = {row.rsplit(": ", 1)[0] for path in _files() for row in _too_large(path)}
    assert sorted(set(EXCEPTIONS) - needed) == []


def test_every_module_says_what_it_is() -> None:
    without = [
        p.relative_to(ROOT).as_posix()
        for p in _files()
        if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))
    ]
    assert without == []


def test_no_import_hides_in_a_function() -> None:
    hidden = []
    for path in _files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = (n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom))
                hidden += [f"{path.relative_to(ROOT).as_posix()}:{n.lineno}" for n in inner]
    assert hidden == []
