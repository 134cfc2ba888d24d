"""Every field of the graph, asked by everybody who must not have it.

The fields are read from the schema, with the `@access` that each declares; the services are held
to it. A root field that declares nothing, or that `CASES` does not know how to call, fails here.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from datasources.memberships import Role
from datasources.mongo import Mongo
from datasources.redis import Redis
from server import sdl
from server.engines import EngineUrls
from services.permissions import ALLOWED, Permission
from tests.authorisation.cases import CASES, Case
from tests.authorisation.documents import access, ids_in, operation, value_at, with_value
from tests.authorisation.nested import NESTED
from tests.authorisation.tenant import Tenant, fingerprint
from tests.cleaning import cleared, migrated
from tests.client import Answer, Client
from tests.conftest import serving, settings_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCHEMA: GraphQLSchema = build_schema(sdl.text())
ROOTS = ("Query", "Mutation", "Subscription")
DENIED = {"UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"}
BROKEN = "INTERNAL_SERVER_ERROR"


def fields(kind: str) -> dict[str, Any]:
    """The fields of a type."""
    found = SCHEMA.type_map[kind]
    assert isinstance(found, GraphQLObjectType)
    return dict(found.fields)


EVERY = [f"{root}.{name}" for root in ROOTS for name in fields(root)]
GUARDED = [
    f"{kind.name}.{name}"
    for kind in SCHEMA.type_map.values()
    if isinstance(kind, GraphQLObjectType) and kind.name not in ROOTS
    for name, field in kind.fields.items()
    if access(field) or any("ID" in str(each.type) for each in field.args.values())
]


class World:
    """Two tenants on one server."""

    def __init__(self, one: Tenant, two: Tenant) -> None:
        self.one = one
        self.two = two

    async def prints(self) -> dict[str, str]:
        """What is stored."""
        return await fingerprint(self.one.backend)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def world(
    engines: EngineUrls, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """Made once: each call makes what it needs. No worker runs, so nothing moves by itself."""
    folder: Path = tmp_path_factory.mktemp("authorisation")
    settings = replace(
        settings_for(engines, "authorisation", folder), worker=False, generation_wait_seconds=0.01
    )
    mongo, redis = Mongo(engines.mongodb, "authorisation"), Redis(engines.redis, "authorisation")
    async with (
        migrated(mongo),
        cleared(redis),
        serving(settings) as running,
        httpx.AsyncClient(timeout=20) as http,
    ):
        anonymous = Client(running.url, http)
        tenants = [Tenant(mark, running.backend, anonymous) for mark in ("acorn", "birch")]
        for tenant in tenants:
            await tenant.found()
        await running.backend.services.indexing.generations()  # else the first search makes it
        yield World(*tenants)


async def call(caller: Client, field: str, variables: dict[str, Any]) -> Answer:
    """Call a root field; a subscription gives its first message."""
    root, name = field.split(".")
    document = operation(SCHEMA, root, name, variables)
    if root != "Subscription":
        return await caller.run(document, **variables)
    return await caller.first_event(document, **variables)


def declared(field: str) -> tuple[str, Permission | None]:
    """The kind of caller, and the permission, that a field declares."""
    kind, name = field.split(".")
    found = access(fields(kind)[name])
    assert found is not None, f"{field} does not declare what it needs: @access is missing"
    permission = found.get("permission")
    return found["caller"], Permission(permission) if permission else None


def check_silent(answer: Answer, tenant: Tenant) -> None:
    """Nothing of that tenant's is in the answer."""
    assert tenant.mark not in json.dumps(answer.body), answer.body


def concerns(case: Case, variables: dict[str, Any]) -> bool:
    """Whether the arguments name something of a tenant's, so that another's role counts."""
    return case.own or bool(ids_in(variables))


@pytest.mark.parametrize("field", EVERY)
async def test_every_field_says_what_it_needs_and_is_known_to_these_tests(field: str) -> None:
    """A new field has to be written down here, or nobody would know that it was left open."""
    declared(field)
    assert field in CASES, f"say in tests/authorisation/cases.py how to call {field}"


@pytest.mark.parametrize("field", EVERY)
async def test_nobody_without_a_token_gets_anything(world: World, field: str) -> None:
    """But for what it takes to sign in."""
    caller, _ = declared(field)
    variables = await CASES[field].build(world.one, world.one.anonymous)
    before = await world.prints()
    answer = await call(world.one.anonymous, field, variables)
    if caller == "ANYONE":
        assert answer.code != "FORBIDDEN"
        return
    assert answer.code == "UNAUTHENTICATED"
    assert await world.prints() == before
    check_silent(answer, world.one)


