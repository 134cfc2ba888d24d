"""Models: what writes and what embeds, whoever runs it, and which of them a workspace uses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec

from datasources.models import Embedded, ModelId, TextRequest, Told, Written

A = TypeVar("A", bound=msgspec.Struct)


class TextModel(Protocol):
    """Writes. `languages` it can write in, as BCP 47 primary tags; None: more than we can list."""

    id: ModelId
    languages: frozenset[str] | None

    async def write(self, request: TextRequest[A], told: Told | None = None) -> Written[A]:
        """The answer, in its form; `told` hears of it while it is written.

        Raises `ModelFailure`.
        """
        ...


class EmbeddingModel(Protocol):
    """Turns texts into vectors of length 1 and of `dimension` numbers.

    The closer two vectors of one model are, the closer the meanings; those of two models say
    nothing of each other.
    """

    id: ModelId
    dimension: int
    languages: frozenset[str] | None

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """A vector a text, in their order. Raises `ModelFailure`."""
        ...


@dataclass(frozen=True, slots=True)
class Purpose:
    """Whom a call of a model is for, and what: `feature` is a stable word, as `generation`.

    `step` names one call of a job: made again after a worker died, it is answered from memory
    and charged once.
    """

    workspace_id: str
    feature: str
    user_id: str | None = None
    job_id: str | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The models of a deployment: the ones it uses, and those that need no network.

    `close` gives back what their connections hold.
    """

    text: TextModel
    embedding: EmbeddingModel
    offline_text: TextModel
    offline_embedding: EmbeddingModel
    close: Callable[[], Awaitable[None]]


class Models:
    """Every call of a model goes through here, with its purpose."""

    def __init__(self, choice: ModelChoice) -> None:
        self._choice = choice

    async def text(self, workspace_id: str) -> TextModel:
        """The model that writes for this workspace. Ask it through `write`."""
        return self._choice.text

    async def embedding(self, workspace_id: str) -> EmbeddingModel:
        """The model that embeds for this workspace: its id and dimension. Ask it by `embed`."""
        return self._choice.embedding

    async def write(
        self, purpose: Purpose, request: TextRequest[A], told: Told | None = None
    ) -> Written[A]:
        """Have something written. Raises `ModelFailure`."""
        return await (await self.text(purpose.workspace_id)).write(request, told)

    async def embed(self, purpose: Purpose, texts: Sequence[str]) -> Embedded:
        """A vector a text, in their order. Raises `ModelFailure`."""
        return await (await self.embedding(purpose.workspace_id)).embed(texts)

    async def close(self) -> None:
        """Give the sockets back."""
        await self._choice.close()
