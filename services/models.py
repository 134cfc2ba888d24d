"""Models: what writes and what embeds, whoever runs it, and which of them a workspace uses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec

from datasources.ai_settings import AiSettingsStore
from datasources.models import (
    Embedded,
    ModelFailure,
    ModelId,
    ModelNotChosen,
    Provider,
    TextRequest,
    Tokens,
    Told,
    Written,
)
from services.model_estimates import most_of, most_of_texts
from services.model_ledger import ModelLedger
from services.model_memory import ModelMemory, key_of, vector_key
from services.model_purpose import Purpose
from services.model_tab import Hold, Tab, Used

__all__ = ["EmbeddingModel", "ModelChoice", "Models", "Purpose", "TextModel"]

A = TypeVar("A", bound=msgspec.Struct)
Vectors = Mapping[str, Sequence[float]]


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
    """Every call of a model goes through here: remembered, held, made, and settled."""

    def __init__(
        self,
        choice: ModelChoice,
        ledger: ModelLedger,
        memory: ModelMemory,
        settings: AiSettingsStore,
    ) -> None:
        self._choice = choice
        self._ledger = ledger
        self.memory = memory
        self._settings = settings

    async def text(self, workspace_id: str, tab: Tab | None = None) -> TextModel:
        """The model that writes for this workspace. Ask it through `write`."""
        offline = tab.offline if tab else await self._offline(workspace_id)
        return self._choice.offline_text if offline else self._choice.text

    async def embedding(self, workspace_id: str, tab: Tab | None = None) -> EmbeddingModel:
        """The model that embeds for this workspace: its id and dimension. Ask it by `embed`."""
        offline = tab.offline if tab else await self._offline(workspace_id)
        return self._choice.offline_embedding if offline else self._choice.embedding

    @property
    def indexing(self) -> EmbeddingModel:
        """The model of new search indexes: one for all, since they are searched as one."""
        return self._choice.embedding

    def known(self, name: str) -> EmbeddingModel | None:
        """The embedding model of that name, None where this server has it no longer."""
        models = (self._choice.embedding, self._choice.offline_embedding)
        return next((model for model in models if str(model.id) == name), None)

    async def write(
        self, purpose: Purpose, request: TextRequest[A], told: Told | None = None
    ) -> Written[A]:
        """Have something written, or the answer to the same request of today.

        Raises `ModelFailure`, and `BudgetExceeded` before anything is asked.
        """
        model, tab = await self.text(purpose.workspace_id, purpose.tab), purpose.tab
        key = key_of(purpose, model.id, request)
        costs = model.id.provider is not Provider.OFFLINE
        if costs and (known := await self.memory.answer(key, request.answer)):
            return known
        hold = await self._ledger.hold(purpose, model.id, most_of(request))
        async with self._held(hold):
            written = await model.write(request, told)

        async def keep() -> None:
            if costs:
                await self.memory.keep(key, purpose, written)

        used = Used(hold, written.tokens, keep=keep)
        await asyncio.shield(self._ledger.settle_all([*(tab.take() if tab else ()), used]))
        return written

    async def embed(
        self, purpose: Purpose, texts: Sequence[str], model: EmbeddingModel | None = None
    ) -> Embedded:
        """A vector a text, in their order; those of known texts are not computed again.

        By `model`, where the vectors are compared with some of its own: `ModelNotChosen` if it
        runs elsewhere and the workspace keeps its texts here.

        Raises `ModelFailure`, and `BudgetExceeded` before anything is asked.
        """
        model = await self._allowed(purpose, model)
        keys = [vector_key(purpose, model.id, text) for text in texts]
        known = await self._known(purpose, dict.fromkeys(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        tokens = Tokens()
        if missing:
            used, fresh = await self._embed(purpose, model, missing)
            await self._settle(used, fresh)
            known, tokens = {**known, **fresh}, used.tokens
        return Embedded([known[key] for key in keys], model.id, model.dimension, tokens)

    @asynccontextmanager
    async def meaning(
        self, purpose: Purpose, text: str, model: EmbeddingModel
    ) -> AsyncIterator[Sequence[float]]:
        """The vector of one text, for somebody who waits: it is charged for, and kept, while the
        block goes on, and has been when it ends. Not within a transaction.

        Raises as `embed` does, before the block begins.
        """
        key = vector_key(purpose, model.id, text)
        _, known = await asyncio.gather(self._allowed(purpose, model), self._known(purpose, [key]))
        if key in known:
            yield known[key]
            return
        used, fresh = await self._embed(purpose, model, {key: text})
        settling = asyncio.create_task(self._settle(used, fresh))
        try:
            yield fresh[key]
        finally:
            await asyncio.shield(settling)

    async def _allowed(self, purpose: Purpose, model: EmbeddingModel | None) -> EmbeddingModel:
        """That model, or the workspace's own. Raises `ModelNotChosen`."""
        if model is not None and model.id.provider is Provider.OFFLINE:
            return model
        chosen = await self.embedding(purpose.workspace_id, purpose.tab)
        if model is not None and model is not chosen:
            raise ModelNotChosen(model.id)
        return chosen

    async def _known(self, purpose: Purpose, keys: Iterable[str]) -> dict[str, Sequence[float]]:
        """Those of these vectors that were made before, on the same tab or at another time."""
        fresh = purpose.tab.vectors if purpose.tab else {}
        asked = [key for key in keys if key not in fresh]
        return {**fresh, **(await self.memory.vectors(asked) if asked else {})}

    async def _embed(
        self, purpose: Purpose, model: EmbeddingModel, texts: Mapping[str, str]
    ) -> tuple[Used, Vectors]:
        """The vectors of texts by their keys, and what has to be settled for them: they are kept
        as they are charged for."""
        hold = await self._ledger.hold(purpose, model.id, most_of_texts(texts.values()))
        async with self._held(hold):
            made = await model.embed(list(texts.values()))
        fresh = dict(zip(texts, made.vectors, strict=True))

        async def keep() -> None:
            await self.memory.keep_vectors(purpose, fresh)

        return Used(hold, made.tokens, keep=keep), fresh

    async def _settle(self, used: Used, fresh: Vectors) -> None:
        """On a tab that is later: what is lost with a worker is made, and charged for, again."""
        if (tab := used.hold.purpose.tab) is not None and tab.open:
            tab.put(used, fresh)
        else:
            await asyncio.shield(self._ledger.settle_all([used]))

    @asynccontextmanager
    async def _held(self, hold: Hold) -> AsyncIterator[None]:
        """Charge for what a failed call has used up, and for nothing if that is not known."""
        try:
            yield
        except ModelFailure as failure:
            await asyncio.shield(self._ledger.settle(hold, failure.tokens, failure.code))
            raise
        except BaseException:
            await asyncio.shield(self._ledger.release(hold))
            raise

    async def _offline(self, workspace_id: str) -> bool:
        chosen = await self._settings.get(workspace_id)
        return chosen is not None and chosen.provider is Provider.OFFLINE

    async def close(self) -> None:
        """Give the sockets back."""
        await self._choice.close()
