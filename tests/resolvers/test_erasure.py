"""The right to be forgotten, and the right to take everything along, through the API."""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from redis.asyncio import Redis as Bytes

import datasources
from datasources.audit import AuditEntry
from datasources.collection import Collection, Record
from datasources.credits import CreditUse
from datasources.memberships import Membership, Role, membership_id
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.workspaces import Workspace
from services.clock import utc_now
from services.erasure_rules import RULES, NoRule, ruled
from tests.client import PASSWORD, Client
from tests.conftest import Running
from tests.resolvers.figure_traces import leave_figure_traces
from tests.resolvers.jobs_at_rest import rested
from tests.resolvers.model_traces import leave_traces
from tests.resolvers.recommendation_traces import leave_recommendation_traces

NAME = "Ada Lovelace"
LOGIN = "mutation Login($input: LoginInput!) { login(input: $input) { accessToken } }"
ME = "{ me { id profile { fullName } } }"
CREATE = "mutation($input: CreateContentInput!) { createContent(input: $input) { id version } }"
UPDATE = """mutation($id: ID!, $version: Int!, $input: UpdateContentInput!) {
  updateContent(id: $id, expectedVersion: $version, input: $input) { id } }"""
PUBLISH = "mutation($id: ID!) { publishContent(id: $id, platforms: [FEED]) { content { id } } }"
READ = """query($id: ID!) { content(id: $id) {
  status author { id } versions { edges { node { number } } } } }"""
WORKSPACE = "mutation($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { id } }"
INVITE = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { token } }"
ACCEPT = "mutation($token: String!) { acceptInvitation(token: $token) { id } }"
ROLE = """mutation($workspace: ID!, $user: ID!, $role: Role!) {
  setMemberRole(workspaceId: $workspace, userId: $user, role: $role) { role } }"""
REMOVE = """mutation($workspace: ID!, $user: ID!) {
  removeMember(workspaceId: $workspace, userId: $user) }"""
TEMPLATE = "mutation($input: CreateTemplateInput!) { createTemplate(input: $input) { id } }"
MEASURE = "mutation($input: [MetricInput!]!) { recordMetrics(input: $input) { recorded } }"
OVERVIEW = "query($where: ID) { analyticsOverview(workspaceId: $where) { workspaceId } }"
BENCHMARK = "mutation($where: ID!) { joinBenchmark(workspaceId: $where) }"
ASSESS = "mutation($where: ID) { startAssessment(workspaceId: $where) { brandId } }"
STRATEGY = """mutation($id: ID!, $input: UpdateStrategyInput!) {
  updateStrategy(brandId: $id, expectedVersion: 1, input: $input) { id } }"""
SAMPLES = """mutation($where: ID, $samples: [String!]!) {
  addWritingSamples(workspaceId: $where, samples: $samples) { texts } }"""
KEY = (
    "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id } } }"
)
DELETE = "mutation($password: String!) { deleteMe(password: $password) }"
EXPORT = "{ exportMyData }"


async def workspace(client: Client, name: str, parent: str | None = None) -> str:
    made = await client.data(WORKSPACE, input={"name": name, "parentId": parent})
    id: str = made["createWorkspace"]["id"]
    return id


async def join(owner: Client, client: Client, id: str, role: str) -> None:
    """The owner invites, the other accepts."""
    invited = {"workspaceId": id, "email": client.email, "role": role}
    token = (await owner.data(INVITE, input=invited))["inviteMember"]["token"]
    await client.data(ACCEPT, token=token)


async def write(client: Client, title: str, where: str | None = None) -> str:
    """A piece with two versions, on the feed."""
    given = {"type": "POST", "title": title, "body": "On looms.", "workspaceId": where}
    made = (await client.data(CREATE, input=given))["createContent"]
    change = {"body": "On looms and engines."}
    await client.data(UPDATE, id=made["id"], version=made["version"], input=change)
    await client.data(PUBLISH, id=made["id"])
    async with asyncio.timeout(20):
        while (await client.data(READ, id=made["id"]))["content"]["status"] != "PUBLISHED":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    id: str = made["id"]
    return id


