"""The part of the composition that deals in brands and voices."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.mongo import Mongo
from datasources.stores import Stores
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.ids import NewId
from services.voice import VoiceService


@dataclass(frozen=True, slots=True)
class Brands:
    """What tells how a workspace speaks."""

    voice: VoiceService


def brands_of(
    mongo: Mongo, stores: Stores, access: Access, audit: Audit, *, clock: Clock, new_id: NewId
) -> Brands:
    """Wired together."""
    return Brands(
        voice=VoiceService(
            mongo, stores.voice_profiles, stores.voice_samples, access, audit, clock, new_id
        )
    )
