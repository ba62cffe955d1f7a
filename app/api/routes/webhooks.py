"""Who is told by HTTP of what happens; for the admin."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.responses import Response

from app.api.access import Actor, StationDep, reading
from app.api.encoding import answer
from app.api.schemas.webhook import DeliveryOut, NewWebhookOut, WebhookIn, WebhookOut

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


@router.get("", response_model=list[WebhookOut])
async def webhooks(station: StationDep) -> Response:
    return answer(await reading(station.webhooks.webhooks))


@router.post("", response_model=NewWebhookOut, status_code=201)
async def add(body: WebhookIn, station: StationDep, actor: Actor) -> Response:
    """Messages are signed as standardwebhooks.com says; an address in a private network needs `api.webhook_hosts`."""
    made, secret = await reading(station.webhooks.add, body.url, tuple(body.events), actor)
    return answer(asdict(made) | {"secret": secret}, 201)


@router.get("/deliveries", response_model=list[DeliveryOut])
async def deliveries(station: StationDep) -> Response:
    """The last 200, oldest first."""
    return answer(station.webhooks.deliveries())


@router.delete("/{webhook_id}", status_code=204)
async def remove(webhook_id: str, station: StationDep, actor: Actor) -> Response:
    await reading(station.webhooks.remove, webhook_id, actor)
    return Response(status_code=204)


ROUTERS = (router,)
