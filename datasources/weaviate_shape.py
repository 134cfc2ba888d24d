"""What a collection of the search index looks like in Weaviate."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from datasources.stems import stems
from datasources.vectors import Entry, Narrowed, plain

if TYPE_CHECKING:
    from weaviate.classes.config import DataType, Property
    from weaviate.collections.classes.filters import _Filters

NAMESPACE = UUID("b6f0d0c4-6a55-4f5b-9f0e-6a1f7f3f2c11")
FOUND_IN = ["title^2", "words"]


def collection_of(generation: str) -> str:
    """The name of a generation's collection."""
    return named("ContentEmbedding", generation)


def named(kind: str, generation: str) -> str:
    """A collection of a generation, as Weaviate can call it."""
    return f"{kind}_{plain(generation).replace('-', '_')}"


def identity(piece: str, number: int) -> UUID:
    """The id of a passage: the same whenever it is written."""
    return uuid5(NAMESPACE, f"{piece}/{number}")


def exact(name: str, kind: DataType | None = None) -> Property:
    """A property that is compared as it is; of text, where no other kind is named."""
    from weaviate.classes.config import DataType, Property, Tokenization

    kind = kind or DataType.TEXT
    text = kind in (DataType.TEXT, DataType.TEXT_ARRAY)
    tokens = Tokenization.FIELD if text else None
    return Property(name=name, data_type=kind, tokenization=tokens, index_searchable=False)


def schema() -> dict[str, Any]:
    """Vectors are ours. Words are kept as stems; the rest is compared as it is."""
    from weaviate.classes.config import Configure, DataType, Property, Tokenization

    def searched(name: str) -> Property:
        kind, tokens = DataType.TEXT, Tokenization.WHITESPACE
        return Property(name=name, data_type=kind, tokenization=tokens, index_filterable=False)

    return {
        "properties": [
            exact("piece"),
            exact("number", DataType.INT),
            searched("title"),
            searched("words"),
            exact("type"),
            exact("status"),
            exact("platforms", DataType.TEXT_ARRAY),
            exact("tags", DataType.TEXT_ARRAY),
            exact("created_at", DataType.DATE),
        ],
        "vector_config": Configure.Vectors.self_provided(),
        "multi_tenancy_config": Configure.multi_tenancy(
            enabled=True, auto_tenant_creation=True, auto_tenant_activation=True
        ),
    }


def properties(entry: Entry, number: int, text: str) -> dict[str, Any]:
    """One passage of a piece."""
    return {
        "piece": entry.id,
        "number": number,
        "title": " ".join(stems(entry.title)),
        "words": " ".join(stems(text)),
        "type": entry.type,
        "status": entry.status,
        "platforms": list(entry.platforms),
        "tags": list(entry.tags),
        "created_at": entry.created_at,
    }


def conditions(narrowed: Narrowed) -> _Filters | None:
    """The filters as Weaviate takes them, None where there are none."""
    from weaviate.classes.query import Filter

    every: list[_Filters] = []
    for name, allowed in (
        ("type", narrowed.types),
        ("status", narrowed.statuses),
        ("platforms", narrowed.platforms),
    ):
        if allowed:
            every.append(Filter.by_property(name).contains_any(list(allowed)))
    if narrowed.tags:
        every.append(Filter.by_property("tags").contains_all(list(narrowed.tags)))
    if narrowed.created_from is not None:
        every.append(Filter.by_property("created_at").greater_or_equal(narrowed.created_from))
    if narrowed.created_to is not None:
        every.append(Filter.by_property("created_at").less_than(narrowed.created_to))
    if narrowed.besides is not None:
        every.append(Filter.by_property("piece").not_equal(narrowed.besides))
    return reduce(lambda one, other: one & other, every) if every else None
