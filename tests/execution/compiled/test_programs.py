"""What is compiled, how often, and what relations cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from execution.compiled.declared import ATTRIBUTE, RELATION, Relation
from execution.compiled.program import MOST_VARIANTS
from execution.engine import Executor
from execution.limits import Limits
from execution.request import GraphQLRequest
from tests.execution.compiled.differences import report


@dataclass
class User:
    """Someone with a friend."""

    name: str
    friend: str | None


class Users:
    """A loader that counts its calls."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    async def load_level(self, keys: Sequence[str]) -> list[User]:
        """A user a key; their friend's name is one letter longer."""
        self.calls.append(list(keys))
        return [User(key, key + "x") for key in keys]


@dataclass
class Context:
    """The loaders."""

    loaders: dict[str, Any] = field(default_factory=lambda: {"users": Users()})
    extensions: dict[str, Any] = field(default_factory=dict)


def schema() -> GraphQLSchema:
    """Users with friends."""
    made = build_schema("""
        type User { name: String!, friend: User }
        type Query { users: [User!]!, others: [User!]! }
    """)
    user = made.type_map["User"]
    assert isinstance(user, GraphQLObjectType)
    user.fields["name"].extensions[ATTRIBUTE] = "name"
    user.fields["friend"].extensions[RELATION] = Relation("friend", "users")
    return made


@pytest.fixture
def executor() -> Executor:
    """An executor that compiles."""
    return Executor(schema(), limits=Limits(), report=report)


ROOT = {
    "users": [User("ann", "bob"), User("cid", None), User("eve", "bob")],
    "others": [User("dan", "fay")],
}


async def test_relations_of_a_level_are_loaded_with_one_call(executor: Executor) -> None:
    context = Context()
    query = "{ users { name friend { name friend { name } } } others { friend { name } } }"
    response = await executor.run(GraphQLRequest(query), context, ROOT)
    assert response.errors == []
    assert context.loaders["users"].calls == [["bob", "bob", "fay"], ["bobx", "bobx"]]
    assert isinstance(response.data, dict)
    assert response.data["users"][1] == {"name": "cid", "friend": None}
    assert response.data["users"][2]["friend"] == {"name": "bob", "friend": {"name": "bobx"}}


async def test_conditions_are_compiled_in_and_their_combinations_are_few(
    executor: Executor,
) -> None:
    names = [f"v{number}" for number in range(5)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: name @include(if: ${name})" for name in names)
    query = f"query ({declared}) {{ users {{ name {fields} }} }}"
    for number in range(32):
        values = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        request = GraphQLRequest(query, variables=values)
        response = await executor.run(request, Context(), ROOT)
        assert isinstance(response.data, dict)
        asked = {"name", *(name for name in names if values[name])}
        assert set(response.data["users"][0]) == asked
    variants = executor.prepare(request).programs.variants
    assert len(variants) == MOST_VARIANTS
    assert all(variants.values())


async def test_introspection_is_left_to_the_interpreter(executor: Executor) -> None:
    request = GraphQLRequest("{ users { name } __schema { queryType { name } } }")
    response = await executor.run(request, Context(), ROOT)
    assert isinstance(response.data, dict)
    assert response.data["__schema"] == {"queryType": {"name": "Query"}}
    assert not any(executor.prepare(request).programs.variants.values())


async def test_what_was_compiled_counts_as_memory_and_can_be_read(executor: Executor) -> None:
    request = GraphQLRequest("{ users { name } }")
    before = executor.prepare(request).total_size
    await executor.run(request, Context(), ROOT)
    prepared = executor.prepare(request)
    assert executor.cache.size == prepared.total_size > before
    (program,) = prepared.programs.variants.values()
    assert program is not None
    assert "source.name" in program.text
