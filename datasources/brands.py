"""Brands: what a workspace stands for, the strategies they had, and what was asked about them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record


class StrategyPart(StrEnum):
    """What a strategy is made of: each part can be edited and locked by itself."""

    VALUE_PROPOSITION = "VALUE_PROPOSITION"
    TARGET_AUDIENCE = "TARGET_AUDIENCE"
    CONTENT_PILLARS = "CONTENT_PILLARS"
    GOALS = "GOALS"
    TONE = "TONE"


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """Who a brand speaks to."""

    description: str
    roles: list[str] = []
    industries: list[str] = []
    needs: list[str] = []


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be reached; `measure` says how one knows, `target` how much of it."""

    id: str
    title: str
    measure: str | None = None
    target: float | None = None
    due_at: datetime | None = None


class Strategy(msgspec.Struct, frozen=True, kw_only=True):
    """What a brand stands for. `model` wrote it; None: a person did."""

    value_proposition: str
    audience: Audience
    pillars: list[str]
    goals: list[Goal]
    tone: list[str]
    model: str | None = None


class Brand(Record, frozen=True, kw_only=True):
    """A brand. `locked` parts of the strategy are kept when it is generated again.

    `is_default`: the one that is meant where none is named; a workspace has one at most.
    `read_only`: its plan has no place for it.
    """

    workspace_id: str
    name: str
    description: str | None = None
    is_default: bool = False
    strategy: Strategy | None = None
    locked: list[StrategyPart] = []
    version: int = 1
    read_only: bool = False
    created_by: str | None
    created_at: datetime
    updated_at: datetime


class Brands(Collection[Brand]):
    """All brands."""

    name = "brands"
    record = Brand
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="of_workspace"),
        IndexModel(
            [("workspace_id", ASCENDING)],
            name="one_default",
            unique=True,
            partialFilterExpression={"is_default": True},
        ),
        IndexModel([("created_by", ASCENDING)], name="of_user"),
    )


class StrategyVersion(Record, frozen=True, kw_only=True):
    """A strategy as it became, and which parts of it had changed."""

    workspace_id: str
    brand_id: str
    strategy: Strategy
    changed: list[StrategyPart]
    created_by: str | None
    created_at: datetime


class StrategyVersions(Collection[StrategyVersion]):
    """All that brands ever stood for."""

    name = "strategy_versions"
    record = StrategyVersion
    indexes = (
        IndexModel([("brand_id", ASCENDING), ("_id", DESCENDING)], name="of_brand"),
        IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),
        IndexModel([("created_by", ASCENDING)], name="of_user"),
    )


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that answers show, and the answers that show it."""

    title: str
    detail: str
    evidence: list[str]


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """What was made of all answers."""

    archetype: str
    archetype_detail: str
    archetype_evidence: list[str]
    strengths: list[Finding]
    gaps: list[Finding]


class Assessment(Record, frozen=True, kw_only=True):
    """A questionnaire that somebody fills in: `questions` is its version.

    It is open until it has an analysis; a brand has one open one at most.
    """

    workspace_id: str
    brand_id: str
    questions: int
    answers: dict[str, list[str]] = {}
    open: bool = True
    analysis: Analysis | None = None
    created_by: str | None
    created_at: datetime
    updated_at: datetime


class Assessments(Collection[Assessment]):
    """All of them."""

    name = "assessments"
    record = Assessment
    indexes = (
        IndexModel([("brand_id", ASCENDING), ("_id", DESCENDING)], name="of_brand"),
        IndexModel(
            [("brand_id", ASCENDING)],
            name="one_open",
            unique=True,
            partialFilterExpression={"open": True},
        ),
        IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),
        IndexModel([("created_by", ASCENDING)], name="of_user"),
    )
