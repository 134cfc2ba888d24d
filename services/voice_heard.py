"""A voice as those hear it who write and judge: told in words, compared with a text."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from datasources.voice import VoiceProfile, VoiceProfiles
from services.voice_differences import Difference, differences
from services.voice_learning import Known, Learned, heard, known
from services.voice_traits import never, traits

READY = 16
"""Voices that a process keeps ready, some hundred kilobytes each: those that were heard last."""


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
        self._ready: dict[str, tuple[bytes, HeardVoice]] = {}

    async def known(self, workspace_id: str) -> Voice | None:
        """The voice of a workspace; None where nothing was learned yet."""
        record = await self._profiles.get(workspace_id)
        return None if record is None else Voice(record, decoded(record))

    async def heard(self, workspace_id: str) -> HeardVoice | None:
        """The voice, made ready once for as long as it stays the same; None where too little is
        known."""
        record = await self._profiles.get(workspace_id)
        learned, voice = self._ready.pop(workspace_id, (b"", None))
        if record is None:
            return None
        if voice is None or learned != record.learned:
            voice = HeardVoice(decoded(record))
        self._ready[workspace_id] = record.learned, voice
        while len(self._ready) > READY:
            del self._ready[next(iter(self._ready))]
        return voice if voice.enough else None


class HeardVoice:
    """One voice, for whoever writes and judges in it. What takes long is done in a thread."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned
        self.enough = learned.enough

    @cached_property
    def _known(self) -> Known:
        return known(self._learned)

    @cached_property
    def _description(self) -> str:
        return description(self._learned)

    async def described(self) -> str:
        """The voice in words, for a model that writes."""
        return await asyncio.to_thread(lambda: self._description)

    async def compared(self, texts: Sequence[str]) -> Sequence[tuple[float, list[str]]]:
        """Each text's score, and a sentence a difference."""
        return await asyncio.to_thread(lambda: [self._compared(each) for each in texts])

    def _compared(self, text: str) -> tuple[float, list[str]]:
        match = compared(self._learned, self._known, text)
        return match.score, [sentence(each) for each in match.differences]


def matched(learned: Learned, text: str) -> Match:
    """The comparison: some milliseconds of CPU."""
    return compared(learned, known(learned), text)


def compared(learned: Learned, voice: Known, text: str) -> Match:
    """The same where the voice is ready for texts."""
    found = heard(text)
    score = voice.match(found).score
    return Match(round(score, 4), learned.confidence, differences(found.habits, learned.habits))


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
