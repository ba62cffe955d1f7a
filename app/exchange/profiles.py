"""Profiles of receivers: one YAML file each in a folder; any thread."""

import re
from pathlib import Path

import yaml
from pydantic import ValidationError

from app.errors import NotFound, OutOfRange, SettingsError, StoreError
from app.exchange.sigmf import replace_file
from app.settings import ReceiverProfile

PROFILES = "profiles"  # folder beside the store
NAME = re.compile(r"[^\W_][\w .()+-]{0,58}", re.UNICODE)
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)([. ].*)?", re.IGNORECASE)  # no files on Windows
LARGEST_BYTES = 1_000_000


def profile_names(folder: Path) -> tuple[str, ...]:
    """In the order of the alphabet."""
    return tuple(sorted((file.stem for file in folder.glob("*.yaml")), key=str.casefold))


def read_profile(folder: Path, name: str) -> ReceiverProfile:
    """Raises ``NotFound``, ``OutOfRange`` for what is no name, ``SettingsError`` for a file that is no profile."""
    file = _file(folder, name)
    if not file.exists():
        there = ", ".join(profile_names(folder))
        raise NotFound(f"There is no profile {name!r}. {f'There are: {there}' if there else 'None was saved yet'}.")
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise SettingsError(f"{file} is too large for a profile.")
        return ReceiverProfile.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    except OSError as error:
        raise SettingsError(f"The profile {file} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"The profile {file} is not YAML: {error}. Correct it, or delete it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"The profile {file}, {field!r}: {first['msg']}. Correct it, or delete it.") from error


def write_profile(folder: Path, name: str, profile: ReceiverProfile) -> None:
    """Put it in the place of one of the same name. Raises ``OutOfRange`` and ``StoreError``."""
    file = _file(folder, name)
    text = yaml.safe_dump(profile.model_dump(mode="json", exclude_defaults=True), sort_keys=False, allow_unicode=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder} cannot be made: {error.strerror or error}. Choose another folder.") from error
    replace_file(file, text.encode(), durable=True)


def remove_profile(folder: Path, name: str) -> None:
    """Raises ``NotFound``, ``OutOfRange`` and ``StoreError``."""
    try:
        _file(folder, name).unlink()
    except FileNotFoundError as error:
        raise NotFound(f"There is no profile {name!r}.") from error
    except OSError as error:
        raise StoreError(f"The profile {name!r} cannot be deleted: {error.strerror or error}.") from error


def _file(folder: Path, name: str) -> Path:
    if not NAME.fullmatch(name) or RESERVED.fullmatch(name) or name.endswith((" ", ".")):
        raise OutOfRange(
            f"{name!r} cannot be a profile's name: up to 59 letters, digits, spaces and . ( ) + - _, a letter or digit "
            "first, neither a space nor a point last."
        )
    return folder / f"{name}.yaml"
