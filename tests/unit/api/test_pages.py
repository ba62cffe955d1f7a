from pathlib import Path

from fastapi import FastAPI

from app.api import pages
from tests.unit.api.asking import ask


def _app(dist: Path) -> FastAPI:
    app = FastAPI(docs_url=None)
    pages.install(app, dist)
    return app


def test_without_the_built_client_the_page_says_how_to_build_it(tmp_path: Path) -> None:
    answer = ask(_app(tmp_path / "dist"), "GET", "/")
    assert answer.status_code == 200
    assert "make setup" in answer.text
    assert "script" not in answer.text


def test_the_built_client_is_served_and_nothing_beside_it(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("the page")
    (dist / "assets" / "a.js").write_text("1")
    (tmp_path / "secret").write_text("secret")
    app = _app(dist)
    assert ask(app, "GET", "/").text == "the page"
    assert ask(app, "HEAD", "/").status_code == 200
    assert ask(app, "GET", "/assets/a.js").text == "1"
    assert ask(app, "GET", "/assets/%2e%2e/%2e%2e/secret").status_code == 404
    assert ask(app, "GET", "/../secret").status_code == 404
