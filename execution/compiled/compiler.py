"""From an operation to the functions that run it: its fields collected, their text written."""

from collections.abc import Callable
from typing import Any, TypeAlias

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
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)

from execution.compiled.arguments import constant, given
from execution.compiled.declared import ATTRIBUTE, RELATION, Relation
from execution.compiled.leaves import Names, plain_test, serializer
from execution.compiled.objects import one_of, sure
from execution.compiled.position import Complete, Field, Position
from execution.compiled.run import Step
from execution.compiled.source import ObjectText, Source, list_text

MOST_POSITIONS = 500
"""Fields that an operation may have, once for each type that they are on, to be compiled."""


class NotCompiled(Exception):
    """The operation is one for the interpreter."""


Bound: TypeAlias = tuple[str, str]
"""The name of a position, and the expression that shows a value `v` of it."""


class Compiler:
    """Compiles the operation of one request, and of every other in which the same fields are asked.

    Only the values of variables in conditions are looked at.
    """

    def __init__(self, core: "graphql.Executor[Any]") -> None:
        self.core = core
        self.source = Source()
        self.objects: dict[tuple[str, tuple[int, ...]], str] = {}
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
            names = [self.object_function(kind, part) for part in parts]
        except GraphQLError:
            raise NotCompiled from None
        self.source.load(core.operation.name.value if core.operation.name else "operation")
        for bind in self.afterwards:
            bind()
        return [self.source.names[name] for name in names]

    def object_function(self, kind: GraphQLObjectType, grouped: GroupedFieldSet) -> str:
        """Writes the function for an object's fields and returns its name."""
        name = self.source.reserve(kind.name)
        text = ObjectText(name, kind)
        for key, details in grouped.items():
            self.field(text, key, kind, details)
        self.source.write(text.end())
        return name

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
        position, shown = self.position(field, definition.type, kind.name, repr(key))
        relation = definition.extensions.get(RELATION)
        if isinstance(relation, Relation):
            text.relation(key, position, f"source.{relation.key}", relation.loader)
        else:
            text.value(key, position, self.read(field, definition, key), shown)

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
            return name, self.leaf(position, nullable, general)
        function = self.completer(position, name, nullable)
        place = f"(place, {key}, {typename!r}, d, {not non_null})"
        return name, f"{general} if ODD[v.__class__] else {function}(run, v, {place})"

    def leaf(self, position: Position, kind: Any, general: str) -> str:
        """The expression that shows a leaf: plain values as they are."""
        test = plain_test(kind)
        allowed = "" if position.non_null else "v is None or "
        if is_enum_type(kind):
            names = Names(kind)
            position.complete = names.complete
            return f"{self.source.bind(kind.name, names)}.get(id(v)) or {general}"
        position.complete = serializer(kind)
        return f"v if {allowed}{test} else {general}" if test else general

    def completer(self, position: Position, name: str, kind: Any) -> str:
        """The name of the function that completes a list or an object."""
        if is_list_type(kind):
            function = self.list_function(position, name, kind)
        elif is_abstract_type(kind):
            function = self.abstract(position.field, kind)
        else:
            function = self.object(position.field, kind)
        self.afterwards.append(lambda: setattr(position, "complete", self.source.names[function]))
        return function

    def list_function(
        self, around: Position, position: str, kind: GraphQLList[GraphQLOutputType]
    ) -> str:
        """Writes the function for a list's items and returns its name."""
        items, shown = self.position(around.field, kind.of_type, None, "i")
        function = self.source.reserve(f"list_of_{around.field.name}")
        self.source.write(list_text(function, kind, position, shown, items))
        return function

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
        function = self.sub_selection(field, kind)
        if kind.is_type_of is None:
            return function
        names = self.source.names
        return self.made(kind.name, lambda: sure(kind, field, names[function]))

    def made(self, prefix: str, make: Callable[[], Complete]) -> str:
        """The name of a function that is made when those it calls are there."""
        name = self.source.reserve(f"as_{prefix}")
        self.afterwards.append(lambda: self.source.names.update({name: make()}))
        return name

    def sub_selection(self, field: Field, kind: GraphQLObjectType) -> str:
        """The function for what a field selects of a type, written once for the same nodes."""
        known = (kind.name, tuple(id(node) for node in field.nodes))
        if known not in self.objects:
            core = self.core
            grouped = collect_subfields(
                core.schema, core.fragments, core.variable_values, core.operation, kind,
                field.details,
            ).grouped_field_set  # fmt: skip
            self.objects[known] = self.object_function(kind, grouped)
        return self.objects[known]
