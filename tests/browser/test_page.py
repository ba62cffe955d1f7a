import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from app.api.server import ApiServer
from app.domain.fault import Fault
from app.domain.mission import MissionState
from app.services.station import Station
from app.settings import ApiSettings
from app.tape import Piece
from tests.browser.conftest import PHONE, Watched
from tests.browser.facts import HOME, RADIO, publish_flight

COLOURS = """canvas => {
    if (!canvas) return -1;
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const seen = new Set();
    for (let i = 0; i < pixels.length; i += 4) seen.add(pixels[i] << 16 | pixels[i + 1] << 8 | pixels[i + 2]);
    return seen.size;
}"""

WEDGE_PIXELS = 15_000  # a wedge paints twice as many, everything else a tenth
PAINTED = """canvas => {
    if (!canvas) return -1;
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.filter((value, i) => i % 4 === 3 && value > 0).length;
}"""


def _open(watched: Watched, server: ApiServer) -> Page:
    watched.page.goto(server.sign_in_url)
    expect(watched.page.locator("#lamps .on", has_text="Station")).to_be_visible()
    expect(watched.page.locator(".ladder .here")).to_have_text("Idle")
    return watched.page


def _until(page: Page, look: str, enough: Callable[[int], bool]) -> None:
    """Wait for what a script tells; the page's own policy keeps playwright from waiting in it."""
    until = time.monotonic() + 20.0
    while not enough(seen := page.evaluate(look)):
        assert time.monotonic() < until, f"{look} tells {seen}"


def _painted(page: Page, enough: Callable[[int], bool]) -> None:
    """Wait for pixels of the map's lines."""
    _until(page, f"({PAINTED})(document.querySelector('.leaflet-overlay-pane canvas'))", enough)


def _falling(page: Page) -> None:
    """Wait for the waterfall."""
    _until(page, f"({COLOURS})(document.querySelector('#radio canvas'))", lambda colours: colours > 20)


def test_the_token_signs_in_and_leaves_the_address(watched: Watched, server: ApiServer) -> None:
    page = _open(watched, server)
    assert page.url == server.url
    cookies = page.context.cookies()
    assert {cookie["sameSite"] for cookie in cookies} == {"Strict"}
    assert [cookie["name"] for cookie in cookies if not cookie["httpOnly"]] == [
        f"kestrel_csrf_{urlsplit(server.url).port}"
    ]
    assert server.token not in str(cookies)
    page.reload()
    expect(page.locator(".ladder .here")).to_have_text("Idle")
    assert watched.complaints == []


def test_without_a_token_the_page_asks_for_it(watched: Watched, server: ApiServer) -> None:
    page = watched.page
    page.goto(server.url)
    page.get_by_role("button", name="Token").click()
    page.get_by_label("Token", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(has_text="not this station's token")).to_be_visible()
    page.get_by_label("Token", exact=True).fill(server.token)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".ladder .here")).to_have_text("Idle")


def test_what_the_station_hears_is_shown(watched: Watched, server: ApiServer, station: Station) -> None:
    page = _open(watched, server)
    expect(page.locator("#simulation")).to_be_hidden()
    publish_flight(station)
    expect(page.locator("#simulation")).to_be_visible()
    expect(page.locator("#vehicle")).to_contain_text("40.2")
    expect(page.locator("#vehicle")).to_contain_text("GUIDED · flying")
    expect(page.locator("#records tbody").first).to_contain_text("433.9200")
    expect(page.locator("#chart header")).to_contain_text("90 % within 26")
    expect(page.locator(".fix")).to_be_visible()
    expect(page.locator(".leaflet-heat-pane img")).to_be_visible()
    expect(page.locator(".craft")).to_be_visible()
    _falling(page)
    expect(page.locator("#level canvas")).to_be_visible()
    expect(page.locator("#gate .bad").first).to_be_visible()
    page.get_by_role("tab", name="Log").click()
    expect(page.locator(".log")).to_contain_text("Mode change: GUIDED")
    assert watched.complaints == []


def test_a_late_page_shows_what_was_before_it(watched: Watched, server: ApiServer, station: Station) -> None:
    publish_flight(station)
    page = _open(watched, server)
    expect(page.locator("#vehicle")).to_contain_text("40.2")
    expect(page.locator(".fix")).to_be_visible()
    expect(page.locator("#records tbody").first).to_contain_text("Line held")


def test_a_bearing_is_drawn_and_goes_with_its_target(watched: Watched, server: ApiServer, station: Station) -> None:
    page = _open(watched, server)
    publish_flight(station)
    expect(page.locator(".craft")).to_be_visible()
    station.bearings.add(station.targets.targets().selected_id, HOME, 60.0, "ann").result(10.0)
    _painted(page, lambda pixels: pixels > WEDGE_PIXELS)
    page.reload()
    _painted(page, lambda pixels: pixels > WEDGE_PIXELS)
    station.bus.targets.publish(replace(station.targets.targets(), selected_id=""))
    _painted(page, lambda pixels: pixels < WEDGE_PIXELS)
    assert watched.complaints == []


