"""Which variables the responses to a subscription's events may depend on."""

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
)


def event_variables(document: DocumentNode, operation: OperationDefinitionNode) -> frozenset[str]:
    """The variables that are used anywhere but in the arguments of a subscription's own field.

    Those arguments are for the source alone. Of fragments, all that they use is counted.
    """
    if operation.operation is not OperationType.SUBSCRIPTION:
        return frozenset()
    parts: list[Node] = [
        part for part in document.definitions if isinstance(part, FragmentDefinitionNode)
    ]
    parts += operation.directives or ()
    for selection in operation.selection_set.selections:
        if isinstance(selection, FieldNode):
            parts += selection.directives or ()
            parts += [selection.selection_set] if selection.selection_set else []
        else:
            parts.append(selection)
    return frozenset(name for part in parts for name in variables_in(part))


def variables_in(node: Node) -> Iterator[str]:
    """The names of the variables in a part of a document."""
    if isinstance(node, VariableNode):
        yield node.name.value
        return
    for key in node.keys:
        value = getattr(node, key)
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, Node):
                yield from variables_in(each)
