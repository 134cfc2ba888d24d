"""What a field, or a type, says of itself so that it can be compiled.

    GraphQLField.extensions["attribute"] = "title"  # read it, call nothing
    GraphQLField.extensions["relation"] = Relation("author_id", "users")  # ask a loader for it
    GraphQLObjectType.extensions["class"] = Content  # an object of that very class is one

A field that says nothing is resolved by its resolver. What is declared has to do what the resolver
does, for it is left out: graphql-core's interpreter still calls the resolver.
"""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

ATTRIBUTE: Final = "attribute"
RELATION: Final = "relation"
CLASS: Final = "class"


@dataclass(frozen=True, slots=True)
class Relation:
    """The attribute that holds a key, and the name of the loader that knows what it names.

    A key that is None gives null without a call.
    """

    key: str
    loader: str


class LevelLoader(Protocol):
    """A loader as compiled operations use it: once for a whole level of the response."""

    def load_level(self, keys: Sequence[Any]) -> Awaitable[Sequence[Any]]:
        """What each key names, in their order; an exception in the place of one that failed."""


class LoadingContext(Protocol):
    """A context whose relations can be asked for."""

    @property
    def loaders(self) -> Mapping[str, LevelLoader]:
        """The loaders of the operation, by name."""
