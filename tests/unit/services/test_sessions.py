from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.access import Identity, Role
from app.errors import Denied, NotFound, TooMany
from app.services.sessions import ACCESS_S, GRACE_S, PAIRING_S, SESSION_S, Caller, SessionService
from tests.unit.api.doors import Doors

WORDS = "correct horse battery"
HERE, THERE = Caller("127.0.0.1", "curl"), Caller("192.168.1.9")


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    made = Doors(tmp_path)
    made.accounts.add("ann", Role.OPERATOR, WORDS)
    yield made
    made.store.close()


def test_an_access_token_is_good_for_a_quarter_of_an_hour(doors: Doors) -> None:
    grant = doors.sessions.sign_in("ann", WORDS, HERE)
    assert doors.sessions.of_access(grant.access) == Identity("ann", Role.OPERATOR, grant.session.id)
    assert doors.sessions.of_access(grant.refresh) is None
    assert doors.sessions.of_access("") is None
    doors.wall.now_s += ACCESS_S
    assert doors.sessions.of_access(grant.access) is None
    assert doors.sessions.alive(grant.session.id) is not None


def test_refreshing_gives_new_tokens_and_uses_up_the_old(doors: Doors) -> None:
    first = doors.sessions.sign_in("ann", WORDS, HERE)
    second = doors.sessions.refresh(first.refresh, HERE)
    assert second.session == first.session
    assert doors.sessions.of_access(second.access) is not None
    assert doors.sessions.of_access(first.access) is None
    doors.wall.now_s += SESSION_S
    with pytest.raises(Denied):
        doors.sessions.refresh(second.refresh, HERE)


def test_a_refresh_token_shown_twice_ends_the_session(doors: Doors) -> None:
    first = doors.sessions.sign_in("ann", WORDS, HERE)
    second = doors.sessions.refresh(first.refresh, HERE)
    third = doors.sessions.refresh(first.refresh, HERE)  # at once: two windows of one browser
    assert doors.sessions.of_access(third.access) is not None
    doors.wall.now_s += GRACE_S + 1.0
    fourth = doors.sessions.refresh(third.refresh, HERE)
    doors.wall.now_s += GRACE_S + 1.0
    with pytest.raises(Denied):
        doors.sessions.refresh(third.refresh, THERE)
    assert doors.sessions.of_access(fourth.access) is None
    assert doors.sessions.sessions() == []
    with pytest.raises(Denied):
        doors.sessions.refresh(second.refresh, HERE)


def test_a_restart_signs_nobody_out(doors: Doors) -> None:
    grant = doors.sessions.sign_in("ann", WORDS, HERE)
    again = SessionService(doors.store, doors.accounts, doors.wall)
    again.load()
    assert again.of_access(grant.access) == grant.session.identity
    assert again.refresh(grant.refresh, HERE).session == grant.session
    doors.wall.now_s += SESSION_S
    again.load()
    assert again.sessions() == []


@pytest.mark.parametrize("change", ["role", "password", "remove"])
def test_who_was_changed_has_to_sign_in_again(doors: Doors, change: str) -> None:
    grant = doors.sessions.sign_in("ann", WORDS, HERE)
    other = doors.sessions.station(HERE)
    if change == "role":
        doors.accounts.set_role("ann", Role.VIEWER)
    elif change == "password":
        doors.sessions.change_password("ann", WORDS, WORDS + " staple", HERE)
    else:
        doors.accounts.remove("ann")
    assert doors.sessions.of_access(grant.access) is None
    assert doors.sessions.alive(grant.session.id) is None
    assert doors.sessions.of_access(other.access) is not None
    again = SessionService(doors.store, doors.accounts, doors.wall)
    again.load()
    assert [one.actor for one in again.sessions()] == ["browser"]


def test_signing_out_ends_one_session(doors: Doors) -> None:
    one, two = (doors.sessions.sign_in("ann", WORDS, HERE) for _ in range(2))
    doors.sessions.end(one.session.id)
    assert doors.sessions.of_access(one.access) is None
    assert doors.sessions.of_access(two.access) is not None
    with pytest.raises(NotFound):
        doors.sessions.end(one.session.id)


def test_guessing_is_slowed_by_name_and_by_address(doors: Doors) -> None:
    for _ in range(5):
        with pytest.raises(Denied):
            doors.sessions.sign_in("ann", "wrong wrong wrong", THERE)
    with pytest.raises(TooMany):
        doors.sessions.sign_in("ann", WORDS, HERE)  # the name
    with pytest.raises(TooMany):
        doors.sessions.paired("ABCDEFGHJKLM", THERE)  # the address
    assert doors.sessions.station(HERE)


def test_a_code_lets_one_device_in_once(doors: Doors) -> None:
    pairing = doors.sessions.pair(Role.VIEWER, "ann")
    shown = f" {pairing.code[:6]}-{pairing.code[6:]} ".lower()
    grant = doors.sessions.paired(shown, THERE)
    assert grant.session.role is Role.VIEWER
    assert grant.session.address == THERE.address
    with pytest.raises(Denied, match="used"):
        doors.sessions.paired(pairing.code, THERE)
    late = doors.sessions.pair(Role.VIEWER, "ann")
    doors.wall.now_s += PAIRING_S
    with pytest.raises(Denied):
        doors.sessions.paired(late.code, THERE)


def test_without_a_disk_sessions_live_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    doors = Doors(tmp_path / "file")
    doors.sessions.load()
    grant = doors.sessions.station(HERE)
    assert doors.sessions.of_access(doors.sessions.refresh(grant.refresh, HERE).access) is not None
    doors.sessions.end(grant.session.id)
    assert doors.sessions.sessions() == []
