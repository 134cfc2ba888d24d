"""How long a response may be kept by others: as long as its least cacheable field.

A field says so in `GraphQLField.extensions["cache"]`. A root field that says nothing is not to be
kept; below it, what says nothing is as good as what is around it.
"""

from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    visit,
)


class CachePolicy(NamedTuple):
    """`seconds` for which a response is good, None where it is not to be kept at all.

    After that time, which may be 0, it has to be asked for again by its ETag. `public` says that
    it is the same for everyone.
    """

    seconds: int | None
    public: bool = False


UNCACHED = CachePolicy(None)


def policy(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> CachePolicy:
    """The policy of a valid operation, with all fragments of its document."""
    if operation.operation is not OperationType.QUERY:
        return UNCACHED
    info = TypeInfo(schema)
    found = _Hints(info, schema)
    for definition in document.definitions:
        if definition is operation or isinstance(definition, FragmentDefinitionNode):
            visit(definition, TypeInfoVisitor(info, found))
    return found.least()


class _Hints(Visitor):
    """Gathers the hints of the fields that are met."""

    def __init__(self, info: TypeInfo, schema: GraphQLSchema) -> None:
        super().__init__()
        self.info = info
        self.root = schema.query_type
        self.hints: list[CachePolicy] = []

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        field = self.info.get_field_def()
        hint = field.extensions.get("cache") if field else None
        if isinstance(hint, CachePolicy):
            self.hints.append(hint)
        elif self.info.get_parent_type() is self.root:
            self.hints.append(UNCACHED)

    def least(self) -> CachePolicy:
        seconds = [hint.seconds for hint in self.hints if hint.seconds is not None]
        if not seconds or len(seconds) < len(self.hints):
            return UNCACHED
        return CachePolicy(min(seconds), all(hint.public for hint in self.hints))
