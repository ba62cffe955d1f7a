"""The audit trail, written beside the requests so that none of them waits for the disk; the server's thread."""

import asyncio
import logging

from app.domain.access import AuditEntry
from app.errors import StoreError
from app.services.accounts import AccountService
from app.services.sessions import SessionService

log = logging.getLogger(__name__)
WATCH_S = 3.0


class AuditTrail:
    """Entries wait in order, none is lost: one that cannot be stored is logged. What other programs change in the
    accounts is looked for as well."""

    def __init__(self, accounts: AccountService) -> None:
        self._accounts = accounts
        self._waiting: asyncio.Queue[AuditEntry] = asyncio.Queue()

    async def watch(self, sessions: SessionService) -> None:
        """Look every few seconds what other programs have changed; until cancelled."""
        while True:
            await asyncio.sleep(WATCH_S)
            try:
                await asyncio.to_thread(sessions.look_again)
            except StoreError as error:
                log.debug("accounts: %s", error)

    @property
    def waiting(self) -> int:
        """Entries that are not stored yet."""
        return self._waiting.qsize()

    def note(self, entry: AuditEntry) -> None:
        self._waiting.put_nowait(entry)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._store(await self._waiting.get())
            self._waiting.task_done()

    async def finish(self) -> None:
        """Store what waits."""
        while not self._waiting.empty():
            await self._store(self._waiting.get_nowait())

    async def _store(self, entry: AuditEntry) -> None:
        try:
            await asyncio.to_thread(self._accounts.note, entry)
        except StoreError as error:
            log.warning("not in the audit trail (%s): %s", error, entry)
