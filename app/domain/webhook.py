"""Webhooks: who is told of what by HTTP, and how that went; values, any thread."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Webhook:
    """``events`` are topics of the stream: detections, transitions, faults, ..."""

    id: str
    url: str
    events: tuple[str, ...]
    created_s: float  # UTC


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one webhook, as far as it has come."""

    id: str  # the receiver sees it as webhook-id, the same at each try
    webhook_id: str
    event: str
    time_s: float  # of the last try, UTC
    tries: int
    status: int | None  # the answer's; None: there was none
    delivered: bool
    text: str  # what went wrong, and whether it is tried again
