"""The parameters of a GraphQL request, as every transport brings them."""

import re
from typing import Any

import msgspec

NAMES = {"str": "string", "int": "number", "float": "number", "bool": "boolean"}
"""What JSON calls the types that Python names otherwise."""
PYTHON = re.compile(rf"\b(?:{'|'.join(NAMES)})\b(?=[^`]*`)")


def misfit(error: msgspec.ValidationError) -> str:
    """Where a message does not fit and what was expected there, in the words of JSON."""
    text, at, place = str(error).partition(" - at ")
    if not text.startswith("Expected "):
        return str(error)  # it repeats what the client has said
    return PYTHON.sub(lambda found: NAMES[found[0]], text) + at + place


class GraphQLRequest(msgspec.Struct, frozen=True):
    """One operation that a client asks for.

    `query` is the document, absent where a persisted one is named in `extensions`;
    `operation_name` chooses an operation of a document that holds several.
    """

    query: str | None = None
    operation_name: str | None = None
    variables: dict[str, Any] = {}
    extensions: dict[str, Any] = {}


class Parameters(msgspec.Struct, frozen=True, rename="camel"):
    """The same parameters as they are written in JSON, where each may be null or missing."""

    query: str | None = None
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None

    def request(self) -> GraphQLRequest:
        """The request these parameters make; an empty operation name counts as none."""
        return GraphQLRequest(
            self.query, self.operation_name or None, self.variables or {}, self.extensions or {}
        )
