"""Notifications as they are made, on an open socket."""

from __future__ import annotations

from typing import Any

from tests.client import Client
from tests.resolvers.team import api_key, invite, workspace
from tests.resolvers.test_content import write
from tests.resolvers.test_notification import told
from tests.resolvers.test_workspace import nodes
from tests.subscriptions.test_content import publish

HEAR = """
subscription Hear($after: String) {
  notifications(after: $after) { id kind message subjectId readAt workspace { id } }
}
"""


async def test_one_hears_of_what_concerns_oneself_and_of_nothing_else(
    ada: Client, bob: Client, anonymous: Client
) -> None:
    eve = await anonymous.register("eve@example.com", "Eve")
    agency = await workspace(ada)
    async with bob.socket() as socket:
        stream = await socket.subscribe(HEAR)
        await invite(ada, agency["id"], eve.email)
        await invite(ada, agency["id"], bob.email)
        heard: Any = (await stream.next()).data["notifications"]
    assert heard["kind"] == "INVITED"
    (kept,) = nodes(await told(bob))
    assert heard["id"] == kept["id"]


async def test_what_was_missed_is_told_after_a_cursor(ada: Client, bob: Client) -> None:
    agency = await workspace(ada)
    async with bob.socket() as socket:
        stream = await socket.subscribe(HEAR)
        await invite(ada, agency["id"], bob.email, "VIEWER")
        cursor = (await stream.next()).body["extensions"]["cursor"]
    await invite(ada, agency["id"], bob.email, "EDITOR")
    async with bob.socket() as socket:
        stream = await socket.subscribe(HEAR, after=cursor)
        missed = (await stream.next()).data["notifications"]
    assert "EDITOR" in missed["message"]


async def test_a_publication_that_fails_is_told_to_who_asked_for_it(ada: Client) -> None:
    made = await write(ada)
    async with ada.socket() as socket:
        stream = await socket.subscribe(HEAR)
        await publish(ada, made["id"], "LINKEDIN")
        heard = (await stream.next()).data["notifications"]
    assert heard["kind"] == "PUBLISH_FAILED"
    assert heard["message"].startswith("Publishing to LINKEDIN failed.")
    assert heard["subjectId"] == made["id"]


async def test_it_is_for_people(ada: Client, anonymous: Client) -> None:
    agency = await workspace(ada)
    program = await api_key(ada, agency["id"], "WORKSPACE_READ")
    for client, code in ((anonymous, "UNAUTHENTICATED"), (program, "FORBIDDEN")):
        async with client.socket() as socket:
            await socket.send({"id": "x", "type": "subscribe", "payload": {"query": HEAR}})
            message = await socket.receive()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["code"] == code
