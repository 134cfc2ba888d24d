"""What an operation may cost, told from its document and variables before it is run.

An object costs 1 and a scalar nothing, each as often as the lists around it may be long; a field
may weigh otherwise by saying so in `GraphQLField.extensions["cost"]`. What it did cost is counted
the same way from the lengths of the lists that came back: only objects are looked at for that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from execution import codes
from execution.errors import RequestRejected, failure
from execution.limits import Limits


class Price(NamedTuple):
    """`cost` in points; `nodes` is the number of objects that the response may hold."""

    cost: int
    nodes: int


Size: TypeAlias = int | Callable[[Mapping[str, Any]], int]
"""How long a list may be: fixed, or told by the variables."""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of an operation that costs something.

    `weight` is what calling it costs and `own` the objects that it gives besides those of its
    list; each entry of the list costs `each`. `kinds` holds the parts below, for each type
    that the field may turn out to be.
    """

    key: str
    weight: int
    own: int = 0
    declared: bool = False
    listed: bool = False
    size: Size = 1
    each: int = 0
    kinds: tuple[tuple["Part", ...], ...] = ()
    below: tuple["Part", ...] = field(init=False)
    plain: bool = field(init=False)

    def __post_init__(self) -> None:
        named = {part.key: part for parts in self.kinds for part in parts}
        object.__setattr__(self, "below", tuple(named.values()))
        object.__setattr__(self, "plain", not named and not self.listed)

    def price(self, variables: Mapping[str, Any]) -> Price:
        """What it may cost at most."""
        size = self.size if isinstance(self.size, int) else self.size(variables)
        within = [total(parts, variables) for parts in self.kinds]
        cost = max((price.cost for price in within), default=0)
        nodes = max((price.nodes for price in within), default=0)
        return Price(self.weight + size * (self.each + cost), self.own + size * (self.each + nodes))

    def spent(self, value: object) -> int:
        """What it cost, from what came back. Nothing that was null is charged by default."""
        if value is None:
            return self.weight if self.declared else 0
        if not self.listed:
            return self.weight + (self._within(value) if self.below else 0)
        entries = [each for each in _flat(value) if each is not None]
        cost = self.weight + self.each * len(entries)
        if self.below:
            for entry in entries:
                cost += self._within(entry)
        return cost

    def _within(self, value: object) -> int:
        cost = 0
        if isinstance(value, dict):
            for part in self.below:
                found = value.get(part.key)
                if part.plain and found is not None:
                    cost += part.weight
                elif part.key in value:
                    cost += part.spent(found)
        return cost


def _flat(value: object) -> list[object]:
    """The entries of a list, and of lists in it."""
    if not isinstance(value, list):
        return []
    if value and isinstance(value[0], list):
        return [entry for each in value for entry in _flat(each)]
    return value


def total(parts: Sequence[Part], variables: Mapping[str, Any]) -> Price:
    """What these fields may cost together."""
    cost = nodes = 0
    for part in parts:
        price = part.price(variables)
        cost += price.cost
        nodes += price.nodes
    return Price(cost, nodes)


KEPT = 256


class Pricing:
    """The prices of one prepared operation.

    `variables` are the names of those that size a list: where there are none the price is worked
    out once, and else once for each combination of them, of which the first few are kept.
    """

    __slots__ = ("_fixed", "_known", "parts", "variables")

    def __init__(self, parts: tuple[Part, ...] = (), variables: Sequence[str] = ()) -> None:
        self.parts = parts
        self.variables = tuple(variables)
        self._known: dict[tuple[object, ...], Price] = {}
        self._fixed = None if self.variables else total(parts, {})

    def price(self, variables: Mapping[str, Any]) -> Price:
        """What the operation may cost with these variables, as the client sent them."""
        if self._fixed is not None:
            return self._fixed
        key = tuple(_whole(variables.get(name, _MISSING)) for name in self.variables)
        known = self._known.get(key)
        if known is None:
            known = total(self.parts, variables)
            if len(self._known) < KEPT:
                self._known[key] = known
        return known

    def spent(self, data: object) -> int:
        """What it cost, from the data of its response; 0 where there is none."""
        if not isinstance(data, dict):
            return 0
        return sum(part.spent(data[part.key]) for part in self.parts if part.key in data)


_MISSING = object()


def _whole(value: object) -> object:
    """A value as part of a key: what is no number cannot size a list, and may not be hashable."""
    return value if type(value) is int or value is _MISSING else None


def affordable(price: Price, limits: Limits) -> Price:
    """The price, where no limit of one operation is passed.

    Raises RequestRejected (NODE_LIMIT_EXCEEDED, COST_LIMIT_EXCEEDED).
    """
    if price.nodes > limits.nodes:
        text = f"The operation asks for up to {price.nodes} objects, and {limits.nodes} is the most"
        raise _beyond(text, codes.NODE_LIMIT_EXCEEDED, nodes=price.nodes, allowed=limits.nodes)
    if price.cost > limits.cost:
        raise too_costly(price.cost, limits.cost)
    return price


def too_costly(cost: int, allowed: int) -> RequestRejected:
    """The refusal of an operation that costs more than one may (COST_LIMIT_EXCEEDED)."""
    text = f"The operation may cost {cost} points, and {allowed} is the most"
    return _beyond(text, codes.COST_LIMIT_EXCEEDED, cost=cost, allowed=allowed)


def _beyond(text: str, code: str, **extensions: int) -> RequestRejected:
    message = f"{text}. Ask for smaller pages, or for less below them."
    return RequestRejected([failure(message, code, **extensions)])
