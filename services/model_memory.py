"""What models answered before: looked up before they are asked, counted as hits and misses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from datasources.model_answers import KeptVectors, ModelAnswer, ModelAnswers
from datasources.models import ModelId, TextRequest, Written
from services.clock import Clock
from services.model_purpose import Purpose

A = TypeVar("A", bound=msgspec.Struct)


def unseen(_: tuple[str, str], __: int) -> None:
    """Nobody counts."""


class ModelMemory:
    """Keeps answers for a day and vectors for a month, each workspace for itself.

    `seen` is told what was looked up, `answer` or `vector`, with `hit` or `miss`, and how often.
    """

    def __init__(
        self,
        answers: ModelAnswers,
        vectors: KeptVectors,
        clock: Clock,
        seen: Callable[[tuple[str, str], int], None] = unseen,
    ) -> None:
        self._answers = answers
        self._vectors = vectors
        self._clock = clock
        self._seen = seen

    async def answer(self, key: str, kind: type[A]) -> Written[A] | None:
        """What was answered before."""
        found = await self._answers.get(key)
        self._seen(("answer", "miss" if found is None else "hit"), 1)
        if found is None:
            return None
        return Written(msgspec.convert(found.answer, kind), found.model, cached=True)

    async def keep(self, key: str, purpose: Purpose, written: Written[A]) -> None:
        """Within the transaction that charges for it: keep an answer."""
        answer = ModelAnswer(
            id=key,
            workspace_id=purpose.workspace_id,
            answer=msgspec.to_builtins(written.answer),
            model=written.model,
            tokens=written.tokens,
            at=self._clock(),
        )
        await self._answers.put(answer)

    async def vectors(self, keys: Sequence[str]) -> dict[str, Sequence[float]]:
        """The vectors that are known, by their keys."""
        found = await self._vectors.known(keys)
        self._seen(("vector", "hit"), len(found))
        self._seen(("vector", "miss"), len(keys) - len(found))
        return found

    async def keep_vectors(self, purpose: Purpose, vectors: Mapping[str, Sequence[float]]) -> None:
        """Keep vectors by their keys."""
        await self._vectors.keep(purpose.workspace_id, vectors, self._clock())


def key_of(purpose: Purpose, model: ModelId, request: TextRequest[A]) -> str:
    """What names an answer: the step of a job, or else all that is asked for."""
    if purpose.job_id and purpose.step:
        return digest(purpose.workspace_id, purpose.job_id, purpose.step)
    asked = [request.instructions, repr(request.material), str(request.temperature)]
    form = f"{request.answer.__qualname__} {request.most}"
    return digest(purpose.workspace_id, str(model.provider), model.name, form, *asked)


def vector_key(purpose: Purpose, model: ModelId, text: str) -> str:
    """What names a text's vector."""
    return digest(purpose.workspace_id, str(model.provider), model.name, text)


def digest(*parts: str) -> str:
    """A short name for all of these."""
    joined = "\0".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:40]
