"""How each collection forgets: the one table of what is whose. No collection may be missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from datasources.collection import Collection

ERASED = "erased"
NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a collection holds of workspaces and of people.

    `workspace`: the field that names a workspace; the record goes with it.
    `owner`: the field that names a person; the record goes with them.
    `named`: fields that name a person, each with the fields to empty when that person goes.
    `about`: the field that may hold a person's id as what the record is about: it says `erased`.
    `address`: the field that holds a person's normalised email; the record goes with them.
    `secret`: fields that an export leaves out. `exported`: whether there is anything to export.
    """

    workspace: str | None = None
    owner: str | None = None
    named: Mapping[str, Sequence[str]] = field(default_factory=lambda: NOTHING)
    about: str | None = None
    address: str | None = None
    secret: Sequence[str] = ()
    exported: bool = True


WORKSPACE = "workspace_id"

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "analytics_days": Rule(workspace=WORKSPACE, exported=False),
        "analytics_editions": Rule(workspace="_id", exported=False),
        "analytics_hours": Rule(workspace=WORKSPACE, exported=False),
        "analytics_snapshots": Rule(workspace=WORKSPACE),
        "analytics_standings": Rule(workspace=WORKSPACE, exported=False),
        "ai_settings": Rule(workspace=WORKSPACE),
        "api_keys": Rule(workspace=WORKSPACE, owner="user_id", secret=["secret_hash"]),
        "audit": Rule(workspace=WORKSPACE, named={"actor_id": ["actor_id"]}, about="subject"),
        "billing_accounts": Rule(workspace="_id"),
        "assessments": Rule(workspace=WORKSPACE, named={"created_by": ["created_by"]}),
        "brands": Rule(workspace=WORKSPACE, named={"created_by": ["created_by"]}),
        "strategy_versions": Rule(workspace=WORKSPACE, named={"created_by": ["created_by"]}),
        "budgets": Rule(workspace=WORKSPACE, exported=False),
        "benchmarks": Rule(workspace="_id"),
        "content": Rule(workspace=WORKSPACE, named={"author_id": ["author_id"]}),
        "content_days": Rule(workspace=WORKSPACE, exported=False),
        "content_hours": Rule(workspace=WORKSPACE, exported=False),
        "content_versions": Rule(workspace=WORKSPACE, named={"created_by": ["created_by"]}),
        "credit_uses": Rule(workspace="account_id"),
        "erasures": Rule(exported=False),
        "feed": Rule(workspace=WORKSPACE, named={"author_id": ["author_id", "author_name"]}),
        "invitations": Rule(
            workspace=WORKSPACE,
            named={"invited_by": ["invited_by"]},
            address="email_key",
            secret=["token_hash"],
        ),
        "job_slots": Rule(workspace=WORKSPACE, exported=False),
        "jobs": Rule(workspace=WORKSPACE, named={"user_id": ["user_id"]}),
        "kept_vectors": Rule(workspace=WORKSPACE, exported=False),
        "memberships": Rule(workspace=WORKSPACE, owner="user_id"),
        "model_answers": Rule(workspace=WORKSPACE, exported=False),
        "model_calls": Rule(workspace=WORKSPACE, named={"user_id": ["user_id"]}),
        "notifications": Rule(workspace=WORKSPACE, owner="user_id", about="subject"),
        "outbox": Rule(workspace=WORKSPACE, about="subject", exported=False),
        "outbox_jobs": Rule(exported=False),
        "search_generations": Rule(exported=False),
        "prediction_priors": Rule(exported=False),
        "recommendation_feedback": Rule(
            workspace=WORKSPACE, named={"given_by": ["given_by"]}, secret=["vector"]
        ),
        "report_files": Rule(workspace=WORKSPACE, exported=False),
        "reports": Rule(workspace=WORKSPACE, named={"requested_by": ["requested_by"]}),
        "past_searches": Rule(workspace=WORKSPACE, owner="user_id"),
        "saved_searches": Rule(workspace=WORKSPACE, owner="user_id"),
        "search_habits": Rule(workspace=WORKSPACE, owner="user_id"),
        "sessions": Rule(owner="user_id", secret=["token_hash", "previous_hash", "family_hash"]),
        "stripe_events": Rule(exported=False),
        "targets": Rule(workspace=WORKSPACE, named={"requested_by": ["requested_by"]}),
        "templates": Rule(workspace=WORKSPACE, named={"created_by": ["created_by"]}),
        "trend_items": Rule(workspace=WORKSPACE, exported=False),
        "trend_sources": Rule(workspace=WORKSPACE, named={"added_by": ["added_by"]}),
        "trend_topics": Rule(workspace="workspace_ids", exported=False),
        "users": Rule(owner="_id", address="email_key", secret=["password_hash", "email_key"]),
        "voice_profiles": Rule(workspace="_id", secret=["learned"]),
        "voice_samples": Rule(workspace=WORKSPACE, owner="added_by"),
        "workspaces": Rule(workspace="_id", named={"created_by": ["created_by"]}),
    }
)


class NoRule(LookupError):
    """A collection that nobody has said how to erase."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The collection {name} has no rule in services/erasure_rules.py.")


def ruled(collections: Iterable[Collection[Any]]) -> list[tuple[Collection[Any], Rule]]:
    """Each collection with its rule; NoRule where one was forgotten."""
    found = []
    for collection in collections:
        if collection.name not in RULES:
            raise NoRule(collection.name)
        found.append((collection, RULES[collection.name]))
    return found


async def sweep_workspaces(
    collection: Collection[Any], rule: Rule, workspace_ids: Sequence[str]
) -> None:
    """Erase, from one collection, what is of those workspaces."""
    if rule.workspace is not None and workspace_ids:
        await collection.delete_many({rule.workspace: {"$in": list(workspace_ids)}})


async def sweep_person(collection: Collection[Any], rule: Rule, user_id: str) -> None:
    """Erase, from one collection, what is of that person."""
    if rule.owner is not None:
        await collection.delete_many({rule.owner: user_id})
    for name, emptied in rule.named.items():
        await collection.update_many({name: user_id}, {"$set": dict.fromkeys(emptied)})
    if rule.about is not None:
        await collection.update_many({rule.about: user_id}, {"$set": {rule.about: ERASED}})
