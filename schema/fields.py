"""How a field with a resolver is declared: what it is for, and what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import strawberry

from schema.costs import CacheControl, Cost
from schema.permissions import Access

F = TypeVar("F", bound=Callable[..., Any])


def field(
    description: str,
    access: Access | None = None,
    *,
    cost: int | None = None,
    cache: CacheControl | None = None,
) -> Callable[[F], F]:
    """A field of a type, of Query or of Mutation, resolved by the method below.

    `cost` is what calling it costs, where that is not what such fields cost; `cache` for how long
    its answer may be kept by the one who asked, where it may be.
    """
    told = [access, None if cost is None else Cost(weight=cost), cache]

    def declare(resolver: F) -> F:
        made = strawberry.field(
            resolver=resolver,
            description=description,
            directives=[each for each in told if each is not None],
        )
        return cast(F, made)

    return declare


def subscription(description: str, access: Access) -> Callable[[F], F]:
    """A field of Subscription: the method below yields an event's value each time."""

    def declare(resolver: F) -> F:
        made = strawberry.subscription(
            resolver=resolver, description=description, directives=[access]
        )
        return cast(F, made)

    return declare
