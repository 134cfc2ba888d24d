"""Deleting a workspace while others use it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from datasources.content import Platform
from datasources.targets import PublishState, Target
from tests.client import Client
from tests.conftest import Running
from tests.resolvers.team import ACCEPT, CREATE, invite, workspace
from tests.resolvers.test_workspace import DELETE, READ, WRITE


async def test_while_a_piece_is_being_sent_its_workspace_stays(
    ada: Client, server: Running
) -> None:
    agency = await workspace(ada)
    draft = {"type": "POST", "body": "Text", "workspaceId": agency["id"]}
    piece = (await ada.data(WRITE, input=draft))["createContent"]["id"]
    now = datetime.now(UTC)
    target = Target(
        id="tgt_1",
        content_id=piece,
        workspace_id=agency["id"],
        platform=Platform.X,
        content_version=1,
        state=PublishState.PUBLISHING,
        created_at=now,
        updated_at=now,
    )
    targets = server.backend.stores.targets
    await targets.insert(target)
    assert await ada.code(DELETE, id=agency["id"]) == "WORKSPACE_BUSY"
    assert await ada.code(READ, id=agency["id"]) is None
    await targets.delete(target.id)
    assert (await ada.data(DELETE, id=agency["id"]))["deleteWorkspace"] is True


async def test_nothing_is_left_below_a_workspace_that_was_deleted_meanwhile(
    ada: Client, server: Running
) -> None:
    """A child that is made at the same moment is either there in time, or not at all."""
    for _ in range(5):
        id = (await workspace(ada))["id"]
        child = {"name": "Child", "parentId": id}
        made, gone = await asyncio.gather(ada.code(CREATE, input=child), ada.code(DELETE, id=id))
        assert (made, gone) in ((None, "WORKSPACE_HAS_CHILDREN"), ("NOT_FOUND", None))
        below = await server.backend.stores.workspaces.count({"parent_id": id})
        assert below == (1 if made is None else 0)


async def test_nobody_joins_a_workspace_that_was_deleted_meanwhile(
    ada: Client, bob: Client, server: Running
) -> None:
    for _ in range(5):
        id = (await workspace(ada))["id"]
        token = (await invite(ada, id, bob.email))["token"]
        came, gone = await asyncio.gather(bob.code(ACCEPT, token=token), ada.code(DELETE, id=id))
        assert gone is None
        assert came in (None, "NOT_FOUND")
        assert await server.backend.stores.memberships.count({"workspace_id": id}) == 0


async def test_what_a_request_under_way_still_writes_is_swept_out_later(
    ada: Client, server: Running
) -> None:
    """The record of the erasure stays until its last sweep is due."""
    id = (await workspace(ada))["id"]
    await ada.data(DELETE, id=id)
    (erasure,) = await server.backend.stores.erasures.find({})
    assert (erasure.workspace_ids, erasure.user_id) == ([id], None)
    assert erasure.due > datetime.now(UTC)
