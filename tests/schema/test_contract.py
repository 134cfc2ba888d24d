"""The schema keeps every promise that was made to clients; the committed file tells the truth."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    build_schema,
    parse,
    print_ast,
)

from server import sdl

CONTRACT = Path(__file__).parent / "contract.graphql"


@pytest.fixture(scope="module")
def graph() -> GraphQLSchema:
    """The schema that clients are given."""
    return build_schema(sdl.FILE.read_text())


@pytest.fixture(scope="module")
def contract() -> DocumentNode:
    """What was promised."""
    return parse(CONTRACT.read_text())


def test_the_committed_schema_is_what_the_code_says() -> None:
    """`schema.graphql` is compared with the code, letter by letter."""
    assert sdl.FILE.read_text() == sdl.text()


def test_every_promised_field_has_its_type_and_its_arguments(
    graph: GraphQLSchema, contract: DocumentNode
) -> None:
    """Fields and arguments may be added, never changed; an added argument may be left out."""
    for definition in contract.definitions:
        if isinstance(definition, ObjectTypeDefinitionNode):
            kind = graph.type_map[definition.name.value]
            assert isinstance(kind, GraphQLObjectType)
            for promised in definition.fields or ():
                check_field(kind, promised)


def check_field(kind: GraphQLObjectType, promised: FieldDefinitionNode) -> None:
    """One field is there as promised."""
    where = f"{kind.name}.{promised.name.value}"
    assert promised.name.value in kind.fields, where
    field = kind.fields[promised.name.value]
    assert str(field.type) == print_ast(promised.type), where
    for argument in promised.arguments or ():
        assert argument.name.value in field.args, where
        given = field.args[argument.name.value]
        assert str(given.type) == print_ast(argument.type), f"{where}({argument.name.value})"
    named = {argument.name.value for argument in promised.arguments or ()}
    for name, given in field.args.items():
        assert name in named or not str(given.type).endswith("!"), f"{where}({name}) is new"


def test_every_promised_input_can_be_sent_as_it_was_written(
    graph: GraphQLSchema, contract: DocumentNode
) -> None:
    """A promised field of an input takes what it promised; nothing new has to be sent."""
    for definition in contract.definitions:
        if isinstance(definition, InputObjectTypeDefinitionNode):
            kind = graph.type_map[definition.name.value]
            assert isinstance(kind, GraphQLInputObjectType)
            promised = {
                field.name.value: print_ast(field.type) for field in definition.fields or ()
            }
            for name, type_ in promised.items():
                where = f"{kind.name}.{name}"
                assert str(kind.fields[name].type).rstrip("!") == type_.rstrip("!"), where
                optional = not str(kind.fields[name].type).endswith("!")
                has_default = kind.fields[name].default_value is not None
                assert type_.endswith("!") or optional or has_default, where
            for name, given in kind.fields.items():
                assert name in promised or not str(given.type).endswith("!"), f"{kind.name}.{name}"


def test_every_promised_value_of_an_enumeration_is_there(
    graph: GraphQLSchema, contract: DocumentNode
) -> None:
    """Values may be added, never taken away."""
    for definition in contract.definitions:
        if isinstance(definition, EnumTypeDefinitionNode):
            kind = graph.type_map[definition.name.value]
            assert isinstance(kind, GraphQLEnumType)
            promised = {value.name.value for value in definition.values or ()}
            assert promised <= set(kind.values), kind.name


def test_every_field_and_type_of_the_schema_says_what_it_is_for(graph: GraphQLSchema) -> None:
    """A root field without a description is one that nobody can find in the explorer."""
    for root in ("Query", "Mutation", "Subscription"):
        kind = graph.type_map[root]
        assert isinstance(kind, GraphQLObjectType)
        silent = [name for name, field in kind.fields.items() if not field.description]
        assert silent == []
