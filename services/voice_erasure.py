"""A person's texts leave the voices that others share: what was learned from them goes, too."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from datasources.mongo import Mongo
from datasources.voice import VoiceProfile, VoiceProfiles, VoiceSample, VoiceSamples
from services.voice_heard import encoded
from services.voice_learning import Learned, learn_all


class VoiceErasure:
    """Learns a voice anew from the texts that stay: nothing has to be taken out of sums."""

    def __init__(self, mongo: Mongo, profiles: VoiceProfiles, samples: VoiceSamples) -> None:
        self._mongo = mongo
        self._profiles = profiles
        self._samples = samples

    async def forget(self, user_id: str, besides: Sequence[str]) -> None:
        """Erase the person's texts in every workspace, but for those that go as a whole."""
        theirs = {"added_by": user_id, "workspace_id": {"$nin": list(besides)}}
        while (found := await self._samples.find_one(theirs)) is not None:
            await self._forget_in(found.workspace_id, user_id)

    async def _forget_in(self, home: str, user_id: str) -> None:
        """Learn from the others' texts, and keep that if none was added or taken meanwhile."""
        profile = await self._profiles.get(home)
        stay = await self._samples.find({"workspace_id": home, "added_by": {"$ne": user_id}})
        learned = await asyncio.to_thread(learn_all, [(each.text, each.verdict) for each in stay])

        async def change() -> None:
            if profile is not None and not await self._relearned(profile, stay, learned):
                return
            await self._samples.delete_many({"workspace_id": home, "added_by": user_id})

        await self._mongo.transact(change)

    async def _relearned(
        self, seen: VoiceProfile, stay: Sequence[VoiceSample], learned: Learned
    ) -> bool:
        """Within a transaction: whether the profile was still as it was seen, and is changed."""
        values: dict[str, Any] = {
            "learned": encoded(learned),
            "texts": len(stay),
            "letters": sum(len(each.text) for each in stay),
        }
        as_seen = {"_id": seen.id, "version": seen.version}
        changed = await self._profiles.update(as_seen, {"$set": values, "$inc": {"version": 1}})
        if changed is not None and not stay:
            await self._profiles.delete(seen.id)
        return changed is not None
