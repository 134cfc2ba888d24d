"""Content as it happens: over a socket, over server-sent events, with nothing missed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from datasources.redis import Redis
from datasources.revocations import Revocations
from tests.client import Client, Stream
from tests.conftest import Running
from tests.resolvers.test_content import UPDATE, write

PUBLISH = """
mutation Publish($id: ID!, $platforms: [Platform!]!) {
  publishContent(id: $id, platforms: $platforms) {
    content { id status } targets { id platform state attempts { number } }
  }
}
"""
PUBLISHED = """
subscription Published($userId: ID!, $after: String) {
  contentPublished(userId: $userId, after: $after) {
    id title status publishedAt author { profile { fullName } }
    targets { platform state externalUrl }
  }
}
"""
CHANGED = """
subscription Changed($id: ID!, $after: String) {
  contentChanged(workspaceId: $id, after: $after) {
    kind contentId content { title version status }
  }
}
"""
PROGRESS = """
subscription Progress($id: ID!) {
  publishProgress(contentId: $id) { content { status } targets { state attempts { number code } } }
}
"""
TEAM = """mutation Team { createWorkspace(input: {name: "Team"}) { id } }"""


async def publish(client: Client, id: str, *platforms: str) -> Any:
    """Publish a piece to these platforms."""
    return (await client.data(PUBLISH, id=id, platforms=platforms or ["FEED"]))["publishContent"]


async def test_publishing_answers_at_once_and_its_event_arrives_in_another_tab(ada: Client) -> None:
    """The first thing that a newcomer sees: a piece goes out, and a subscriber is told."""
    made = await write(ada, "Hello, world")
    async with ada.socket() as socket:
        stream = await socket.subscribe(PUBLISHED, userId=ada.user_id)
        result = await publish(ada, made["id"])
        assert result["content"]["status"] == "PUBLISHING"
        assert [target["platform"] for target in result["targets"]] == ["FEED"]
        event = await stream.next()
    content = event.data["contentPublished"]
    assert content["title"] == "Hello, world"
    assert content["status"] == "PUBLISHED"
    assert content["publishedAt"]
    assert content["author"]["profile"]["fullName"] == "Ada Lovelace"
    assert content["targets"][0]["state"] == "PUBLISHED"
    assert content["targets"][0]["externalUrl"].startswith("https://brandgraph.test/")
    assert event.body["extensions"]["cursor"]


async def test_a_platform_that_is_not_connected_fails_alone(ada: Client) -> None:
    """One target fails with its cause; the other is out, and the piece is published."""
    made = await write(ada)
    async with ada.socket() as socket:
        stream = await socket.subscribe(PUBLISHED, userId=ada.user_id)
        await publish(ada, made["id"], "FEED", "LINKEDIN")
        states = (await stream.next()).data["contentPublished"]["targets"]
    assert {each["platform"]: each["state"] for each in states} == {
        "FEED": "PUBLISHED",
        "LINKEDIN": "FAILED",
    }
    query = (
        "query T($id: ID!) { content(id: $id) { targets { platform attempts { code cause } } } }"
    )
    targets = (await ada.data(query, id=made["id"]))["content"]["targets"]
    failed = next(target for target in targets if target["platform"] == "LINKEDIN")
    assert failed["attempts"][0]["code"] == "PLATFORM_NOT_CONNECTED"
    assert failed["attempts"][0]["cause"]


async def test_progress_is_told_step_by_step_until_the_target_is_out(ada: Client) -> None:
    """The last message says PUBLISHED; nothing comes after what it said."""
    made = await write(ada)
    async with ada.socket() as socket:
        stream = await socket.subscribe(PROGRESS, id=made["id"])
        await publish(ada, made["id"])
        async with asyncio.timeout(40):
            async for event in stream:
                progress = event.data["publishProgress"]
                if progress["content"]["status"] == "PUBLISHED":
                    break
    assert progress["targets"][0]["state"] == "PUBLISHED"


async def collect(stream: Stream, count: int, name: str) -> list[Any]:
    """The next events of a subscription."""
    return [(await stream.next()).data[name] for _ in range(count)]


async def test_every_change_in_a_workspace_is_told_in_order(ada: Client) -> None:
    """Created, updated, archived, restored, deleted: each once."""
    made = await write(ada, "Piece")
    home = made["workspace"]["id"]
    async with ada.socket() as socket:
        stream = await socket.subscribe(CHANGED, id=home)
        other = await write(ada, "Other")
        await ada.data(UPDATE, id=other["id"], version=1, input={"title": "Changed"})
        for step in ("archiveContent(id: $id) { id }", "restoreContent(id: $id) { id }"):
            await ada.data(f"mutation M($id: ID!) {{ {step} }}", id=other["id"])
        await ada.data("mutation M($id: ID!) { deleteContent(id: $id) }", id=other["id"])
        found = await collect(stream, 5, "contentChanged")
    assert [each["kind"] for each in found] == [
        "CREATED",
        "UPDATED",
        "ARCHIVED",
        "RESTORED",
        "DELETED",
    ]
    assert {each["contentId"] for each in found} == {other["id"]}
    assert found[-1]["content"] is None


async def test_a_subscriber_that_was_cut_off_is_given_what_it_missed_and_then_goes_on(
    ada: Client,
) -> None:
    """With the last cursor as `after`: no gap and no repeat."""
    home = (await write(ada, "Zero"))["workspace"]["id"]
    async with ada.socket() as socket:
        stream = await socket.subscribe(CHANGED, id=home)
        await write(ada, "One")
        cursor = (await stream.next()).body["extensions"]["cursor"]
    for title in ("Two", "Three"):
        await write(ada, title)
    async with ada.socket() as socket:
        stream = await socket.subscribe(CHANGED, id=home, after=cursor)
        await write(ada, "Four")
        found = await collect(stream, 3, "contentChanged")
    assert [each["content"]["title"] for each in found] == ["Two", "Three", "Four"]


@pytest.mark.parametrize(
    ("after", "code"), [("nonsense", "BAD_USER_INPUT"), ("1-0", "CURSOR_EXPIRED")]
)
async def test_a_cursor_that_cannot_be_resumed_from_ends_the_subscription_with_its_code(
    ada: Client, after: str, code: str
) -> None:
    """Rather than leave a gap that nobody knows of."""
    home = (await write(ada))["workspace"]["id"]
    async with ada.socket() as socket:
        await socket.send(
            {
                "id": "x",
                "type": "subscribe",
                "payload": {"query": CHANGED, "variables": {"id": home, "after": after}},
            }
        )
        message = await socket.receive()
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == code


async def test_strangers_cannot_listen(ada: Client, bob: Client, anonymous: Client) -> None:
    """Neither to a person nor to a workspace nor to a piece."""
    made = await write(ada)
    for who, code in ((bob, "NOT_FOUND"), (anonymous, "UNAUTHENTICATED")):
        for query, variables in (
            (PUBLISHED, {"userId": ada.user_id}),
            (CHANGED, {"id": made["workspace"]["id"]}),
            (PROGRESS, {"id": made["id"]}),
        ):
            async with who.socket() as socket:
                payload = {"query": query, "variables": variables}
                await socket.send({"id": "x", "type": "subscribe", "payload": payload})
                message = await socket.receive()
            assert message["type"] == "error"
            assert message["payload"][0]["extensions"]["code"] == code


async def test_events_also_come_as_server_sent_events_with_their_cursor_as_id(ada: Client) -> None:
    """For clients without sockets; Last-Event-ID resumes."""
    home = (await write(ada, "Zero"))["workspace"]["id"]
    body = {"query": CHANGED, "variables": {"id": home}}
    headers = {"authorization": f"Bearer {ada.token}", "accept": "text/event-stream"}

    async def first(extra: dict[str, str], act: str | None) -> dict[str, str]:
        fields: dict[str, str] = {}
        before = ada.listening()
        async with (
            httpx.AsyncClient(timeout=10) as http,
            http.stream(
                "POST", f"{ada.url}/graphql", json=body, headers={**headers, **extra}
            ) as response,
        ):
            assert response.status_code == 200
            await ada.listened(before)
            if act:
                await write(ada, act)
            async for line in response.aiter_lines():
                name, _, value = line.partition(": ")
                fields[name] = value
                if not line and "data" in fields:
                    return fields
        raise AssertionError("the stream ended")

    one = await first({}, "One")
    assert one["event"] == "next"
    assert json.loads(one["data"])["data"]["contentChanged"]["content"]["title"] == "One"
    await write(ada, "Two")
    two = await first({"last-event-id": one["id"]}, None)
    assert json.loads(two["data"])["data"]["contentChanged"]["content"]["title"] == "Two"


async def test_a_session_that_is_ended_loses_its_socket_at_once(ada: Client) -> None:
    """Logging out is felt by what is open already."""
    async with ada.socket() as socket:
        await socket.subscribe(PUBLISHED, userId=ada.user_id)
        assert (await ada.data("mutation { logout }"))["logout"] is True
        async with asyncio.timeout(40):
            code, reason = await socket.closed()
    assert code == 4403
    assert reason
    assert await ada.code("{ me { id } }") == "UNAUTHENTICATED"


async def test_a_session_that_ended_unheard_loses_its_socket_when_redis_is_heard_again(
    ada: Client, server: Running, redis: Redis
) -> None:
    """The connection that tells of endings was cut; once it is back, all sockets are checked."""
    viewer = await server.backend.services.authentication.bearer(ada.token or "")
    async with ada.socket() as socket:
        await socket.subscribe(PUBLISHED, userId=ada.user_id)
        await Revocations(redis).revoke({viewer.token_id or "": 60})
        await redis.client.client_kill_filter(_type="pubsub")
        async with asyncio.timeout(40):
            code, _ = await socket.closed()
    assert code == 4403
