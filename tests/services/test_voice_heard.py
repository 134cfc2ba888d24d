"""Voices that are kept ready: what was learned since, or forgotten, is heard at once."""

from __future__ import annotations

from datasources.mongo import Mongo
from datasources.stores import Stores
from datasources.voice import VoiceProfile
from services.clock import utc_now
from services.voice_heard import READY, HeardVoices, encoded, matched
from services.voice_learning import Learned, learn

CALM = "We weave slowly, and we say so. Wool keeps what hands have told it, year after year. " * 8
LOUD = "Big news!!! We did it, folks! You won't believe what came off the loom today!!! Wow! " * 8
TEXT = "We weave slowly, and we say what the wool has told us. It keeps for years."


def profile(learned: Learned, home: str = "wsp_home") -> VoiceProfile:
    """As it is stored."""
    now = utc_now()
    return VoiceProfile(
        id=home, learned=encoded(learned), texts=1, letters=9, created_at=now, updated_at=now
    )


async def test_a_voice_is_made_ready_once_and_anew_when_it_learned_something(mongo: Mongo) -> None:
    profiles = Stores.on(mongo).voice_profiles
    voices = HeardVoices(profiles)
    assert await voices.heard("wsp_home") is None
    calm = learn(CALM)
    await profiles.insert(profile(calm))
    first = await voices.heard("wsp_home")
    assert first is not None
    assert await voices.heard("wsp_home") is first
    assert (await first.compared([TEXT]))[0][0] == matched(calm, TEXT).score
    more = calm.plus(learn(LOUD))
    changed = {"$set": {"learned": encoded(more)}}
    await profiles.update({"_id": "wsp_home"}, changed)
    second = await voices.heard("wsp_home")
    assert second is not None
    assert await second.described() != await first.described()
    assert (await second.compared([TEXT]))[0][0] == matched(more, TEXT).score
    await profiles.update({"_id": "wsp_home"}, {"$set": {"learned": encoded(learn("Too few."))}})
    assert await voices.heard("wsp_home") is None
    await profiles.delete("wsp_home")
    assert await voices.heard("wsp_home") is None


async def test_voices_of_many_workspaces_are_not_all_kept(mongo: Mongo) -> None:
    """Only those that were heard last; each is its own workspace's."""
    profiles = Stores.on(mongo).voice_profiles
    voices, calm = HeardVoices(profiles), learn(CALM)
    for number in range(READY + 1):
        await profiles.insert(profile(calm, f"wsp_{number}"))
    kept = [await voices.heard(f"wsp_{number}") for number in range(READY + 1)]
    assert await voices.heard(f"wsp_{READY}") is kept[READY]
    assert await voices.heard("wsp_0") is not kept[0]
