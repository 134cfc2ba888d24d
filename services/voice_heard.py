"""A voice as those hear it who write and judge: told in words, compared with a text."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from datasources.voice import VoiceProfile, VoiceProfiles
from services.voice_differences import Difference, differences
from services.voice_learning import Learned
from services.voice_traits import never, traits


@dataclass(frozen=True, slots=True)
class Voice:
    """A profile, and what was learned in it."""

    record: VoiceProfile
    learned: Learned


@dataclass(frozen=True, slots=True)
class Match:
    """How much a text sounds like the voice, from 0 to 1, and where it does not.

    `confidence` is how far the profile can be trusted.
    """

    score: float
    confidence: float
    differences: Sequence[Difference]


class HeardVoices:
    """For services that have asked already whether the viewer may."""

    def __init__(self, profiles: VoiceProfiles) -> None:
        self._profiles = profiles

    async def known(self, workspace_id: str) -> Voice | None:
        """The voice of a workspace; None where nothing was learned yet."""
        record = await self._profiles.get(workspace_id)
        return None if record is None else Voice(record, decoded(record))

    async def described(self, workspace_id: str) -> str | None:
        """The voice in words, for a model that writes; None where too little is known of it."""
        voice = await self.known(workspace_id)
        if voice is None or not voice.learned.enough:
            return None
        return await asyncio.to_thread(description, voice.learned)

    async def compared(
        self, workspace_id: str, texts: Sequence[str]
    ) -> list[tuple[float, list[str]]] | None:
        """Each text's score, and a sentence a difference; None where too little is known."""
        voice = await self.known(workspace_id)
        if voice is None or not voice.learned.enough:
            return None
        found = [await asyncio.to_thread(matched, voice.learned, text) for text in texts]
        return [(match.score, [sentence(each) for each in match.differences]) for match in found]


def matched(learned: Learned, text: str) -> Match:
    """The comparison: about 20 ms of CPU."""
    score = learned.match(text).score
    return Match(round(score, 4), learned.confidence, differences(text, learned.habits))


def sentence(each: Difference) -> str:
    """A difference in words."""
    return f"{each.field}: {each.found}, usually {each.usual}. {each.advice}"


def description(learned: Learned) -> str:
    """The voice in words."""
    told = [f"{each.name}: {each.value}" for each in traits(learned)]
    missed = never(learned.own, learned.habits)
    return "\n".join([*told, *([f"never uses: {', '.join(missed)}"] if missed else [])])


def encoded(learned: Learned) -> bytes:
    """As it is stored."""
    return msgspec.msgpack.encode(learned)


def decoded(record: VoiceProfile) -> Learned:
    """What was stored."""
    return msgspec.msgpack.decode(record.learned, type=Learned)