async def furnish(client: Client, where: str | None) -> tuple[str, str]:
    """Whatever one can have in a workspace: a piece, a template, a key. The piece, the key."""
    piece = await write(client, "Notes", where)
    given = {"name": "Letter", "type": "POST", "body": "Dear {{you}}", "workspaceId": where}
    await client.data(TEMPLATE, input=given)
    brand = (await client.data(ASSESS, where=where))["startAssessment"]["brandId"]
    change = {"valueProposition": "Looms that calculate."}
    await client.data(STRATEGY, id=brand, input=change)
    # Pieces stay with the team that they were written for; how a person writes goes with them.
    sample = "Lovelace wrote this by hand, and nobody else ever would have."
    await client.data(SAMPLES, where=where, samples=[sample])
    read = {"contentId": piece, "platform": "FEED", "metric": "READS", "value": 3}
    await client.data(MEASURE, input=[{**read, "capturedAt": utc_now().isoformat()}])
    seen = await client.data(OVERVIEW, where=where)
    await client.data(BENCHMARK, where=seen["analyticsOverview"]["workspaceId"])
    wanted = {"name": "Key", "scopes": ["CONTENT_READ"], "workspaceId": where}
    secret = (await client.data(KEY, input=wanted))["createApiKey"]["secret"]
    await client.with_token(secret).data(ME)
    return piece, secret


class World:
    """Ada with a life of her own, and one in workspaces that she shares with Bob."""

    def __init__(self, ada: Client, bob: Client) -> None:
        self.ada, self.bob = ada, bob
        self.secrets: list[str] = []

    async def fill(self) -> World:
        ada, bob = self.ada, self.bob
        await ada.data('mutation { updateMe(input: {bio: "Countess Lovelace"}) { id } }')
        await ada.data(LOGIN, input={"email": ada.email, "password": PASSWORD})
        await ada.run(LOGIN, input={"email": ada.email, "password": "wrong password"})
        self.own_piece, secret = await furnish(ada, None)
        self.secrets.append(secret)
        self.alone = await workspace(ada, "Loom Works")
        await join(ada, bob, self.alone, "VIEWER")
        await ada.data(REMOVE, workspace=self.alone, user=bob.user_id)
        self.below = await workspace(ada, "Loom Works, Calais", self.alone)
        await write(ada, "A plan", self.below)
        self.shared = await workspace(bob, "Engines")
        await join(bob, ada, self.shared, "EDITOR")
        await bob.data(ROLE, workspace=self.shared, user=ada.user_id, role="ADMIN")
        self.shared_piece, secret = await furnish(ada, self.shared)
        self.secrets.append(secret)
        invited = {"workspaceId": self.shared, "email": "carol@example.com", "role": "VIEWER"}
        await ada.data(INVITE, input=invited)
        self.handed = await workspace(ada, "Handed on")
        await join(ada, bob, self.handed, "EDITOR")
        other = await workspace(bob, "Not joined")
        await bob.data(INVITE, input={**invited, "workspaceId": other, "email": ada.email})
        return self


@pytest.fixture
async def world(ada: Client, bob: Client, server: Running) -> World:
    stores = server.backend.stores
    user = await stores.users.get(ada.user_id)
    assert user is not None
    home = user.personal_workspace_id
    await stores.billing_accounts.take_turn(home)
    use = CreditUse(id="gen_1", account_id=home, credits=1, at=utc_now())
    await stores.credit_uses.insert(use)
    await leave_figure_traces(server.backend, ada.user_id, home)
    await leave_traces(server.backend, ada.user_id, home)
    await leave_recommendation_traces(server.backend, ada.user_id, home)
    return await World(ada, bob).fill()


async def everything(mongo: Mongo, redis: Redis) -> dict[str, str]:
    """All that is stored, as text, by where it is.

    But for what the queue remembers of a job that has ended, for a minute.
    """
    found: dict[str, str] = {}
    for name in await mongo.database.list_collection_names():
        documents = await mongo.database[name].find({}).to_list()
        found[f"mongo:{name}"] = "\n".join(str(each) for each in documents)
    raw: Any = Bytes.from_url(redis.url)
    async for key in raw.scan_iter(f"*{redis.namespace}*"):
        if not (b":jobs:runs:" in key and 0 < await raw.ttl(key) <= 60):
            found[f"redis:{key!r}"] = f"{key!r} {await value_of(raw, key)!r}"
    await raw.aclose()
    return found


async def value_of(raw: Any, key: bytes) -> object:
    """What a key holds, whatever its kind; jobs are pickled, so it is bytes."""
    readers: dict[bytes, Callable[[], Awaitable[object]]] = {
        b"string": lambda: raw.get(key),
        b"hash": lambda: raw.hgetall(key),
        b"set": lambda: raw.smembers(key),
        b"zset": lambda: raw.zrange(key, 0, -1),
        b"list": lambda: raw.lrange(key, 0, -1),
        b"stream": lambda: raw.xrange(key),
    }
    kind = await raw.type(key)
    return None if kind == b"none" else await readers[kind]()


def traces(stored: dict[str, str], *needles: str) -> set[str]:
    """Where one of these words is found."""
    return {
        where
        for where, text in stored.items()
        if any(needle.casefold() in text.casefold() for needle in needles)
    }


