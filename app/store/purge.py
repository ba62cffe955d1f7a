"""Projects that were deleted long ago, removed for good on the operator's word; the writer's thread."""

from sqlalchemy import Connection, delete, func, select

from app.store.models import FLIGHT, PROJECT, Base


def remove_project(connection: Connection, project_id: int) -> int:
    """Remove its rows from every table, children first; returns how many. Only one that was deleted is removed."""
    row = connection.execute(select(PROJECT.c.deleted_s, PROJECT.c.in_use).where(PROJECT.c.id == project_id)).first()
    if row is None or row.deleted_s is None or row.in_use:
        return 0
    flights = select(FLIGHT.c.id).where(FLIGHT.c.project_id == project_id)
    removed = 0
    for table in reversed(Base.metadata.sorted_tables):
        if table is PROJECT:
            mine = PROJECT.c.id == project_id
        elif "project_id" in table.c:
            mine = table.c.project_id == project_id
        else:
            mine = table.c.flight_id.in_(flights)
        removed += connection.execute(delete(table).where(mine)).rowcount
    return removed


def counts(connection: Connection) -> dict[str, int]:
    """Rows in each table."""
    return {
        str(table.name): connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in Base.metadata.sorted_tables
    }
