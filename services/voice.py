"""Voices: how a workspace writes, learned from its texts and from what becomes of drafts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from datasources.mongo import Mongo
from datasources.pages import Order, Page, Window, page
from datasources.voice import Verdict, VoiceProfiles, VoiceSample, VoiceSamples
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.failures import BadInput, Failure, NotFound
from services.ids import NewId
from services.permissions import Permission
from services.viewer import Viewer
from services.voice_heard import HeardVoices, Match, Voice, decoded, encoded, matched
from services.voice_learning import ENOUGH, Learned, learn, learn_all
from services.voice_texts import TOTAL, SamplesTooLarge, digest, sample, samples, words_in

LISTED = Order()


class VoiceNotLearned(Failure):
    """Too little is known of the voice to compare a text with it."""

    code = "VOICE_NOT_LEARNED"

    def __init__(self, words: int) -> None:
        super().__init__(
            f"Only {words} words are known of this voice, and it takes {ENOUGH}: add writing "
            "samples first.",
            words=words,
            needed=ENOUGH,
        )


class VoiceService:
    """Whoever has BRAND_READ sees a workspace's voice; whoever has BRAND_WRITE teaches it."""

    def __init__(
        self,
        mongo: Mongo,
        profiles: VoiceProfiles,
        samples: VoiceSamples,
        access: Access,
        audit: Audit,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._heard = HeardVoices(profiles)
        self._mongo = mongo
        self._profiles = profiles
        self._samples = samples
        self._access = access
        self._audit = audit
        self._clock = clock
        self._new_id = new_id

    async def get(self, viewer: Viewer, workspace_id: str) -> Voice | None:
        """The voice of a workspace; None where nothing was learned yet."""
        await self._access.check(viewer, Permission.BRAND_READ, workspace_id)
        return await self._heard.known(workspace_id)

    async def match(self, viewer: Viewer, workspace_id: str, text: str) -> Match:
        """Compare a text with the voice. VoiceNotLearned where too little is known of it."""
        await self._access.check(viewer, Permission.BRAND_READ, workspace_id)
        kept = await asyncio.to_thread(sample, "text", text)
        voice = await self._heard.known(workspace_id)
        if voice is None or not voice.learned.enough:
            raise VoiceNotLearned(voice.learned.own.words if voice else 0)
        return await asyncio.to_thread(matched, voice.learned, kept)

    async def texts(self, viewer: Viewer, workspace_id: str, window: Window) -> Page[VoiceSample]:
        """A slice of what the voice was learned from, latest first."""
        await self._access.check(viewer, Permission.BRAND_READ, workspace_id)
        return await page(self._samples, {"workspace_id": workspace_id}, LISTED, window)

    async def add(self, viewer: Viewer, workspace_id: str, texts: Sequence[str]) -> Voice:
        """Learn from texts of the voice's own. One that is there already changes nothing."""
        await self._access.check(viewer, Permission.BRAND_WRITE, workspace_id)
        kept = await asyncio.to_thread(samples, texts)
        return await self._teach(viewer, workspace_id, [(each, Verdict.OWN) for each in kept])

    async def tell(
        self, viewer: Viewer, workspace_id: str, draft: str, verdict: Verdict, edited: str | None
    ) -> Voice:
        """Learn from what became of a draft: taken, refused, or `edited` into another text.

        The edited text counts as the voice's own; the draft that it was made from does not.
        """
        await self._access.check(viewer, Permission.BRAND_WRITE, workspace_id)
        if (verdict is Verdict.EDITED) != (edited is not None):
            raise BadInput("edited", "goes with the verdict EDITED, and with no other.")
        field, text = ("draft", draft) if edited is None else ("edited", edited)
        kept = await asyncio.to_thread(sample, field, text)
        return await self._teach(viewer, workspace_id, [(kept, verdict)])

    async def remove(self, viewer: Viewer, ids: Sequence[str], workspace_id: str) -> Voice:
        """Forget texts, and what was learned from them."""
        await self._access.check(viewer, Permission.BRAND_WRITE, workspace_id)

        async def change() -> Voice:
            voice = await self._turn(workspace_id)
            found = {each.id: each for each in await self._held(workspace_id, ids)}
            missing = next((id for id in ids if id not in found), None)
            if missing is not None:
                raise NotFound("sample", missing)
            gone = await asyncio.to_thread(
                learn_all, [(each.text, each.verdict) for each in found.values()]
            )
            await self._samples.delete_many({"_id": {"$in": list(found)}})
            letters = sum(len(each.text) for each in found.values())
            return await self._keep(
                viewer, voice, voice.learned.minus(gone), -len(found), -letters, "voice.forgot"
            )

        return await self._mongo.transact(change)

    async def _held(self, workspace_id: str, ids: Sequence[str]) -> list[VoiceSample]:
        return await self._samples.find({"_id": {"$in": list(ids)}, "workspace_id": workspace_id})

    async def _teach(
        self, viewer: Viewer, workspace_id: str, texts: Sequence[tuple[str, Verdict]]
    ) -> Voice:
        learned = await asyncio.to_thread(lambda: [learn(*each) for each in texts])
        made = [self._sample(viewer, workspace_id, *each) for each in texts]

        async def change() -> Voice:
            voice = await self._turn(workspace_id)
            there = await self._samples.find(
                {"workspace_id": workspace_id, "digest": {"$in": [each.digest for each in made]}}
            )
            known = {each.digest for each in there}
            new = [at for at, each in enumerate(made) if each.digest not in known]
            letters = sum(len(made[at].text) for at in new)
            if voice.record.letters + letters > TOTAL:
                raise SamplesTooLarge("samples", voice.record.letters + letters, TOTAL)
            await self._samples.insert_many([made[at] for at in new])
            total = voice.learned
            for at in new:
                total = total.plus(learned[at])
            return await self._keep(viewer, voice, total, len(new), letters, "voice.learned")

        return await self._mongo.transact(change)

    def _sample(
        self, viewer: Viewer, workspace_id: str, text: str, verdict: Verdict
    ) -> VoiceSample:
        return VoiceSample(
            id=self._new_id("vsm"),
            workspace_id=workspace_id,
            added_by=viewer.id(),
            verdict=verdict,
            text=text,
            words=words_in(text),
            digest=digest(text),
            created_at=self._clock(),
        )

    async def _turn(self, workspace_id: str) -> Voice:
        """The voice, for the transaction around: no other changes it meanwhile."""
        now = self._clock()
        blank = {"learned": encoded(Learned()), "texts": 0, "letters": 0, "created_at": now}
        record = await self._profiles.update(
            {"_id": workspace_id},
            {"$setOnInsert": blank, "$set": {"updated_at": now}, "$inc": {"version": 1}},
            upsert=True,
        )
        if record is None:
            raise NotFound("workspace", workspace_id)
        return Voice(record, decoded(record))

    async def _keep(
        self, viewer: Viewer, voice: Voice, learned: Learned, texts: int, letters: int, action: str
    ) -> Voice:
        id = voice.record.id
        record = await self._profiles.update(
            {"_id": id},
            {
                "$set": {"learned": encoded(learned)},
                "$inc": {"texts": texts, "letters": letters},
            },
        )
        if record is None:
            raise NotFound("workspace", id)
        await self._audit.record(viewer, id, action, id, texts=texts)
        return Voice(record, learned)
