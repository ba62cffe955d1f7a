"""Facts of a flight as plain values, for the window, the API and the command line; any thread."""

from typing import Any

from app.store import Store

MOST_ROWS = 10_000


class FlightFacts:
    """One table of facts, asked for by project, flight and time."""

    def __init__(self, store: Store, table: str) -> None:
        self._store = store
        self._table = table

    def __call__(
        self,
        project_id: int,
        flight_id: int,
        since_s: float | None = None,
        until_s: float | None = None,
        limit: int = MOST_ROWS,
    ) -> list[dict[str, Any]]:
        """Facts with since_s <= time_s <= until_s, oldest first, at most ``limit``; keys are those of the fact.

        Raises ``NotFound`` when the project has no such flight and ``StoreError`` when the store is in trouble.
        """
        return self._store.of(project_id).rows(self._table, flight_id, since_s, until_s, limit).as_dicts()
