"""The store as a whole: figures, check, backup, and removing for good what was deleted."""

from fastapi import APIRouter
from starlette.responses import Response

from app.api.access import LONGEST_TRANSFER_S, Actor, StationDep, done, reading
from app.api.encoding import answer
from app.api.schemas.station import ProjectOut
from app.api.schemas.upkeep import BackupOut, CheckOut, StoreOut
from app.errors import StoreError

router = APIRouter(prefix="/store", tags=["system"])


@router.get("", response_model=StoreOut)
async def statistics(station: StationDep) -> Response:
    """Size, rows of each table, and the queries that took long."""
    return answer(await reading(station.upkeep.statistics))


@router.post("/check", response_model=CheckOut)
async def check(station: StationDep) -> Response:
    """Read every page and index; what is damaged is in the text."""
    try:
        await reading(station.upkeep.check)
    except StoreError as error:
        return answer({"sound": False, "text": str(error)})
    return answer({"sound": True, "text": "Every page and index was read; there is no damage."})


@router.post("/backup", response_model=BackupOut, status_code=201)
async def backup(station: StationDep, actor: Actor) -> Response:
    """A consistent copy beside the store, while it is used."""
    copy = await reading(station.upkeep.backup, actor)
    return answer({"name": copy.name, "size_bytes": copy.stat().st_size}, 201)


@router.get("/purge", response_model=list[ProjectOut])
async def purgeable(station: StationDep) -> Response:
    """What a purge would remove: projects deleted longer ago than `store.keep_deleted_days`."""
    return answer(await reading(station.upkeep.purgeable))


@router.post("/purge", response_model=list[ProjectOut])
async def purge(station: StationDep, actor: Actor) -> Response:
    """Remove them for good, with their flights and recordings."""
    return answer(await done(await reading(station.upkeep.purge, actor), LONGEST_TRANSFER_S))


ROUTERS = (router,)
