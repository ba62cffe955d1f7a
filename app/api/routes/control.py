"""Who may command the vehicle: asked for, granted, taken over, let go."""

from fastapi import APIRouter
from starlette.responses import Response

from app.api.access import Actor, StationDep
from app.api.encoding import answer
from app.api.schemas.access import ControlOut

router = APIRouter(prefix="/control", tags=["control"])


@router.get("", response_model=ControlOut)
async def state(station: StationDep) -> Response:
    return answer(station.control.control())


@router.post("/ask", response_model=ControlOut)
async def ask(station: StationDep, actor: Actor) -> Response:
    """Given at once when nobody has it; whoever has it renews it so; otherwise the holder is told who asks."""
    return answer(station.control.ask(actor))


@router.post("/take", response_model=ControlOut)
async def take(station: StationDep, actor: Actor) -> Response:
    """Take it over from whoever has it: recorded, and shown to them."""
    return answer(station.control.take(actor))


@router.post("/give", response_model=ControlOut)
async def give(station: StationDep, actor: Actor) -> Response:
    """Give it to whoever asked."""
    return answer(station.control.give(actor))


@router.post("/let-go", response_model=ControlOut)
async def let_go(station: StationDep, actor: Actor) -> Response:
    return answer(station.control.let_go(actor))


ROUTERS = (router,)
