"""What Stripe tells us: verified, stored once with a job that looks into it, and answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from datasources.failures import Duplicate
from datasources.mongo import Mongo
from datasources.stripe_events import StripeEvent, StripeEvents
from services.clock import Clock
from services.events import Events
from services.stripe_signature import verify

TASK = "stripe_event"
HEARD = (
    "checkout.session.",
    "customer.deleted",
    "customer.subscription.",
    "customer.updated",
    "invoice.",
    "payment_method.",
    "subscription_schedule.",
    "charge.dispute.",
)
"""What the types of events begin with that tell of something we keep."""


class Subject(msgspec.Struct):
    """The ids in the thing that an event is about."""

    object: str = ""
    id: str = ""
    customer: str | None = None
    charge: str | None = None


class Data(msgspec.Struct):
    """What an event is about."""

    object: Subject


class Told(msgspec.Struct):
    """An event, as far as we read it."""

    id: str
    type: str
    created: int
    data: Data


class NoEvent(Exception):
    """Signed, but nothing that we can read."""


class StripeWebhook:
    """Receives events. With no secret there is nothing to verify with, so it is not `open`."""

    def __init__(
        self,
        mongo: Mongo,
        stored: StripeEvents,
        events: Events,
        secrets: Sequence[str],
        clock: Clock,
    ) -> None:
        self._mongo = mongo
        self._stored = stored
        self._events = events
        self._secrets = secrets
        self._clock = clock

    @property
    def open(self) -> bool:
        """Whether there is a secret."""
        return bool(self._secrets)

    async def receive(self, payload: bytes, signature: str | None) -> bool:
        """Store an event and ask for its job, both or neither; whether it was new.

        Raises BadSignature or NoEvent, and then nothing was done.
        """
        now = self._clock()
        verify(payload, signature, self._secrets, now)
        event = read(payload, now)
        if not event.type.startswith(HEARD):
            return False

        async def store() -> None:
            await self._stored.insert(event)
            await self._events.enqueue(TASK, job_key(event), {"event_id": event.id})

        try:
            await self._mongo.transact(store)
        except Duplicate:
            return False
        return True


def read(payload: bytes, now: datetime) -> StripeEvent:
    """The event in these bytes: its ids, and nobody's data."""
    try:
        told = msgspec.json.decode(payload, type=Told)
        at = datetime.fromtimestamp(told.created, UTC)
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError) as error:
        raise NoEvent from error
    subject = told.data.object
    return StripeEvent(
        id=told.id,
        type=told.type,
        object_id=subject.id,
        customer_id=subject.id if subject.object == "customer" else subject.customer,
        charge_id=subject.charge,
        at=at,
        received_at=now,
    )


def job_key(event: StripeEvent) -> str:
    """The key of an event's job: another one each time that it is asked for."""
    return f"stripe:{event.id}:{event.asked}"
