"""The parameters of a GraphQL request, as every transport brings them."""

from typing import Any

import msgspec


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
