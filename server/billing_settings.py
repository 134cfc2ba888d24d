"""The settings of plans and of what is paid for."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.plan_names import PlanName
from server.setting_field import setting
from server.setting_types import choice


@dataclass(frozen=True, kw_only=True)
class BillingSettings:
    """The part of Settings that is about plans."""

    default_plan: PlanName = setting(
        choice(PlanName),
        "free",
        "The plan of everyone who has bought none: free, creator, pro or agency. Whoever hosts "
        "for themselves takes `agency`.",
    )
