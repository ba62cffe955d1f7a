"""How routes get at the services and wait for them; the server's thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Annotated, ParamSpec, TypeVar

from fastapi import Depends, Path
from starlette.requests import HTTPConnection

from app.domain.access import Identity
from app.domain.project import LARGEST_ID
from app.errors import DeviceError, NotConnected
from app.services.station import Station

LONGEST_S = 60.0  # for one command, however often it is repeated to the vehicle
LONGEST_TRANSFER_S = 600.0  # for a mission or all parameters over a link that loses much
ResultT = TypeVar("ResultT")
P = ParamSpec("P")


async def _station(connection: HTTPConnection) -> Station:
    station: Station = connection.app.state.station
    return station


async def _actor(connection: HTTPConnection) -> str:
    return str(connection.scope["actor"])


async def _me(connection: HTTPConnection) -> Identity:
    who: Identity = connection.scope["identity"]
    return who


StationDep = Annotated[Station, Depends(_station)]
Actor = Annotated[str, Depends(_actor)]
Me = Annotated[Identity, Depends(_me)]
RowId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


async def done(future: "Future[ResultT]", longest_s: float = LONGEST_S) -> ResultT:
    """The result of what a worker was asked for.

    A client that goes away, or a server that ends, does not take back what was asked: a command under way to the
    vehicle goes on and is recorded. Raises what the worker raised, ``NotConnected`` when the worker ended first, and
    ``DeviceError`` after ``longest_s``.
    """
    try:
        return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), longest_s)
    except TimeoutError:
        raise DeviceError(f"No answer within {longest_s:.0f} s; what was asked may still happen.") from None
    except asyncio.CancelledError:
        if future.cancelled():
            raise NotConnected("The station is ending; nothing was done.") from None
        raise


async def reading(call: Callable[P, ResultT], *arguments: P.args, **named: P.kwargs) -> ResultT:
    """The result of a call that reads the store, made in another thread so that nobody waits for the disk."""
    return await asyncio.to_thread(call, *arguments, **named)