def test_stop_works_by_button_and_by_escape_twice(watched: Watched, server: ApiServer, station: Station) -> None:
    page = _open(watched, server)
    for by_button in (True, False):
        if by_button:
            page.locator("#stop").click()
        else:
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")
        expect(page.locator("html[data-mission=EMERGENCY]")).to_be_attached()
        assert station.mission.status().state is MissionState.EMERGENCY
        page.get_by_label("Reason").fill("tried the button")
        page.get_by_role("button", name="Reset to idle").click()
        expect(page.locator(".ladder .here")).to_have_text("Idle")
    assert station.mission.history()[-1].actor == "browser"


def test_a_refused_search_says_why(watched: Watched, server: ApiServer, station: Station) -> None:
    page = _open(watched, server)
    page.get_by_role("button", name="Plan a search").click()
    slider = page.get_by_label("Slide to start the search")
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator(".note.bad")).to_be_visible()
    assert station.mission.status().state is MissionState.IDLE


def test_it_comes_back_after_a_lost_connection(
    watched: Watched, server: ApiServer, station: Station, tmp_path: Path
) -> None:
    page = _open(watched, server)
    port = int(server.url.rstrip("/").rpartition(":")[2])
    server.stop()
    expect(page.locator("#lost")).to_be_visible()
    again = ApiServer(station, ApiSettings(port=port), tmp_path / "data")
    again.start()
    try:
        expect(page.locator("#lost")).to_be_hidden()
        publish_flight(station)
        expect(page.locator("#vehicle")).to_contain_text("40.2")
    finally:
        again.stop()


def test_it_is_usable_on_a_phone(watched: Watched, server: ApiServer, station: Station) -> None:
    watched.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page = _open(watched, server)
    publish_flight(station)
    expect(page.locator(".fix")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator("#stop")).to_be_in_viewport(ratio=1)
    small = "[...document.querySelectorAll('main button')].filter(b => b.offsetHeight && b.offsetHeight < 28).length"
    assert page.evaluate(small) == 0


def test_nothing_is_asked_of_anyone_but_the_station(watched: Watched, server: ApiServer, station: Station) -> None:
    page = _open(watched, server)
    publish_flight(station)
    expect(page.locator(".fix")).to_be_visible()
    page.goto(f"{server.url}docs")
    expect(page.get_by_text("/api/v1/health/ready")).to_be_visible()  # those further down are laid out when scrolled to
    own = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    assert [url for url in watched.asked if not url.startswith(own)] == []
    assert watched.complaints == []


def test_levels_are_in_dbm_where_the_receiver_is_calibrated(
    watched: Watched, server: ApiServer, station: Station
) -> None:
    page = _open(watched, server)
    publish_flight(station)
    _falling(page)
    page.locator("#radio canvas").hover()
    expect(page.locator("#radio .pointed")).to_contain_text("dBFS")
    radio = replace(RADIO, time_s=time.time(), dbm_offset_db=-40.0, uncalibrated="", profile="Roof")
    station.bus.radio.publish(radio)
    expect(page.locator("#radio header")).to_contain_text("Roof")
    page.mouse.move(0, 0)
    page.locator("#radio canvas").hover()
    expect(page.locator("#radio .pointed")).to_contain_text("dBm")
    assert watched.complaints == []


def test_samples_are_recorded_looked_through_and_deleted(watched: Watched, server: ApiServer, station: Station) -> None:
    page = _open(watched, server)
    page.get_by_role("tab", name="Recordings").click()
    panel = page.get_by_role("tabpanel", name="Recordings")
    expect(panel).to_contain_text("No recording in this project yet")
    panel.get_by_role("button", name="Record samples").click()
    expect(page.locator(".note.bad")).to_contain_text("connect a receiver")
    tape = station.recordings._worker._tape
    stream = tape.begin()
    for number in range(20):
        began_s = station.clock.now_s() - 0.01
        tape.write(Piece(stream, 1000 * number, 1000, began_s, 1e5, 433e6, 20.0, "cu8", bytes(2000)))
    station.recordings.save(5.0, "test").result(10.0)
    expect(panel.locator("tbody tr")).to_have_count(1)
    expect(panel.locator("tbody")).to_contain_text("433.000")
    panel.get_by_role("button", name="Verify").click()
    expect(page.locator(".note", has_text="is sound")).to_be_visible()
    panel.get_by_role("button", name="Delete").click()
    panel.get_by_role("button", name="Really?").click()
    expect(panel.locator("tbody tr")).to_have_count(0)


def test_a_warning_is_told_at_once(watched: Watched, server: ApiServer, station: Station) -> None:
    page = _open(watched, server)
    station.bus.fault.publish(Fault(time.time(), "sample recorder", "The disk takes 14 s more.", ended=True))
    expect(page.locator(".note.bad")).to_contain_text("The disk takes 14 s more.")
