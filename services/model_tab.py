"""A tab: what the calls of one piece of work have in common is read once, and settled together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datasources.budgets import Reservation
from datasources.models import ModelId, Tokens
from datasources.prices import Price

if TYPE_CHECKING:
    from services.model_purpose import Purpose


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a workspace: its account's plan, and what it chose itself. None: nothing."""

    account_id: str
    plan: int | None
    own: int | None

    @property
    def smallest(self) -> int | None:
        """The lower of both."""
        return min((each for each in (self.plan, self.own) if each is not None), default=None)


@dataclass(frozen=True, slots=True)
class Hold:
    """An amount that is held for one call. `reservation` None: the call costs nothing."""

    id: str
    purpose: Purpose
    model: ModelId
    price: Price
    limits: Limits
    month: str
    reservation: Reservation | None


@dataclass(frozen=True, slots=True)
class Used:
    """A call that was made: what it took, the code of what went wrong, what is kept with it."""

    hold: Hold
    tokens: Tokens
    code: str | None = None
    keep: Callable[[], Awaitable[object]] | None = None


@dataclass(slots=True)
class Tab:
    """What one piece of work runs up, from when it is opened until it is settled.

    `limits`, and whether the workspace is `offline`, are as they were when it was opened.
    `vectors` were made since, by their keys. What was `put` on it is held until it is settled: with
    the next call that is too dear to be lost, or at the end.
    """

    limits: Limits
    offline: bool
    open: bool = True
    """Whether it is still to be settled: a call that ends later is settled by itself."""
    vectors: dict[str, Sequence[float]] = field(default_factory=dict)
    _used: list[Used] = field(default_factory=list)

    def put(self, used: Used, vectors: Mapping[str, Sequence[float]]) -> None:
        """Note a call and the vectors that it gave."""
        self._used.append(used)
        self.vectors.update(vectors)

    def take(self) -> list[Used]:
        """What has to be settled; whoever takes it does so."""
        used, self._used = self._used, []
        return used

    def close(self) -> list[Used]:
        """The same, at the end."""
        self.open = False
        return self.take()
