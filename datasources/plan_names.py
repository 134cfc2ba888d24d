"""The names of the plans, without a driver: settings name one before there is a database."""

from __future__ import annotations

from enum import StrEnum


class PlanName(StrEnum):
    """The plans there are, each with more than the one before it."""

    FREE = "FREE"
    CREATOR = "CREATOR"
    PRO = "PRO"
    AGENCY = "AGENCY"
