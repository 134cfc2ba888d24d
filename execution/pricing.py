"""From a validated operation to its prices: which fields it selects, and how long lists may be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
)

from execution.cost import Part, Pricing, Size

SIZES: Final = ("first", "last", "limit")
PAGE: Final = 20
"""The length of a page whose size was left out, where the schema gives it no default."""
LIST: Final = 10
"""The length that is assumed of a list that takes no size."""
LONGEST: Final = 1_000
"""A size beyond this counts as this: the field that takes it refuses it in words of its own."""
WRITING: Final = 10
"""The weight of a root field that changes something, or goes on."""
INTROSPECTION: Final = 10
"""What `__schema` and `__type` cost with all that is below."""


def pricing(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Pricing:
    """The prices of an operation that is valid for the schema."""
    return Survey(schema, document, operation).pricing()


class Survey:
    """One walk through an operation, fragments unfolded and equal fields merged."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self.schema = schema
        self.operation = operation
        self.fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self.defaults = {
            each.variable.name.value: _whole_number(each.default_value)
            for each in operation.variable_definitions or ()
        }
        self.sized_by: dict[str, None] = {}
        self.known: dict[tuple[str, Size | None, tuple[int, ...]], tuple[Part, ...]] = {}

    def pricing(self) -> Pricing:
        """The outcome."""
        root = self.schema.get_root_type(self.operation.operation)
        if root is None:
            return Pricing()
        writes = self.operation.operation is not OperationType.QUERY
        parts = self._parts(root, [self.operation.selection_set], WRITING if writes else None)
        return Pricing(parts, tuple(self.sized_by))

    def _parts(
        self,
        parent: GraphQLObjectType,
        selections: list[SelectionSetNode],
        weight: int | None = None,
        page: Size | None = None,
    ) -> tuple[Part, ...]:
        """The parts of an object. `page` is its length where it is the connection of a page."""
        key = (parent.name, page, tuple(id(each) for each in selections))
        known = self.known.get(key)
        if known is None:
            fields: dict[str, list[FieldNode]] = {}
            self._collect(parent, selections, fields, set())
            found = (self._part(parent, name, each, weight, page) for name, each in fields.items())
            known = self.known[key] = tuple(part for part in found if part is not None)
        return known

    def _collect(
        self,
        parent: GraphQLObjectType,
        selections: Iterable[SelectionSetNode],
        fields: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for selection in (node for each in selections for node in each.selections):
            if isinstance(selection, FieldNode):
                key = (selection.alias or selection.name).value
                fields.setdefault(key, []).append(selection)
                continue
            inner: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                if selection.name.value in seen:
                    continue
                seen.add(selection.name.value)
                inner = self.fragments[selection.name.value]
            condition = inner.type_condition
            if condition is None or self._is(parent, condition.name.value):
                self._collect(parent, [inner.selection_set], fields, seen)

    def _is(self, parent: GraphQLObjectType, name: str) -> bool:
        if parent.name == name:
            return True
        kind = self.schema.get_type(name)
        return is_abstract_type(kind) and self.schema.is_sub_type(kind, parent)

    def _part(
        self,
        parent: GraphQLObjectType,
        key: str,
        nodes: list[FieldNode],
        weight: int | None,
        page: Size | None,
    ) -> Part | None:
        name = nodes[0].name.value
        if name in {"__schema", "__type"}:
            return Part(key, INTROSPECTION, declared=True)
        field = parent.fields.get(name)
        if field is None:  # __typename
            return None
        declared = field.extensions.get("cost", weight)
        kind = get_named_type(field.type)
        if not is_composite_type(kind):
            return Part(key, declared, declared=True) if declared else None
        listed = isinstance(get_nullable_type(field.type), GraphQLList)
        wrapper = page is not None and _is_wrapper(kind)
        own = int(not listed and not wrapper)
        kinds = self._kinds(kind, field, nodes)
        if wrapper and not listed and not declared and not any(kinds):
            return None
        return Part(
            key,
            own if declared is None else declared,
            own,
            declared is not None,
            listed,
            self._size(field, nodes[0], page) if listed else 1,
            int(listed and not wrapper),
            kinds,
        )

    def _kinds(
        self, kind: GraphQLCompositeType, field: GraphQLField, nodes: list[FieldNode]
    ) -> tuple[tuple[Part, ...], ...]:
        selections = [node.selection_set for node in nodes if node.selection_set]
        if isinstance(kind, GraphQLObjectType):
            page = self._size(field, nodes[0], None) if _is_connection(kind) else None
            return (self._parts(kind, selections, page=page),)
        found = (self._parts(each, selections) for each in self.schema.get_possible_types(kind))
        return tuple(found)

    def _size(self, field: GraphQLField, node: FieldNode, page: Size | None) -> Size:
        if page is not None:
            return page
        named = [name for name in SIZES if name in field.args]
        assumed = field.extensions.get("size", PAGE if named else LIST)
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        for name in named:
            default = _default(field.args[name])
            if name not in given and default is not None:
                assumed = default
        sizes = [self._given(given[name], assumed) for name in named if name in given]
        return _longest(sizes) if sizes else int(assumed)

    def _given(self, value: object, assumed: int) -> Size:
        if isinstance(value, VariableNode):
            name = value.name.value
            self.sized_by[name] = None
            return _Variable(name, self.defaults.get(name), assumed)
        size = _whole_number(value)
        return assumed if size is None else min(size, LONGEST)


@dataclass(frozen=True, slots=True)
class _Variable:
    """A size that a variable tells: its value, else its default, else what is assumed."""

    name: str
    default: int | None
    assumed: int

    def __call__(self, variables: Mapping[str, Any]) -> int:
        size = variables.get(self.name, self.default)
        return max(0, min(size, LONGEST)) if type(size) is int else self.assumed


def _longest(sizes: list[Size]) -> Size:
    """The longest of several sizes: a field that takes more than one refuses both at once."""
    if len(sizes) == 1:
        return sizes[0]
    return _Longest(tuple(sizes))


@dataclass(frozen=True, slots=True)
class _Longest:
    """The longest of several sizes."""

    sizes: tuple[Size, ...]

    def __call__(self, variables: Mapping[str, Any]) -> int:
        return max(size if isinstance(size, int) else size(variables) for size in self.sizes)


def _default(argument: GraphQLArgument) -> int | None:
    """The default of a size in the schema, however it was written there."""
    if type(argument.default_value) is int:
        return argument.default_value
    written = argument.default
    if written is None:
        return None
    return written.value if type(written.value) is int else _whole_number(written.literal)


def _whole_number(value: object) -> int | None:
    return max(0, int(value.value)) if isinstance(value, IntValueNode) else None


def _is_connection(kind: GraphQLObjectType) -> bool:
    return "edges" in kind.fields and "pageInfo" in kind.fields


def _is_wrapper(kind: object) -> bool:
    """Whether an object inside a connection is nothing of its own: an edge, or page info."""
    return isinstance(kind, GraphQLObjectType) and (
        {"node", "cursor"} <= kind.fields.keys() or "hasNextPage" in kind.fields
    )
