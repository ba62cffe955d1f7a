"""Webhooks on the wire."""

from typing import Literal

from pydantic import Field

from app.api.schemas.base import Wire
from app.services.webhooks import LONGEST_URL

Event = Literal["detections", "decoded", "transitions", "commands", "flights", "recorded", "faults"]


class WebhookIn(Wire):
    url: str = Field(min_length=8, max_length=LONGEST_URL, examples=["https://rescue.example/kestrel"])
    events: list[Event] = Field(min_length=1, max_length=20, examples=[["detections", "faults"]])


class WebhookOut(Wire):
    """Who is told; ``events`` are topics of the stream."""

    id: str = Field(examples=["5e1f09ab"])
    url: str = Field(examples=["https://rescue.example/kestrel"])
    events: list[str] = Field(examples=[["detections", "faults"]])
    created_s: float = Field(description="UTC, s since 1970", examples=[1760000000.0])


class NewWebhookOut(WebhookOut):
    secret: str = Field(description="Told this once: messages are signed with it", examples=["whsec_…"])


class DeliveryOut(Wire):
    """One message to one webhook, as far as it has come."""

    id: str = Field(
        description="The header webhook-id, the same at each try", examples=["msg_5e1f09ab5e1f09ab5e1f09ab"]
    )
    webhook_id: str = Field(examples=["5e1f09ab"])
    event: str = Field(examples=["detections"])
    time_s: float = Field(description="Of the last try, UTC, s since 1970", examples=[1760000000.0])
    tries: int = Field(examples=[1])
    status: int | None = Field(description="The answer's; null: there was none", examples=[204])
    delivered: bool
    text: str = Field(description="What went wrong, and whether it is tried again", examples=[""])
