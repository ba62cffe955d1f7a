"""How much may still be recorded: what is free on the disk, and what the operator has set aside; any thread."""

import shutil
from pathlib import Path

from app.errors import StoreError
from app.settings import RecordingSettings

GB = 1e9


class Disk:
    """The folder of the recordings; ``folder`` is made when room in it is demanded."""

    def __init__(self, folder: Path, settings: RecordingSettings) -> None:
        self.folder = folder
        self._least_free_bytes = round(settings.least_free_gb * GB)
        self._budget_bytes = round(settings.budget_gb * GB)

    def room_bytes(self) -> int:
        """Below zero when less is free than should stay so; zero when it cannot be told."""
        try:
            there = next(place for place in (self.folder, *self.folder.parents) if place.is_dir())
            room = shutil.disk_usage(there).free - self._least_free_bytes
            if self._budget_bytes:
                room = min(room, self._budget_bytes - self._used_bytes())
        except OSError:
            return 0
        return room

    def demand_room(self) -> None:
        """Raises ``StoreError`` when the folder cannot be made or there is no room in it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {self.folder} cannot be made ({error.strerror}): choose another place for recordings."
            ) from error
        if self.room_bytes() <= 0:
            raise StoreError(self.full_text())

    def full_text(self) -> str:
        if self._budget_bytes and self._budget_bytes <= self._used_bytes():
            return (
                f"The recordings in {self.folder} fill the {self._budget_bytes / GB:g} GB set aside for them. "
                "Delete some, or raise recording.budget_gb."
            )
        return (
            f"Less than {self._least_free_bytes / GB:g} GB are free at {self.folder}, which recordings leave alone. "
            "Make room, or lower recording.least_free_gb."
        )

    def _used_bytes(self) -> int:
        if not self.folder.is_dir():
            return 0
        return sum(file.stat().st_size for file in self.folder.glob("*.sigmf*"))