async def test_nothing_of_a_person_is_left_in_any_engine(
    world: World, server: Running, mongo: Mongo, redis: Redis
) -> None:
    ada = world.ada
    user = await server.backend.stores.users.get(ada.user_id)
    assert user is not None
    home = user.personal_workspace_id
    needles = [ada.user_id, ada.email, NAME, "Lovelace"]
    before = traces(await everything(mongo, redis), *needles, home)
    nameless = {
        "erasures",
        "outbox_jobs",
        "prediction_priors",
        "search_generations",
        "stripe_events",
    }
    rules = {name for name in RULES if name not in nameless}
    missed = {name for name in rules if f"mongo:{name}" not in before}
    assert not missed, "the world should hold something of Ada in every collection"
    assert any(where.startswith("redis:") for where in before)

    refused = await ada.run(DELETE, password=PASSWORD)
    assert refused.code == "OWNS_SHARED_WORKSPACE"
    assert refused.error["extensions"]["workspaceIds"] == [world.handed]
    await ada.data(ROLE, workspace=world.handed, user=world.bob.user_id, role="OWNER")
    assert (await ada.data(DELETE, password=PASSWORD))["deleteMe"] is True

    left = traces(await everything(mongo, redis), *needles)
    assert left <= {"mongo:erasures"}
    await rested(mongo, redis)
    await mongo.database["erasures"].update_many({}, [{"$set": {"due": "$$NOW"}}])
    assert await server.backend.services.erasure.finish() == 1
    stored = await everything(mongo, redis)
    assert traces(stored, *needles, home, world.below, world.own_piece, "Loom Works") == set()
    still = traces(stored, world.alone)
    assert all(f"stream:user:{world.bob.user_id}" in where for where in still), (
        "only Bob's own stream may say, for a week, where he was told something"
    )


async def test_what_a_person_wrote_with_others_stays_without_their_name(world: World) -> None:
    ada, bob = world.ada, world.bob
    await ada.data(ROLE, workspace=world.handed, user=bob.user_id, role="OWNER")
    await ada.data(DELETE, password=PASSWORD)
    piece = (await bob.data(READ, id=world.shared_piece))["content"]
    assert piece["status"] == "PUBLISHED"
    assert piece["author"] is None
    assert [edge["node"]["number"] for edge in piece["versions"]["edges"]] == [2, 1]
    named = await bob.data("query($id: ID!) { workspace(id: $id) { name } }", id=world.handed)
    assert named["workspace"]["name"] == "Handed on"
    assert await bob.code("query($id: ID!) { workspace(id: $id) { id } }", id=world.alone)


async def test_whoever_is_gone_cannot_come_back_by_any_token(
    world: World, anonymous: Client
) -> None:
    ada = world.ada
    await ada.data(ROLE, workspace=world.handed, user=world.bob.user_id, role="OWNER")
    await ada.data(DELETE, password=PASSWORD)
    assert await ada.code(ME) == "UNAUTHENTICATED"
    for secret in world.secrets:
        assert await ada.with_token(secret).code(ME) == "UNAUTHENTICATED"
    refresh = "mutation($token: String) { refreshSession(refreshToken: $token) { accessToken } }"
    assert await anonymous.code(refresh, token=ada.refresh_token) == "UNAUTHENTICATED"
    given = {"email": ada.email, "password": PASSWORD}
    assert await anonymous.code(LOGIN, input=given) == "UNAUTHENTICATED"
    again = await anonymous.register(ada.email, "Another Person")
    assert again.user_id != ada.user_id
    seen = await again.data("{ contents { id } sessions { id } }")
    assert seen["contents"] == []
    assert len(seen["sessions"]) == 1


async def test_deleting_needs_the_password_and_a_person(ada: Client) -> None:
    wrong = await ada.run(DELETE, password="not the password")
    assert wrong.code == "BAD_USER_INPUT"
    assert wrong.error["extensions"]["field"] == "password"
    wanted = {"name": "Key", "scopes": ["CONTENT_READ"]}
    secret = (await ada.data(KEY, input=wanted))["createApiKey"]["secret"]
    assert await ada.with_token(secret).code(DELETE, password=PASSWORD) == "FORBIDDEN"
    assert await ada.with_token(secret).code(EXPORT) == "FORBIDDEN"
    assert await ada.with_token(None).code(DELETE, password=PASSWORD) == "UNAUTHENTICATED"
    assert (await ada.data(ME))["me"]["id"] == ada.user_id


