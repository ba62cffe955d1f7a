"""The store as a whole on the wire."""

from pydantic import Field

from app.api.schemas.base import Wire


class SlowQueryOut(Wire):
    time_s: float = Field(description="UTC, s", examples=[1760000000.0])
    duration_s: float = Field(examples=[1.4])
    statement: str = Field(description="Without the values", examples=["SELECT count(*) FROM telemetry"])


class StoreOut(Wire):
    """What the store holds, of all projects together."""

    place: str = Field(examples=["/home/kim/.local/share/kestrel/kestrel.db"])
    size_bytes: int = Field(examples=[4_096_000])
    rows: dict[str, int] = Field(description="By table", examples=[{"flight": 3, "telemetry": 36_000}])
    queries: int = Field(description="Since start", examples=[1200])
    slow: list[SlowQueryOut] = Field(description="The last 100 that took longer than `store.slow_query_s`")


class CheckOut(Wire):
    sound: bool
    text: str = Field(examples=["Every page and index was read; there is no damage."])


class BackupOut(Wire):
    name: str = Field(description="In the folder backups beside the store", examples=["kestrel.20261121T150000Z.db"])
    size_bytes: int = Field(examples=[4_096_000])
