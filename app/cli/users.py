"""``kestrel users`` and ``kestrel api-keys``: who may use the station from elsewhere; the main thread."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import DataOption, JsonOption, SettingsOption, say, settings_from
from app.domain.access import Account, ApiKey, Role
from app.services.accounts import AccountService
from app.store.accounts import AccountStore

users = typer.Typer(no_args_is_help=True, help="Accounts with a password: add, list, remove, role, password.")
api_keys = typer.Typer(no_args_is_help=True, help="Keys for programs: add, list, revoke.")
NameArgument = Annotated[str, typer.Argument(help="Its name", show_default=False)]
RoleOption = Annotated[Role, typer.Option(help="viewer looks, operator flies, admin keeps accounts")]
PasswordOption = Annotated[str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, help="Asked for")]


def add_to(commands: typer.Typer) -> None:
    commands.add_typer(users, name="users")
    commands.add_typer(api_keys, name="api-keys")


@users.command(name="list")
def list_users(data: DataOption = None, settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """List the accounts."""
    with _accounts(data, settings) as accounts:
        say(accounts.accounts(), as_json, lambda found: "\n".join(map(_account, found)) or "None yet.")


@users.command(name="add")
def add_user(
    name: NameArgument,
    password: PasswordOption,
    role: RoleOption = Role.OPERATOR,
    data: DataOption = None,
    settings: SettingsOption = None,
) -> None:
    """Make an account; its password is asked for."""
    with _accounts(data, settings) as accounts:
        _tell(f"{_account(accounts.add(name, role, password))}  made")


@users.command(name="remove")
def remove_user(name: NameArgument, data: DataOption = None, settings: SettingsOption = None) -> None:
    """Remove an account and sign it out; what it did stays recorded."""
    with _accounts(data, settings) as accounts:
        accounts.remove(name)
        _tell(f"{name} removed")


@users.command(name="role")
def set_role(name: NameArgument, role: Role, data: DataOption = None, settings: SettingsOption = None) -> None:
    """Give an account another role; it has to sign in again."""
    with _accounts(data, settings) as accounts:
        accounts.set_role(name, role)
        _tell(f"{name} is {role}")


@users.command(name="password")
def set_password(
    name: NameArgument, password: PasswordOption, data: DataOption = None, settings: SettingsOption = None
) -> None:
    """Give an account another password; it has to sign in again."""
    with _accounts(data, settings) as accounts:
        accounts.set_password(name, password)
        _tell(f"{name} has a new password")


@api_keys.command(name="list")
def list_keys(data: DataOption = None, settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """List the keys; what opens with them is told only when they are made."""
    with _accounts(data, settings) as accounts:
        say(accounts.api_keys(), as_json, lambda found: "\n".join(map(_key, found)) or "None yet.")


@api_keys.command(name="add")
def add_key(
    name: NameArgument,
    role: RoleOption = Role.VIEWER,
    days: Annotated[float | None, typer.Option(help="How long it is good for", show_default="until revoked")] = None,
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it, this once."""
    with _accounts(data, settings) as accounts:
        key, secret = accounts.add_key(name, role, days)
        say({"id": key.id, "secret": secret}, as_json, lambda _: secret)


@api_keys.command(name="revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(help="As `list` shows it")],
    data: DataOption = None,
    settings: SettingsOption = None,
) -> None:
    """Let a key open nothing any more."""
    with _accounts(data, settings) as accounts:
        accounts.revoke_key(key_id)
        _tell(f"{key_id} revoked")


@contextmanager
def _accounts(data: Path | None, settings: Path | None) -> Iterator[AccountService]:
    """Beside a running station, too: it notices within seconds."""
    store = AccountStore(settings_from(settings, store__directory=data).store.directory)
    try:
        yield AccountService(store)
    finally:
        store.close()


def _account(one: Account) -> str:
    return f"{one.name:<20} {one.role}"


def _key(one: ApiKey) -> str:
    return f"{one.id}  {one.name:<20} {one.role}"


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
