"""The text model that is always there: composers that fill templates, the same each time.

It reads the brief and never the prose, so that nothing written in the material can instruct it.
It says `template` and pretends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from datasources.models import ModelId, ModelMisconfigured, Provider, TextRequest, Told, Written

A = TypeVar("A", bound=msgspec.Struct)

Composer = Callable[[Any], msgspec.Struct]
"""Makes the answer to one kind of brief."""


class TemplateText:
    """A `TextModel`. `composers` makes the answer of each kind of brief; English only."""

    languages: frozenset[str] | None = frozenset({"en"})

    def __init__(self, composers: Mapping[type, Composer]) -> None:
        self.id = ModelId(Provider.OFFLINE, "template")
        self._composers = composers

    async def write(self, request: TextRequest[A], told: Told | None = None) -> Written[A]:
        """The composer's answer. Raises `ModelMisconfigured` for a brief that none knows."""
        composer = self._composers.get(type(request.brief))
        if composer is None:
            raise ModelMisconfigured("no template writes this offline; set OPENAI_API_KEY")
        answer = msgspec.convert(msgspec.to_builtins(composer(request.brief)), request.answer)
        if told is not None:
            await told(msgspec.to_builtins(answer))
        return Written(answer, self.id)