@pytest.mark.parametrize("field", EVERY)
async def test_another_tenant_gets_nothing_and_changes_nothing(world: World, field: str) -> None:
    """Neither its owner nor a key of its, with every id that is named here being foreign."""
    case, (kind, permission) = CASES[field], declared(field)
    keys = [world.two.keys[permission]] if permission else list(world.two.keys.values())[:1]
    if kind == "ANYONE":
        return
    for caller in [world.two.owner, *keys]:
        variables = await case.build(world.one, caller)
        before = await world.prints()
        answer = await call(caller, field, variables)
        check_silent(answer, world.one)
        if not concerns(case, variables):
            continue
        empty = field == "Query.node"
        wanted = {"NOT_FOUND"} if kind != "PERSON" or caller is world.two.owner else DENIED
        assert answer.code in (wanted | {None} if empty else wanted)
        assert await world.prints() == before


@pytest.mark.parametrize("field", EVERY)
async def test_no_single_foreign_id_among_ones_own_gets_through(world: World, field: str) -> None:
    """Each argument that takes an id is tried with another tenant's, the rest being one's own."""
    case, caller = CASES[field], world.two.owner
    if declared(field)[0] == "ANYONE":
        return
    theirs = await case.build(world.one, caller)
    for path in ids_in(theirs):
        mine = await case.build(world.two, caller)
        before = await world.prints()
        mixed = with_value(mine, path, value_at(theirs, path))
        answer = await call(caller, field, mixed)
        check_silent(answer, world.one)
        if field != "Query.node":
            assert answer.code == "NOT_FOUND", path
        assert await world.prints() == before


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("field", EVERY)
async def test_a_role_gets_what_it_allows_and_no_more(world: World, field: str, role: Role) -> None:
    """VIEWER, EDITOR, ADMIN, OWNER: as the one table of permissions says."""
    case, (kind, permission) = CASES[field], declared(field)
    if kind == "ANYONE" and case.checks_credentials:
        return
    caller = world.one.people[role]
    variables = await case.build(world.one, caller)
    before = await world.prints()
    answer = await ask_with(caller, field, variables, world.one, case)
    if permission is None or not ids_in(variables) or permission in ALLOWED[role]:
        assert answer.code not in {*DENIED, BROKEN}, answer.body
    else:
        assert answer.code == "FORBIDDEN", answer.body
        assert await world.prints() == before


async def ask_with(
    caller: Client, field: str, variables: dict[str, Any], tenant: Tenant, case: Case
) -> Answer:
    """As `call`, in a session of its own where the field ends it."""
    if case.ends_session:
        caller = await tenant.again(caller)
    return await call(caller, field, variables)


@pytest.mark.parametrize("field", EVERY)
async def test_a_key_gets_what_its_scope_allows_and_no_more(world: World, field: str) -> None:
    """Each scope alone, on a key that an owner made: all that refuse, then those that allow."""
    case, (kind, permission) = CASES[field], declared(field)
    if kind == "ANYONE":
        return
    closed = kind == "PERSON" or case.own
    allowing = [scope for scope in world.one.keys if not closed and permission in {None, scope}]
    variables = await case.build(world.one, next(iter(world.one.keys.values())))
    before = await world.prints()
    for scope in world.one.keys.keys() - allowing:
        answer = await call(world.one.keys[scope], field, variables)
        assert answer.code == "FORBIDDEN", (scope, answer.body)
    assert await world.prints() == before
    for scope in allowing:
        key = world.one.keys[scope]
        answer = await call(key, field, await case.build(world.one, key))
        assert answer.code not in {*DENIED, BROKEN}, (scope, answer.body)


async def test_every_guarded_field_below_the_roots_is_known_to_these_tests() -> None:
    """Fields of types that declare a right, or take an id, are reached by NESTED."""
    assert set(GUARDED) == set(NESTED)


@pytest.mark.parametrize("field", GUARDED)
async def test_a_guarded_field_below_the_roots_gives_nothing_to_those_who_lack_its_right(
    world: World, field: str
) -> None:
    """Reached through something that the caller may see."""
    case, (kind, permission), tenant = NESTED[field], declared(field), world.one

    async def reaches(caller: Client) -> bool:
        answer = await caller.run(case.query, **await case.build(tenant, caller))
        assert answer.code in {None, *DENIED}, answer.body
        return answer.code is None and any(answer.data.values())

    for role, person in tenant.people.items():
        mine = not case.own or person is tenant.owner
        allowed = permission is None or permission in ALLOWED[role]
        assert await reaches(person) is (mine and allowed), role
    for scope, key in tenant.keys.items():
        enough = scope is permission and case.through in {None, scope}
        assert await reaches(key) is (kind != "PERSON" and enough), scope
    stranger = world.two.owner
    answer = await stranger.run(case.query, **await case.build(tenant, stranger))
    check_silent(answer, tenant)
