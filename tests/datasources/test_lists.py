"""Every list of a workspace, and of a person, is served by an index: the database says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from datasources.collection import Collection, Filter, Sort
from datasources.memberships import Membership, Role, membership_id
from datasources.mongo import Mongo
from datasources.pages import Order, Position, beyond
from datasources.stores import Stores
from datasources.workspaces import Workspace

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATEST, OLDEST = Order(), Order(descending=False)


def stages(plan: dict[str, Any]) -> list[str]:
    """The stages of a plan, from the top down."""
    below = [plan["inputStage"]] if "inputStage" in plan else plan.get("inputStages", [])
    return [plan["stage"], *(stage for each in below for stage in stages(each))]


async def explained(
    collection: Collection[Any], wanted: Filter, sort: Sort, limit: int = 21
) -> tuple[list[str], dict[str, Any]]:
    """How a query is answered, and what it cost."""
    plan = await collection.mongo.database.command(
        {
            "explain": {
                "find": collection.name,
                "filter": dict(wanted),
                "sort": dict(sort),
                "limit": limit,
            },
            "verbosity": "executionStats",
        }
    )
    return stages(plan["queryPlanner"]["winningPlan"]), plan["executionStats"]


LISTS: dict[str, tuple[Callable[[Stores], Collection[Any]], dict[str, Any], Order]] = {
    "audit log": (lambda stores: stores.audit, {"workspace_id": "w"}, LATEST),
    "invitations": (
        lambda stores: stores.invitations,
        {"workspace_id": "w", "expires_at": {"$gt": NOW}},
        LATEST,
    ),
    "templates": (lambda stores: stores.templates, {"workspace_id": "w"}, LATEST),
    "notifications": (lambda stores: stores.notifications, {"user_id": "u"}, LATEST),
    "unread": (lambda stores: stores.notifications, {"user_id": "u", "read_at": None}, LATEST),
    "children": (lambda stores: stores.workspaces, {"parent_id": "w"}, OLDEST),
    "workspaces": (lambda stores: stores.workspaces, {"path": {"$in": ["w", "x"]}}, OLDEST),
    "workspaces of a key": (lambda stores: stores.workspaces, {"path": "w"}, OLDEST),
}


@pytest.mark.parametrize("list_name", LISTS, ids=str)
@pytest.mark.parametrize("reversed", [False, True])
@pytest.mark.parametrize("later", [False, True])
async def test_a_page_of_a_list_is_read_in_the_order_of_an_index(
    mongo: Mongo, list_name: str, reversed: bool, later: bool
) -> None:
    of, wanted, order = LISTS[list_name]
    order = order.reversed() if reversed else order
    bound = beyond(order, Position(None, "m"))
    asked: dict[str, Any] = {"$and": [wanted, bound]} if later else wanted
    found, _ = await explained(of(Stores.on(mongo)), asked, order.sort())
    assert "IXSCAN" in found
    assert "COLLSCAN" not in found
    assert "SORT" not in found


async def test_a_page_of_members_reads_no_more_than_it_shows(mongo: Mongo) -> None:
    """Two levels, a thousand people each: a page of ten looks at a few dozen entries."""
    stores = Stores.on(mongo)
    await stores.memberships.insert_many(
        Membership(
            id=membership_id(place, f"usr_{number:06}"),
            workspace_id=place,
            user_id=f"usr_{number:06}",
            role=Role.VIEWER,
            created_at=NOW,
        )
        for place in ("wsp_top", "wsp_low")
        for number in range(1000)
    )
    path = {"workspace_id": {"$in": ["wsp_top", "wsp_low"]}, "user_id": {"$gt": "usr_000500"}}
    found, cost = await explained(stores.memberships, path, [("user_id", 1)], 22)
    assert "SORT" not in found and "COLLSCAN" not in found
    assert cost["totalDocsExamined"] <= 30


async def test_a_page_of_workspaces_reads_no_more_than_it_shows(mongo: Mongo) -> None:
    """A person of two agencies with five hundred clients each reads a page of ten."""
    stores = Stores.on(mongo)
    await stores.workspaces.insert_many(
        Workspace(
            id=f"wsp_{number:06}",
            name="Client",
            parent_id=agency,
            path=[agency, f"wsp_{number:06}"],
            created_by="usr_1",
            created_at=NOW,
            updated_at=NOW,
        )
        for number, agency in enumerate(["wsp_a", "wsp_b"] * 500)
    )
    wanted = {"path": {"$in": ["wsp_a", "wsp_b"]}}
    found, cost = await explained(stores.workspaces, wanted, [("_id", 1)], 11)
    assert "SORT" not in found and "COLLSCAN" not in found
    assert cost["totalDocsExamined"] <= 30


@pytest.mark.parametrize(
    ("of", "wanted"),
    [
        (lambda stores: stores.invitations, {"token_hash": "x"}),
        (lambda stores: stores.invitations, {"email_key": "x", "workspace_id": "w"}),
        (lambda stores: stores.memberships, {"workspace_id": "w", "role": "OWNER"}),
        (lambda stores: stores.memberships, {"user_id": "u"}),
        (lambda stores: stores.targets, {"workspace_id": "w", "state": "PUBLISHING"}),
    ],
)
async def test_what_is_looked_up_is_found_by_an_index(
    mongo: Mongo, of: Callable[[Stores], Collection[Any]], wanted: Filter
) -> None:
    found, _ = await explained(of(Stores.on(mongo)), wanted, [("_id", 1)])
    assert "IXSCAN" in found
    assert "COLLSCAN" not in found
