"""The part of the composition that deals in brands and voices."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.mongo import Mongo
from datasources.stores import Stores
from services.access import Access
from services.assessments import AssessmentService
from services.audit import Audit
from services.brands import BrandService
from services.clock import Clock
from services.entitlements import Entitlements
from services.excess import Excess
from services.ids import NewId
from services.models import Models
from services.strategies import StrategyService
from services.voice import VoiceService
from services.voice_erasure import VoiceErasure


@dataclass(frozen=True, slots=True)
class Brands:
    """What tells what a workspace stands for, and how it speaks."""

    brands: BrandService
    assessments: AssessmentService
    strategies: StrategyService
    voice: VoiceService
    voice_erasure: VoiceErasure


def brands_of(
    mongo: Mongo,
    stores: Stores,
    access: Access,
    audit: Audit,
    entitlements: Entitlements,
    excess: Excess,
    models: Models,
    *,
    clock: Clock,
    new_id: NewId,
) -> Brands:
    """Wired together."""
    brands = BrandService(
        mongo,
        stores.brands,
        stores.strategy_versions,
        stores.assessments,
        access,
        entitlements,
        excess,
        audit,
        clock,
        new_id,
    )
    assessments = AssessmentService(mongo, stores.assessments, brands, access, audit, clock, new_id)
    return Brands(
        brands=brands,
        assessments=assessments,
        strategies=StrategyService(
            mongo, stores.strategy_versions, brands, assessments, models, clock, new_id
        ),
        voice=VoiceService(
            mongo, stores.voice_profiles, stores.voice_samples, access, audit, clock, new_id
        ),
        voice_erasure=VoiceErasure(mongo, stores.voice_profiles, stores.voice_samples),
    )