async def test_an_erasure_that_an_engine_cut_off_is_made_up_for(
    ada: Client, server: Running, mongo: Mongo, redis: Redis
) -> None:
    """The account ended, and the process died before it had swept anything."""
    await furnish(ada, None)
    erasure = server.backend.services.erasure
    user = await server.backend.stores.users.get(ada.user_id)
    assert user is not None
    await server.backend.mongo.transact(lambda: erasure._end(user))
    assert await ada.code(ME) == "UNAUTHENTICATED"
    assert "mongo:content" in traces(await everything(mongo, redis), ada.user_id)
    assert await erasure.finish() == 0
    await rested(mongo, redis)
    await mongo.database["erasures"].update_many({}, [{"$set": {"due": "$$NOW"}}])
    assert await erasure.finish() == 1
    assert traces(await everything(mongo, redis), ada.user_id, ada.email, NAME) == set()


async def test_what_a_request_under_way_still_wrote_is_swept_too(
    ada: Client, server: Running, mongo: Mongo, redis: Redis
) -> None:
    """It had passed every check before the account ended, and writes after the first sweep."""
    piece = await write(ada, "Notes")
    stores = server.backend.stores
    await ada.data(DELETE, password=PASSWORD)
    now = utc_now()
    late = Workspace(
        id="wsp_late",
        name="Lovelace & Co",
        path=["wsp_late"],
        created_by=ada.user_id,
        created_at=now,
        updated_at=now,
    )
    await stores.workspaces.insert(late)
    await stores.memberships.insert(
        Membership(
            id=membership_id(late.id, ada.user_id),
            workspace_id=late.id,
            user_id=ada.user_id,
            role=Role.OWNER,
            created_at=now,
        )
    )
    await stores.audit.insert(
        AuditEntry(
            id="aud_late",
            workspace_id=late.id,
            actor_id=ada.user_id,
            action="content.created",
            subject=piece,
            at=now,
        )
    )
    await rested(mongo, redis)
    await mongo.database["erasures"].update_many({}, [{"$set": {"due": "$$NOW"}}])
    await server.backend.services.erasure.finish()
    assert traces(await everything(mongo, redis), ada.user_id, late.id, "Lovelace") == set()


async def test_an_export_holds_everything_of_a_person_and_no_secret(
    world: World, mongo: Mongo
) -> None:
    exported = (await world.ada.data(EXPORT))["exportMyData"]
    rules = {name for name, rule in RULES.items() if rule.exported}
    empty = [name for name, found in exported.items() if found == []]
    assert not empty
    assert len(exported) == len(rules) + 1
    assert exported["users"][0]["profile"]["bio"] == "Countess Lovelace"
    titles = {each["title"] for each in exported["content"]}
    assert titles == {"Notes", "A plan"}
    assert {each["id"] for each in exported["workspaces"]} >= {world.alone, world.below}
    text = json.dumps(exported)
    assert 'Hash":' not in text
    for secret in await hashes(mongo):
        assert secret not in text
    for secret in world.secrets:
        assert secret not in text


async def hashes(mongo: Mongo) -> list[str]:
    """Every value of a field that is called a hash."""
    found = []
    for name in await mongo.database.list_collection_names():
        async for document in mongo.database[name].find({}):
            found += [str(value) for key, value in document.items() if key.endswith("_hash")]
    return [each for each in found if each != "None"]


async def test_an_export_holds_nothing_of_others(world: World) -> None:
    await write(world.bob, "Bob's own", world.shared)
    text = json.dumps((await world.ada.data(EXPORT))["exportMyData"])
    assert world.bob.email not in text
    assert "Bob's own" not in text
    assert "Noyce" not in text


def collections() -> Iterator[type[Collection[Any]]]:
    """Every kind of collection that this code base has."""
    for module in pkgutil.iter_modules(datasources.__path__):
        importlib.import_module(f"datasources.{module.name}")
    found = list(Collection.__subclasses__())
    for each in found:
        found += each.__subclasses__()
    yield from found


def test_every_collection_says_how_it_forgets() -> None:
    named = {each.name for each in collections() if each.__module__.startswith("datasources.")}
    assert named == set(RULES)
    for each in collections():
        if each.__module__.startswith("datasources."):
            fields = {*each.record.__struct_fields__, "_id"}
            rule = RULES[each.name]
            used = [rule.workspace, rule.owner, rule.about, rule.address, *rule.secret]
            used += [name for emptied in rule.named.values() for name in emptied]
            assert {name for name in used if name} <= fields


def test_a_collection_that_nobody_thought_of_stops_the_server(mongo: Mongo) -> None:
    class Forgotten(Collection[Record]):
        name = "forgotten"
        record = Record

    with pytest.raises(NoRule, match="forgotten"):
        ruled([Forgotten(mongo)])
