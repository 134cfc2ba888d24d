"""Voices: what was learned of how a workspace writes, and the texts that it was learned from."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record


class Verdict(StrEnum):
    """Where a text comes from: the person wrote it, or said of a draft what they think of it.

    OWN is a writing sample. ACCEPTED: a draft that was taken as it is. EDITED: what the person
    made of a draft. REJECTED: a draft that they would not put their name to.
    """

    OWN = "OWN"
    ACCEPTED = "ACCEPTED"
    EDITED = "EDITED"
    REJECTED = "REJECTED"


class VoiceProfile(Record, frozen=True, kw_only=True):
    """The voice of a workspace, whose id it has. `learned` are sums, see services/voice_learning.

    `version` rises by one with every text that is added or taken away.
    """

    learned: bytes
    texts: int
    letters: int
    version: int = 1
    created_at: datetime
    updated_at: datetime


class VoiceProfiles(Collection[VoiceProfile]):
    """All voices."""

    name = "voice_profiles"
    record = VoiceProfile


class VoiceSample(Record, frozen=True, kw_only=True):
    """A text that the voice was learned from. `digest` tells a text that is there already."""

    workspace_id: str
    added_by: str | None
    verdict: Verdict
    text: str
    words: int
    digest: str
    created_at: datetime


class VoiceSamples(Collection[VoiceSample]):
    """All of them."""

    name = "voice_samples"
    record = VoiceSample
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="of_workspace"),
        IndexModel([("workspace_id", ASCENDING), ("digest", ASCENDING)], name="once", unique=True),
        IndexModel([("added_by", ASCENDING)], name="of_user"),
    )
