"""Voices through the API: learned, told, compared, corrected, forgotten."""

from __future__ import annotations

from typing import Any

from datasources.voice import Verdict
from server.demo_story import pieces
from services.voice_heard import decoded
from services.voice_learning import learn_all
from tests.client import PASSWORD, Client
from tests.conftest import Running
from tests.resolvers.test_erasure import join, workspace

ADD = """mutation($samples: [String!]!, $at: ID) {
  addWritingSamples(samples: $samples, workspaceId: $at) {
    workspaceId texts words ready confidence sentenceLength tone neverSaid
    traits { name value because } } }"""
PROFILE = """query($at: ID) { voiceProfile(workspaceId: $at) {
  texts words confidence
  samples(first: 50) { edges { node { id text verdict addedBy { id } } } } } }"""
MATCH = """query($text: String!) { voiceMatch(text: $text) {
  score confidence differences { field usual found advice } } }"""
REMOVE = "mutation($ids: [ID!]!) { removeWritingSamples(ids: $ids) { texts words confidence } }"
TELL = """mutation($input: VoiceFeedbackInput!) {
  giveVoiceFeedback(input: $input) { texts words } }"""
LOUD = (
    "OMG!!! You won't BELIEVE what we just did!!! 🚀🚀🚀 Big news, friends, and you are the first "
    "to hear it! Tag three people who need this today! #blessed #hustle #winning"
)


def posts(name: str = "personal") -> list[str]:
    """What somebody wrote over months."""
    return [piece.bodies[-1] for piece in pieces(name) if len(piece.bodies[-1].split()) > 15]


async def learned(client: Client) -> Any:
    """A profile from all but the last of them."""
    return (await client.data(ADD, samples=posts()[:-1]))["addWritingSamples"]


async def test_a_profile_tells_every_field_and_how_far_to_trust_it(ada: Client) -> None:
    assert (await ada.data(PROFILE))["voiceProfile"] is None
    found = await learned(ada)
    assert found["ready"] is True
    assert found["texts"] == len(posts()) - 1
    assert 0.4 < found["confidence"] < 1
    names = [each["name"] for each in found["traits"]]
    assert ", ".join(names) == (
        "tone, sentence length, rhythm, vocabulary, punctuation, emoji, hashtags, openings"
    )
    assert all(each["value"] and each["because"] for each in found["traits"])
    assert "emoji" in found["neverSaid"]


async def test_ones_own_text_scores_above_a_strangers_which_is_told_what_differs(
    ada: Client,
) -> None:
    await learned(ada)
    own = (await ada.data(MATCH, text=posts()[-1]))["voiceMatch"]
    other = (await ada.data(MATCH, text=LOUD))["voiceMatch"]
    assert own["score"] > 0.5 > other["score"]
    fields = [each["field"] for each in other["differences"]]
    assert {"exclamation marks", "emoji"} <= set(fields)
    assert all(each["advice"].endswith(".") for each in other["differences"])


async def test_learning_twice_is_learning_once_and_forgetting_leaves_nothing(
    ada: Client,
) -> None:
    once = await learned(ada)
    assert await learned(ada) == once
    more = (await ada.data(ADD, samples=[posts()[-1]]))["addWritingSamples"]
    assert more["texts"] == once["texts"] + 1
    edges = (await ada.data(PROFILE))["voiceProfile"]["samples"]["edges"]
    latest = edges[0]["node"]
    assert (latest["text"], latest["verdict"]) == (posts()[-1].strip(), "OWN")
    assert latest["addedBy"]["id"] == ada.user_id
    left = (await ada.data(REMOVE, ids=[latest["id"]]))["removeWritingSamples"]
    assert (left["texts"], left["words"]) == (once["texts"], once["words"])
    ids = [edge["node"]["id"] for edge in edges[1:]]
    gone = (await ada.data(REMOVE, ids=ids))["removeWritingSamples"]
    assert (gone["texts"], gone["words"], gone["confidence"]) == (0, 0, 0.0)
    assert await ada.code(REMOVE, ids=ids[:1]) == "NOT_FOUND"


async def test_what_becomes_of_drafts_moves_the_score(ada: Client) -> None:
    await learned(ada)
    before = (await ada.data(MATCH, text=LOUD))["voiceMatch"]["score"]
    for at in range(3):
        draft = {"draft": f"{LOUD} Part {at} of our story!", "verdict": "REJECTED"}
        told = (await ada.data(TELL, input=draft))["giveVoiceFeedback"]
    assert told["texts"] == len(posts()) + 2
    after = (await ada.data(MATCH, text=LOUD))["voiceMatch"]["score"]
    assert after < before
    edited = {"draft": LOUD, "verdict": "EDITED", "edited": posts()[-1]}
    assert (await ada.data(TELL, input=edited))["giveVoiceFeedback"]["words"] > told["words"]
    wrong = {"draft": LOUD, "verdict": "ACCEPTED", "edited": LOUD}
    assert await ada.code(TELL, input=wrong) == "BAD_USER_INPUT"


async def test_what_cannot_be_learned_from_is_said_with_a_code(ada: Client) -> None:
    assert await ada.code(MATCH, text=posts()[0]) == "VOICE_NOT_LEARNED"
    assert await ada.code(ADD, samples=["Too short."]) == "TEXT_TOO_SHORT"
    assert await ada.code(ADD, samples=[]) == "BAD_USER_INPUT"
    assert await ada.code(ADD, samples=["word " * 11_000]) == "TEXT_TOO_LARGE"
    german = "Der Kaffee ist zu bitter, und deshalb mahlen wir ihn heute gröber als gestern."
    refused = await ada.run(ADD, samples=[posts()[0], german])
    assert refused.code == "LANGUAGE_NOT_SUPPORTED"
    assert refused.error["extensions"]["field"] == "samples.1"
    assert (await ada.data(PROFILE))["voiceProfile"] is None
    huge = await ada.run(ADD, samples=["a word " * 1_500_000])
    assert huge.code == "PAYLOAD_TOO_LARGE"


async def test_a_voice_goes_with_the_account(server: Running, ada: Client) -> None:
    await learned(ada)
    exported = (await ada.data("{ exportMyData }"))["exportMyData"]
    assert exported["voiceSamples"][0]["text"] in [each.strip() for each in posts()]
    assert "learned" not in exported["voiceProfiles"][0]
    await ada.data("mutation D($p: String!) { deleteMe(password: $p) }", p=PASSWORD)
    stores = server.backend.stores
    assert await stores.voice_profiles.count({}) == await stores.voice_samples.count({}) == 0


async def test_who_deletes_their_account_leaves_nothing_in_a_voice_that_others_share(
    server: Running, ada: Client, bob: Client
) -> None:
    shared = await workspace(bob, "Engines")
    await join(bob, ada, shared, "EDITOR")
    own, hers = posts()[:-2], posts("kettle")[:3]
    await bob.data(ADD, samples=own, at=shared)
    await ada.data(ADD, samples=hers, at=shared)
    empty = await workspace(bob, "Looms")
    await join(bob, ada, empty, "EDITOR")
    await ada.data(ADD, samples=hers, at=empty)
    await ada.data("mutation D($p: String!) { deleteMe(password: $p) }", p=PASSWORD)
    stores = server.backend.stores
    (left,) = await stores.voice_profiles.find({})
    assert (left.id, left.texts) == (shared, len(own))
    assert left.letters == sum(len(each.strip()) for each in own)
    alone = learn_all([(each.strip(), Verdict.OWN) for each in own])
    assert decoded(left) == alone
    assert await stores.voice_samples.count({"added_by": {"$ne": bob.user_id}}) == 0
