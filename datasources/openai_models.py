"""The models of OpenAI, and of all who speak its protocol: writing and embedding."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from datasources.fences import fenced
from datasources.models import (
    Embedded,
    ModelAnswerUnusable,
    ModelFailure,
    ModelId,
    ModelRefused,
    ModelUnavailable,
    Provider,
    TextRequest,
    Tokens,
    Told,
    Written,
)
from datasources.openai_calls import OpenAICalls

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import CompletionUsage

A = TypeVar("A", bound=msgspec.Struct)
BATCH = 128
"""Texts that are embedded with one call."""


class OpenAIText:
    """A `TextModel`: chat completions whose answers fit a JSON schema."""

    languages: frozenset[str] | None = None

    def __init__(self, calls: OpenAICalls, name: str) -> None:
        self.id = ModelId(Provider.OPENAI, name)
        self._calls = calls

    async def write(self, request: TextRequest[A], told: Told | None = None) -> Written[A]:
        """The answer; streamed where somebody is to be told of it. Raises `ModelFailure`."""

        async def attempt(client: AsyncOpenAI) -> Written[A]:
            heard = Heard()
            await heard.listen(client, self._arguments(request), told)
            return Written(heard.answer(request.answer), self.id, heard.tokens)

        written, vain = await self._calls.call(attempt)
        return replace(written, tokens=written.tokens + vain)

    def _arguments(self, request: TextRequest[A]) -> dict[str, Any]:
        return {
            "model": self.id.name,
            "messages": messages(request),
            "temperature": request.temperature,
            "max_completion_tokens": request.most,
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": request.answer.__name__,
                    "strict": True,
                    "schema": strict_schema(request.answer),
                },
            },
        }


class Heard:
    """What one completion has said so far."""

    def __init__(self) -> None:
        self.text = ""
        self.refusal = ""
        self.ended: str | None = None
        self.tokens = Tokens()

    async def listen(
        self, client: AsyncOpenAI, arguments: dict[str, Any], told: Told | None
    ) -> None:
        """Hear one completion out."""
        if told is None:
            done = await client.chat.completions.create(**arguments)
            choice = done.choices[0] if done.choices else None
            self._count(done.usage)
            if choice is not None:
                self._hear(choice.message.content, choice.message.refusal, choice.finish_reason)
            return
        stream = await client.chat.completions.create(
            **arguments, stream=True, stream_options={"include_usage": True}
        )
        async with stream:
            async for chunk in stream:
                self._count(chunk.usage)
                for choice in chunk.choices[:1]:
                    self._hear(choice.delta.content, choice.delta.refusal, choice.finish_reason)
                    if choice.delta.content:
                        await told(partial(self.text))

    def _hear(self, text: str | None, refusal: str | None, ended: str | None) -> None:
        self.text += text or ""
        self.refusal += refusal or ""
        self.ended = ended or self.ended

    def _count(self, usage: CompletionUsage | None) -> None:
        if usage is not None:
            details = usage.prompt_tokens_details
            cached = (details.cached_tokens if details else None) or 0
            self.tokens = Tokens(usage.prompt_tokens, usage.completion_tokens, cached)

    def answer(self, kind: type[A]) -> A:
        """The answer in its form. Raises what stands in its place."""
        if self.refusal or self.ended == "content_filter":
            raise ModelRefused(self.tokens)
        if self.ended is None:
            raise ModelUnavailable("broke off", tokens=self.tokens)
        try:
            return msgspec.json.decode(self.text, type=kind)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise ModelAnswerUnusable(self.tokens) from error


class OpenAIEmbeddings:
    """An `EmbeddingModel`."""

    languages: frozenset[str] | None = None

    def __init__(self, calls: OpenAICalls, name: str, dimension: int) -> None:
        self.id = ModelId(Provider.OPENAI, name)
        self.dimension = dimension
        self._calls = calls

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """A vector a text, in their order. Raises `ModelFailure`."""
        vectors: list[Sequence[float]] = []
        tokens = Tokens()
        for start in range(0, len(texts), BATCH):
            try:
                part, used = await self._batch(texts[start : start + BATCH])
            except ModelFailure as failure:
                failure.tokens += tokens
                raise
            vectors += part
            tokens += used
        return Embedded(vectors, self.id, self.dimension, tokens)

    async def _batch(self, texts: Sequence[str]) -> tuple[list[list[float]], Tokens]:
        async def attempt(client: AsyncOpenAI) -> tuple[list[list[float]], Tokens]:
            done = await client.embeddings.create(
                model=self.id.name,
                input=[text or " " for text in texts],
                encoding_format="float",
            )
            tokens = Tokens(done.usage.prompt_tokens if done.usage else 0)
            found = {each.index: each.embedding for each in done.data}
            vectors = [found.get(index, []) for index in range(len(texts))]
            if any(len(vector) != self.dimension for vector in vectors):
                raise ModelAnswerUnusable(tokens)
            return [unit(vector) for vector in vectors], tokens

        (vectors, used), vain = await self._calls.call(attempt)
        return vectors, used + vain


def unit(vector: Sequence[float]) -> list[float]:
    """The vector at length 1."""
    length = sum(value * value for value in vector) ** 0.5 or 1.0
    return [value / length for value in vector]


def messages(request: TextRequest[A]) -> list[dict[str, str]]:
    """Our instructions as the system's, all that others wrote as the user's, fenced."""
    rules, fences = fenced(request.material)
    system = f"{request.instructions}\n\n{rules}" if rules else request.instructions
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": fences or "Write it now."},
    ]


def partial(text: str) -> Mapping[str, Any]:
    """The fields in a JSON object that has not been written to its end."""
    from jiter import from_json

    try:
        found = from_json(text.encode(), partial_mode="trailing-strings")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def strict_schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON schema of a form, as strict structured output takes it.

    The root is an object, every property is required, and no other is allowed.
    """
    whole = json.loads(json.dumps(msgspec.json.schema(kind)))
    definitions: dict[str, dict[str, Any]] = whole.get("$defs", {})
    for each in definitions.values():
        tighten(each)
    root = definitions.pop(whole["$ref"].rpartition("/")[2])
    return {**root, "$defs": definitions} if definitions else root


LEFT_OUT = ("title", "default", "minLength", "maxLength", "minItems", "maxItems", "pattern")


def tighten(schema: dict[str, Any]) -> None:
    """Take out what strict schemas must not have, and close the object."""
    for name in LEFT_OUT:
        schema.pop(name, None)
    properties: dict[str, dict[str, Any]] = schema.get("properties", {})
    if properties:
        schema["required"] = list(properties)
        schema["additionalProperties"] = False
    for each in properties.values():
        tighten(each)
    if isinstance(items := schema.get("items"), dict):
        tighten(items)
