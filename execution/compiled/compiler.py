"""From an operation to the functions that run it: its fields collected, their text written."""

from collections.abc import Callable
from typing import Any

import graphql
from graphql import (
    GraphQLAbstractType,
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationType,
    default_field_resolver,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)

from execution.compiled.arguments import constant, given
from execution.compiled.declared import ATTRIBUTE, CLASS, RELATION, Relation
from execution.compiled.leaves import leaf
from execution.compiled.objects import one_of, sure
from execution.compiled.plain import (
    Bound,
    Plain,
    PlainObject,
    Selection,
    by_call,
    list_function,
)
from execution.compiled.position import Complete, Field, Position
from execution.compiled.run import Step
from execution.compiled.source import ObjectText, Source, list_text

MOST_POSITIONS = 500
"""Fields that an operation may have, once for each type that they are on, to be compiled."""


class NotCompiled(Exception):
    """The operation is one for the interpreter."""


class Compiler:
    """Compiles the operation of one request, and of every other in which the same fields are asked.

    Only the values of variables in conditions are looked at.
    """

    def __init__(self, core: "graphql.Executor[Any]") -> None:
        self.core = core
        self.source = Source()
        self.objects: dict[tuple[str, tuple[int, ...]], Selection] = {}
        self.afterwards: list[Callable[[], None]] = []
        self.count = 0

    def compile(self) -> list[Step]:
        """One step for a query, one for each field of a mutation. Raises NotCompiled."""
        core = self.core
        kind = core.schema.get_root_type(core.operation.operation)
        if kind is None:
            raise NotCompiled
        try:
            grouped = collect_fields(
                core.schema, core.fragments, core.variable_values, kind, core.operation
            ).grouped_field_set
            parts = [grouped]
            if core.operation.operation is OperationType.MUTATION:
                parts = [{key: details} for key, details in grouped.items()]
            names = [self.object_function(kind, part).function for part in parts]
        except GraphQLError:
            raise NotCompiled from None
        self.source.load(core.operation.name.value if core.operation.name else "operation")
        for bind in self.afterwards:
            bind()
        return [self.source.names[name] for name in names]

    def object_function(self, kind: GraphQLObjectType, grouped: GroupedFieldSet) -> Selection:
        """Writes the functions for an object's fields and returns their names."""
        name = self.source.reserve(kind.name)
        text = ObjectText(name, kind, PlainObject(kind, self.guard(kind)))
        for key, details in grouped.items():
            self.field(text, key, kind, details)
        self.source.write(text.end())
        short = None
        if text.plain.whole:
            short = self.source.reserve(f"plain_{kind.name}")
            self.source.write(text.plain.function(short))
        return Selection(name, short, text.plain)

    def guard(self, kind: GraphQLObjectType) -> str | None:
        """The test of an object that may not be of a type; None where only a call can tell."""
        known = kind.extensions.get(CLASS)
        if known is not None:
            return f"v.__class__ is not {self.source.bind('class', known)}"
        return "ODD[v.__class__]" if kind.is_type_of is None else None

    def field(
        self, text: ObjectText, key: str, kind: GraphQLObjectType, details: FieldDetailsList
    ) -> None:
        """Writes one field."""
        name = details[0].node.name.value
        if name == "__typename":
            text.constant(key, kind.name)
            return
        definition = self.core.schema.get_field(kind, name)
        if definition is None or name.startswith("__"):
            raise NotCompiled
        field = Field(kind, definition, details)
        text.comment(field)
        position, shown, plain = self.position(field, definition.type, kind.name, repr(key))
        relation = definition.extensions.get(RELATION)
        if isinstance(relation, Relation):
            lines = text.relation(key, position, f"source.{relation.key}", relation.loader)
            text.add(key, lines, later=True)
            return
        attribute = definition.extensions.get(ATTRIBUTE)
        lines = text.value(key, position, self.read(field, definition, key), shown)
        if isinstance(attribute, str) and plain is not None:
            text.plain.value(key, attribute, plain)
        text.add(key, lines, later=not isinstance(attribute, str) or plain is None)

    def read(self, field: Field, definition: GraphQLField, key: str) -> str:
        """The expression that resolves a field."""
        attribute = definition.extensions.get(ATTRIBUTE)
        if isinstance(attribute, str):
            return f"source.{attribute}"
        named = self.source.bind(field.name, field)
        resolver = self.source.bind("resolve", definition.resolve or default_field_resolver)
        info = f"run.info({named}, (place, {key!r}, {field.parent.name!r}))"
        return f"{resolver}(source, {info}{self.arguments(field, named)})"

    def arguments(self, field: Field, named: str) -> str:
        """The end of a call: a field's arguments, folded where they are the same for all."""
        if not field.definition.args and not field.nodes[0].arguments:
            return ""
        found = constant(field)
        if found is None:
            self.source.names["given"] = given
            return f", **given(run, {named})"
        return f", **{self.source.bind('arguments', found)}" if found else ""

    def position(
        self, field: Field, kind: GraphQLOutputType, typename: str | None, key: str
    ) -> Bound:
        """Binds the position of a field, or of the items of its list, and how it is shown."""
        self.count += 1
        if self.count > MOST_POSITIONS:
            raise NotCompiled
        non_null = is_non_null_type(kind)
        nullable: Any = kind.of_type if is_non_null_type(kind) else kind
        position = Position(field, non_null, typename)
        name = self.source.bind("P", position)
        general = f"other(run, {name}, v, d, {key}, place)"
        if is_leaf_type(nullable):
            return leaf(self.source, position, name, nullable, general)
        function, short = self.completer(position, name, nullable)
        place = f"(place, {key}, {typename!r}, d, {not non_null})"
        shown = f"{general} if ODD[v.__class__] else {function}(run, v, {place})"
        if short is None:
            return Bound(name, shown)
        shown = f"p if (p := {short}(v)) is not None else {shown}"
        return Bound(name, shown, by_call(f"{short}({{v}})", nullable=not non_null))

    def completer(self, position: Position, name: str, kind: Any) -> tuple[str, str | None]:
        """The name of the function that completes a list or an object, and of the short one."""
        short = None
        if is_list_type(kind):
            function, short = self.list_function(position, name, kind)
        elif is_abstract_type(kind):
            function = self.abstract(position.field, kind)
        else:
            function = self.object(position.field, kind)
            short = self.sub_selection(position.field, kind).short
        self.afterwards.append(lambda: setattr(position, "complete", self.source.names[function]))
        return function, short

    def list_function(
        self, around: Position, position: str, kind: GraphQLList[GraphQLOutputType]
    ) -> tuple[str, str | None]:
        """Writes the functions for a list's items and returns their names."""
        items, shown, plain = self.position(around.field, kind.of_type, None, "i")
        function = self.source.reserve(f"list_of_{around.field.name}")
        short = self.plain_list(around.field, kind.of_type, plain) if plain else None
        self.source.write(list_text(function, kind, position, shown, items, short))
        return function, short

    def plain_list(self, field: Field, kind: GraphQLOutputType, plain: Plain) -> str:
        """Writes the function for a list in which nothing is unusual and returns its name."""
        short = self.source.reserve(f"plain_list_of_{field.name}")
        each: Plain | PlainObject = plain
        if is_non_null_type(kind) and is_object_type(kind.of_type):
            each = self.sub_selection(field, kind.of_type).plain
        self.source.write(list_function(short, each))
        return short

    def abstract(self, field: Field, kind: GraphQLAbstractType) -> str:
        """A function that finds out the type of a value first."""
        functions = {
            each.name: self.object(field, each)
            for each in self.core.schema.get_possible_types(kind)
        }
        names = self.source.names
        return self.made(
            kind.name,
            lambda: one_of(kind, field, {name: names[each] for name, each in functions.items()}),
        )

    def object(self, field: Field, kind: GraphQLObjectType) -> str:
        """A function for an object, which makes sure of its type where the schema says how."""
        function = self.sub_selection(field, kind).function
        if kind.is_type_of is None:
            return function
        names = self.source.names
        return self.made(kind.name, lambda: sure(kind, field, names[function]))

    def made(self, prefix: str, make: Callable[[], Complete]) -> str:
        """The name of a function that is made when those it calls are there."""
        name = self.source.reserve(f"as_{prefix}")
        self.afterwards.append(lambda: self.source.names.update({name: make()}))
        return name

    def sub_selection(self, field: Field, kind: GraphQLObjectType) -> Selection:
        """The functions for what a field selects of a type, written once for the same nodes."""
        known = (kind.name, tuple(id(node) for node in field.nodes))
        if known not in self.objects:
            core = self.core
            grouped = collect_subfields(
                core.schema, core.fragments, core.variable_values, core.operation, kind,
                field.details,
            ).grouped_field_set  # fmt: skip
            self.objects[known] = self.object_function(kind, grouped)
        return self.objects[known]
