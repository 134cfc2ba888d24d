"""How many reads lists of workspaces and of members take: as many for one as for many."""

from __future__ import annotations

from typing import Any

from tests.client import Client
from tests.resolvers.team import join, workspace
from tests.schema.test_query_counts import counted

LIST = """
query List($first: Int) {
  workspaces(first: $first) {
    edges { node { name viewerRole parent { name } settings { timeZone feedTitle } } } }
}
"""
MEMBERS = """
query Members($id: ID!, $first: Int) {
  workspace(id: $id) { members(first: $first) {
    edges { node { role user { profile { fullName } } inheritedFrom { name } } } } }
}
"""


async def test_ten_workspaces_with_settings_and_roles_take_no_more_reads_than_two(
    ada: Client,
) -> None:
    agency = await workspace(ada, "Agency", timeZone="Europe/Berlin")
    for number in range(8):
        await workspace(ada, f"Client {number}", parentId=agency["id"])
    few, seen_few = await counted(ada, LIST, first=3)
    many, seen_many = await counted(ada, LIST, first=10)
    assert len(few["workspaces"]["edges"]) == 3
    assert len(many["workspaces"]["edges"]) == 10
    assert seen_many == seen_few
    assert sum(seen_many.values()) <= 12


async def test_members_and_who_they_are_take_two_reads_however_many(
    ada: Client, anonymous: Client
) -> None:
    agency = await workspace(ada)
    client = await workspace(ada, "Client", parentId=agency["id"])
    for number in range(4):
        guest = await anonymous.register(f"p{number}@example.com", "Guest")
        await join(ada, agency["id"] if number % 2 else client["id"], guest)

    async def reads(first: int) -> tuple[int, dict[str, int]]:
        data, seen = await counted(ada, MEMBERS, id=client["id"], first=first)
        edges: list[Any] = data["workspace"]["members"]["edges"]
        return len(edges), seen

    few, seen_few = await reads(2)
    many, seen_many = await reads(5)
    assert (few, many) == (2, 5)
    assert seen_many == seen_few
    assert seen_many["users"] == 1
