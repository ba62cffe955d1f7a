"""The page in headless Chromium, against a running server on real services."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from app.api.pages import DIST
from app.api.server import ApiServer
from app.services.station import Station
from app.settings import ApiSettings
from tests.stations import quiet_station

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
DESKTOP, PHONE = (1366, 768), (390, 844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or $KESTREL_CHROMIUM, or the one that playwright installed.

    Not for the session: while playwright runs, this thread has a running event loop, which other tests must not find.
    """
    if not (DIST / "index.html").is_file():
        pytest.skip("the browser client is not built: make setup")
    own = os.environ.get("KESTREL_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=own, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def station(browser: Browser, tmp_path: Path) -> Iterator[Station]:
    with quiet_station(tmp_path / "store") as made:
        yield made


@pytest.fixture
def server(station: Station, tmp_path: Path) -> Iterator[ApiServer]:
    running = ApiServer(station, ApiSettings(port=0), tmp_path / "data")
    running.start()
    yield running
    running.stop()


class Watched:
    """A page, with everything it complained of and every address it asked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, color_scheme="dark")
    context.set_default_timeout(20_000)
    yield Watched(context.new_page())
    context.close()
