from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.access import AuditEntry, Role
from app.errors import Conflict, Denied, NotFound, OutOfRange, StoreError
from app.services.accounts import AccountService
from app.store.accounts import FILE, AccountStore

WORDS = "correct horse battery"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AccountStore]:
    made = AccountStore(tmp_path)
    yield made
    made.close()


@pytest.fixture
def accounts(store: AccountStore) -> AccountService:
    return AccountService(store, lambda: 1.7e9)


def test_an_account_opens_with_its_password_alone(accounts: AccountService, tmp_path: Path) -> None:
    accounts.add("ann", Role.OPERATOR, WORDS)
    assert accounts.verified("ann", WORDS).role is Role.OPERATOR
    for name, password in (("ann", WORDS + "x"), ("ben", WORDS), ("ann", ""), ("", "")):
        with pytest.raises(Denied, match="do not belong together"):
            accounts.verified(name, password)
    files = [file for file in tmp_path.iterdir() if file.name.startswith(FILE)]
    assert files
    assert not any(WORDS.encode() in file.read_bytes() for file in files)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["", "a", "1ann", "ann smith", "api", "Operator", "ann/../x", "x" * 33, "ann\n"])
def test_names_that_could_mislead_are_refused(accounts: AccountService, name: str) -> None:
    with pytest.raises(OutOfRange):
        accounts.add(name, Role.VIEWER, WORDS)
    assert accounts.accounts() == []


@pytest.mark.parametrize("password", ["", "short", "x" * 20, "I am ann, you know", "y" * 201])
def test_passwords_that_would_be_guessed_are_refused(accounts: AccountService, password: str) -> None:
    with pytest.raises(OutOfRange):
        accounts.add("ann", Role.VIEWER, password)


def test_a_name_is_taken_once_whatever_its_case(accounts: AccountService) -> None:
    accounts.add("ann", Role.VIEWER, WORDS)
    for name in ("ann", "Ann"):
        with pytest.raises(Conflict, match="already"):
            accounts.add(name, Role.ADMIN, WORDS)


def test_changes_are_told_to_who_keeps_sessions(accounts: AccountService) -> None:
    told: list[str] = []
    accounts.changed.append(told.append)
    accounts.add("ann", Role.VIEWER, WORDS)
    accounts.set_role("ann", Role.ADMIN)
    accounts.set_password("ann", WORDS + " staple")
    assert accounts.verified("ann", WORDS + " staple").role is Role.ADMIN
    accounts.remove("ann")
    assert told == ["ann"] * 3
    with pytest.raises(NotFound):
        accounts.remove("ann")
    with pytest.raises(NotFound):
        accounts.set_role("ann", Role.VIEWER)


def test_a_key_opens_until_it_is_revoked_or_runs_out(store: AccountStore, tmp_path: Path) -> None:
    now_s = [1.7e9]
    accounts = AccountService(store, lambda: now_s[0])
    key, secret = accounts.add_key("plotter", Role.VIEWER, days=1.0)
    other, lasting = accounts.add_key("plotter", Role.OPERATOR)
    assert (who := accounts.of_key(secret)) is not None
    assert (who.actor, who.role) == ("plotter", Role.VIEWER)
    assert accounts.of_key(secret + "x") is None
    now_s[0] += 86_401.0
    assert accounts.of_key(secret) is None
    assert accounts.of_key(lasting) is not None
    accounts.revoke_key(other.id)
    assert accounts.of_key(lasting) is None
    assert [one.id for one in accounts.api_keys()] == [key.id]
    with pytest.raises(NotFound):
        accounts.revoke_key("none")
    assert not any(secret.encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_the_audit_trail_is_read_back_newest_first(accounts: AccountService) -> None:
    for number in range(5):
        accounts.note(AuditEntry(float(number), "ann" if number % 2 else "ben", "viewer", "::1", "POST /x", 200, "c"))
    found = accounts.audit(3)
    assert [entry.time_s for _, entry in found] == [4.0, 3.0, 2.0]
    assert [entry.time_s for _, entry in accounts.audit(9, before_id=found[-1][0])] == [1.0, 0.0]
    assert {entry.actor for _, entry in accounts.audit(9, actor="ann")} == {"ann"}


def test_a_file_of_a_newer_kestrel_is_left_alone(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer Kestrel"):
        AccountService(AccountStore(tmp_path)).accounts()


def test_a_folder_that_cannot_be_used_is_told_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    accounts = AccountService(AccountStore(tmp_path / "file"))
    with pytest.raises(StoreError, match="cannot be opened"):
        accounts.accounts()
    (tmp_path / "file").unlink()
    assert accounts.accounts() == []
