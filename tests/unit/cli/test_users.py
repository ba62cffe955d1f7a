import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import commands
from app.errors import NotFound, OutOfRange
from app.services.accounts import AccountService
from app.services.sessions import Caller, SessionService
from app.store.accounts import AccountStore

WORDS = "correct horse battery"


def run(folder: Path, *words: str, said: str = "") -> Result:
    return CliRunner().invoke(commands, [*words, "--data", str(folder)], input=said)


def test_accounts_are_made_listed_changed_and_removed(tmp_path: Path) -> None:
    made = run(tmp_path, "users", "add", "ann", "--role", "admin", said=f"{WORDS}\n{WORDS}\n")
    assert made.exit_code == 0
    assert WORDS not in made.output
    assert run(tmp_path, "users", "role", "ann", "viewer").exit_code == 0
    (one,) = json.loads(run(tmp_path, "users", "list", "--json").stdout)
    assert (one["name"], one["role"]) == ("ann", "viewer")
    assert run(tmp_path, "users", "password", "ann", said=f"{WORDS} staple\n{WORDS} staple\n").exit_code == 0
    assert run(tmp_path, "users", "remove", "ann").exit_code == 0
    assert run(tmp_path, "users", "list").stdout == "None yet.\n"
    assert isinstance(run(tmp_path, "users", "remove", "ann").exception, NotFound)
    assert isinstance(run(tmp_path, "users", "add", "ann", said="short\nshort\n").exception, OutOfRange)


def test_a_running_station_notices(tmp_path: Path) -> None:
    run(tmp_path, "users", "add", "ann", said=f"{WORDS}\n{WORDS}\n")
    store = AccountStore(tmp_path)
    accounts = AccountService(store)
    sessions = SessionService(store, accounts)
    sessions.look_again()
    grant = sessions.sign_in("ann", WORDS, Caller("127.0.0.1"))
    sessions.look_again()
    assert sessions.of_access(grant.access) is not None
    secret = json.loads(run(tmp_path, "api-keys", "add", "plotter", "--json").stdout)["secret"]
    sessions.look_again()
    assert accounts.of_key(secret) is not None
    run(tmp_path, "users", "remove", "ann")
    sessions.look_again()
    assert sessions.of_access(grant.access) is None
    store.close()


def test_a_key_is_printed_once_and_revoked(tmp_path: Path) -> None:
    secret = run(tmp_path, "api-keys", "add", "plotter", "--days", "1").stdout.strip()
    assert secret.startswith("kak_")
    listed = run(tmp_path, "api-keys", "list").stdout
    assert secret not in listed
    assert run(tmp_path, "api-keys", "revoke", listed.split()[0]).exit_code == 0
    assert isinstance(run(tmp_path, "api-keys", "revoke", "none").exception, NotFound)


@pytest.mark.parametrize("verb", ["users", "api-keys"])
def test_help_is_there(verb: str) -> None:
    assert "list" in CliRunner().invoke(commands, [verb, "--help"]).stdout
