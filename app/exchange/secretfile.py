"""A small JSON object in a file that only its owner can read; any thread."""

import json
import os
from pathlib import Path
from typing import Any

from app.errors import StoreError

OWNER_ONLY = 0o600  # POSIX permission; on Windows the profile folder's own access list keeps others out


class SecretFile:
    """``remedy`` is what to do when it is damaged, in words."""

    def __init__(self, path: Path, remedy: str) -> None:
        self.path, self._remedy = path, remedy

    def read(self) -> dict[str, Any]:
        """What it holds, empty when there is none. Raises ``StoreError``."""
        try:
            if not self.path.exists():
                return {}
            self.path.chmod(OWNER_ONLY)
            held = json.loads(self.path.read_text(encoding="utf-8"))
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {error.strerror}. Open that folder.") from error
        except ValueError as error:
            raise self.damaged() from error
        if not isinstance(held, dict):
            raise self.damaged()
        return held

    def write(self, held: dict[str, Any]) -> None:
        """Whole or not at all, never readable by others. Raises ``StoreError``."""
        fresh = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
            with os.fdopen(number, "w", encoding="utf-8") as out:
                json.dump(held, out)
            fresh.replace(self.path)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be written: {error.strerror}. Free or open that folder.") from error

    def damaged(self) -> StoreError:
        """The error for a file whose contents make no sense."""
        return StoreError(f"{self.path} is damaged. {self._remedy}")
