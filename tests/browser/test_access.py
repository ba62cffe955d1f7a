"""Who may what on the page: accounts, pairing, control."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.api.server import ApiServer
from app.domain.access import Role
from app.services.station import Station
from tests.browser.conftest import PHONE

WORDS = "correct horse battery"


@pytest.fixture
def people(station: Station) -> None:
    for name, role in (("ann", Role.OPERATOR), ("vic", Role.VIEWER)):
        station.accounts.add(name, role, WORDS)


def _signed_in(browser: Browser, server: ApiServer, name: str) -> Page:
    """In a browser of their own."""
    page = browser.new_context().new_page()
    page.goto(server.url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(WORDS)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#who")).to_contain_text(name)
    expect(page.locator(".ladder .here")).to_have_text("Idle")
    return page


@pytest.fixture
def ann(browser: Browser, server: ApiServer, people: None) -> Iterator[Page]:
    page = _signed_in(browser, server, "ann")
    yield page
    page.context.close()


def test_control_is_asked_for_given_and_taken(browser: Browser, ann: Page, server: ApiServer, station: Station) -> None:
    expect(ann.locator("#who")).to_contain_text("nobody has control")
    ann.get_by_role("button", name="Take control").click()
    expect(ann.locator("#who")).to_contain_text("you have control")
    station.control.ask("ben")
    expect(ann.locator("#who")).to_contain_text("ben asks for control")
    ann.get_by_role("button", name="Give").click()
    expect(ann.locator("#who")).to_contain_text("ben has control")
    ann.get_by_role("button", name="Take over").click()
    expect(ann.locator("#who")).to_contain_text("you have control")
    station.control.take("ben")
    expect(ann.locator("#notes")).to_contain_text("ben took over from ann")


def test_a_viewer_sees_nothing_that_would_be_refused(
    browser: Browser, server: ApiServer, station: Station, people: None
) -> None:
    page = _signed_in(browser, server, "vic")
    for name in ("Arm", "Connect", "Create", "Tune", "Take control"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    shown = page.locator(".deck button:visible").all_text_contents()
    assert {text.split()[0] for text in shown} <= {"Detections", "Log", "Flights", "Recordings"}, shown  # tabs
    page.locator("#stop").click()
    expect(page.locator("#gate")).to_contain_text("The emergency stop is latched")
    page.context.close()


def test_a_phone_comes_in_by_its_code(browser: Browser, server: ApiServer, station: Station) -> None:
    code = station.sessions.pair(Role.VIEWER, "ada").code
    page = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}).new_page()
    page.goto(f"{server.url}#pair={code}")
    expect(page.locator("#who")).to_contain_text("paired-")
    assert code not in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.context.close()


def test_who_is_signed_out_elsewhere_is_asked_again(ann: Page, station: Station) -> None:
    (session,) = station.sessions.sessions()
    station.sessions.end(session.id)
    expect(ann.get_by_role("button", name="Sign in")).to_be_visible(timeout=30_000)


def test_signing_out_leaves_no_cookie(ann: Page) -> None:
    ann.get_by_role("button", name="Sign out").click()
    expect(ann.get_by_role("button", name="Sign in")).to_be_visible()
    assert [cookie["name"] for cookie in ann.context.cookies() if cookie["value"]] == []
