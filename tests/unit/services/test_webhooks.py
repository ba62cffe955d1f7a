import stat
import sys
from pathlib import Path

import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.vehicle import CommandRecord
from app.domain.webhook import Delivery
from app.errors import NotFound, OutOfRange, StoreError
from app.services.webhooks import FILE_NAME, KEPT, MOST, WebhookService


@pytest.fixture
def webhooks(tmp_path: Path) -> WebhookService:
    return WebhookService(tmp_path, Clock(), Bus())


def test_what_is_added_is_there_after_a_restart_and_gone_when_removed(webhooks: WebhookService, tmp_path: Path) -> None:
    made, secret = webhooks.add("https://rescue.example/kestrel", ("faults", "detections", "faults"), "ann")
    again = WebhookService(tmp_path, Clock(), Bus())
    assert again.webhooks() == [made]
    assert again.wanting("detections") == [(made, secret)]
    assert again.wanting("commands") == []
    again.remove(made.id, "ann")
    assert WebhookService(tmp_path, Clock(), Bus()).webhooks() == []
    with pytest.raises(NotFound):
        again.remove(made.id, "ann")


@pytest.mark.skipif(sys.platform == "win32", reason="the profile folder's access list keeps others out there")
def test_nobody_else_reads_the_secrets(webhooks: WebhookService, tmp_path: Path) -> None:
    webhooks.add("https://rescue.example/", ("faults",), "ann")
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_what_the_url_may_hold_in_secrets_is_not_recorded(tmp_path: Path) -> None:
    bus, told = Bus(), list[CommandRecord]()
    bus.command.subscribe(told.append)
    WebhookService(tmp_path, Clock(), bus).add("https://rescue.example/T0KEN?k=T0KEN", ("faults",), "ann")
    assert [(one.verb, one.actor) for one in told] == [("add_webhook", "ann")]
    assert "T0KEN" not in told[0].arguments


@pytest.mark.parametrize(
    "url",
    [
        "", "rescue.example", "ftp://rescue.example/", "file:///etc/passwd", "https://", "https://user:pw@rescue.example/",
        "https://rescue.example:0/", "https://rescue.example:99999/", "https://[::1/", "https://a b/",
        "https://a/\r\nx: y", "https://rescue.example/" + "x" * 500, "gopher://rescue.example/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(webhooks: WebhookService, url: str) -> None:
    with pytest.raises(OutOfRange):
        webhooks.add(url, ("faults",), "ann")


def test_what_cannot_be_told_and_one_too_many_are_refused(webhooks: WebhookService) -> None:
    for events in ((), ("secrets",)):
        with pytest.raises(OutOfRange):
            webhooks.add("https://rescue.example/", events, "ann")
    for _ in range(MOST):
        webhooks.add("https://rescue.example/", ("faults",), "ann")
    with pytest.raises(OutOfRange):
        webhooks.add("https://rescue.example/", ("faults",), "ann")


@pytest.mark.parametrize("text", ["[]", "{", '{"a": 1}', '{"a": {"url": "https://x/"}}'])
def test_a_damaged_file_is_told_of(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(StoreError, match="damaged"):
        WebhookService(tmp_path, Clock(), Bus()).webhooks()


def test_the_last_deliveries_are_kept_each_as_its_last_try(webhooks: WebhookService) -> None:
    for number in range(KEPT + 3):
        webhooks.note(Delivery(f"m{number}", "w", "faults", 0.0, 1, None, False, "no answer"))
    webhooks.note(Delivery(f"m{KEPT}", "w", "faults", 9.0, 2, 204, True, ""))
    kept = webhooks.deliveries()
    assert [kept[0].id, len(kept)] == ["m3", KEPT]
    assert [one.tries for one in kept if one.id == f"m{KEPT}"] == [2]
