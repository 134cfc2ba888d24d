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

    async def heard(self, workspace_id: str) -> HeardVoice | None:
        """The voice, decoded once for all that is asked of it; None where too little is known."""
        voice = await self.known(workspace_id)
        return HeardVoice(voice.learned) if voice and voice.learned.enough else None


class HeardVoice:
    """One voice, for whoever writes and judges in it. What takes long is done in a thread."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned

    async def described(self) -> str:
        """The voice in words, for a model that writes."""
        return await asyncio.to_thread(description, self._learned)

    async def compared(self, texts: Sequence[str]) -> Sequence[tuple[float, list[str]]]:
        """Each text's score, and a sentence a difference."""
        return await asyncio.to_thread(lambda: [self._compared(each) for each in texts])

    def _compared(self, text: str) -> tuple[float, list[str]]:
        match = matched(self._learned, text)
        return match.score, [sentence(each) for each in match.differences]


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
