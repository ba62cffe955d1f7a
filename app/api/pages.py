"""The browser client's files, or a plain page that says how to build them; the server's thread."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

import resources

DIST = Path(resources.__file__).parent / "web" / "dist"

_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Kestrel</title>
<h1>Kestrel is running</h1>
<p>The browser client has not been built. Run <code>make setup</code> in Kestrel's folder
(Windows: <code>py packaging/bootstrap.py setup</code>), then start Kestrel again.</p>
<p>The API works without it: <code>GET /api/v1/status</code> with <code>Authorization: Bearer TOKEN</code>.</p>
</html>
"""


def install(app: FastAPI, dist: Path = DIST) -> None:
    """Serve ``dist`` at / and Swagger UI at /docs."""

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def page() -> Response:
        return _file(dist / "index.html")

    @app.api_route("/docs", methods=["GET", "HEAD"], include_in_schema=False)
    async def docs() -> Response:
        return _file(dist / "docs.html")

    for place in sorted(dist.iterdir()) if dist.is_dir() else ():
        if place.is_dir():  # not "/" as a whole: it would answer for every path of the API that has another method
            app.mount(f"/{place.name}", StaticFiles(directory=place), name=place.name)
        elif place.suffix != ".html":
            app.add_route(f"/{place.name}", partial(_serve, place))


async def _serve(path: Path, _request: Request) -> Response:
    return FileResponse(path)


def _file(path: Path) -> Response:
    """The page, never kept by the browser: its scripts change name with each build."""
    if not path.is_file():
        return HTMLResponse(_NOT_BUILT, headers={"cache-control": "no-store"})
    return FileResponse(path, headers={"cache-control": "no-cache"})
