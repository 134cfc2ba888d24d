"""A strategy from answers: what a model is asked to write, and how it is written without one.

The answers complete sentences, so they are joined, not rephrased: what a person said stays theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from datasources.models import Filled
from services.brand_analysis import one
from services.questionnaire import NOT_YET

INSTRUCTIONS = (
    "You are a brand strategist. From the answers of a questionnaire write a strategy: a value "
    "proposition of at most two sentences that names the audience, what changes for them and why "
    "this brand rather than another; the audience; three to five content pillars, each as "
    "'subject: what is said about it, for whom'; two to three goals for this quarter, each with "
    "a measure and a number; three to five rules of tone, each as 'this, never that'. Use only "
    "what the answers say: invent no facts, numbers, customers or awards. Write in the first "
    "person of whoever speaks, plainly, without superlatives."
)


SOME = msgspec.Meta(min_length=1)


class StrategyBrief(msgspec.Struct, frozen=True, kw_only=True):
    """What a strategy is made from: the name of the brand, the answers, and the archetype."""

    name: str
    answers: dict[str, list[str]]
    archetype: str


class GoalDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A goal, to be reached this quarter."""

    title: Filled
    measure: Filled
    target: float | None = None


class StrategyDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a model answers."""

    value_proposition: Filled
    audience: Filled
    pillars: Annotated[list[Filled], SOME]
    goals: Annotated[list[GoalDraft], SOME]
    tone: Annotated[list[Filled], SOME]


def composed(brief: StrategyBrief) -> StrategyDraft:
    """The strategy that follows from the answers alone."""
    answers = brief.answers
    return StrategyDraft(
        value_proposition=proposition(brief),
        audience=audience(answers),
        pillars=pillars(answers),
        goals=goals(answers),
        tone=tone(answers),
    )


def phrase(text: str) -> str:
    """The end of a sentence that somebody completed, as the middle of another."""
    bare = " ".join(text.split()).rstrip(".!… ")
    first, _, rest = bare.partition(" ")
    proper = first == "I" or first[1:] != first[1:].lower() or first.startswith("I'")
    kept = bare if proper else first[:1].lower() + first[1:] + (f" {rest}" if rest else "")
    for start in ("we help them ", "we do that by ", "unlike others, we ", "they struggle with "):
        kept = kept.removeprefix(start)
    return kept


def sentence(text: str) -> str:
    """With a capital at its beginning and a full stop at its end."""
    bare = " ".join(text.split())
    return f"{bare[:1].upper()}{bare[1:]}" + ("" if bare.endswith((".", "!", "?")) else ".")


def joined(items: Sequence[str], last: str = "and") -> str:
    """As one says it: a, b and c."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def proposition(brief: StrategyBrief) -> str:
    """Whom it helps to what, how, why this one, and the proof."""
    answers = brief.answers
    person = one(answers, "speaker") == "A person"
    who, we = ("I help", "I") if person else (f"At {brief.name}, we help", "we")
    parts = [
        f"{who} {phrase(one(answers, 'audience'))} to {phrase(one(answers, 'outcome'))}, "
        f"by {phrase(one(answers, 'method'))}.",
        f"Unlike others, {we} {phrase(one(answers, 'difference'))}.",
    ]
    if evidence := one(answers, "evidence"):
        parts.append(sentence(evidence))
    return " ".join(parts)


def audience(answers: dict[str, list[str]]) -> str:
    """Who they are and what troubles them."""
    who = phrase(one(answers, "audience"))
    needs = [phrase(each) for each in answers.get("needs", ())]
    told = f"{who[:1].upper()}{who[1:]}"
    return f"{told}. They struggle with {joined(needs)}." if needs else f"{told}."


ANGLES = (
    "what to know before you decide",
    "how it is really done, mistakes included",
    "questions we are asked, answered in full",
    "one case from start to finish",
    "what has changed, and what that means for you",
)
TOPICS = 4


def pillars(answers: dict[str, list[str]]) -> list[str]:
    """The subjects, each with what is said about it, and a position where there is one.

    A subject that shares a word with a need answers that need; the others get an angle of ANGLES.
    """
    needs = [phrase(each) for each in answers.get("needs", ())]
    angles = list(ANGLES if one(answers, "speaker") != "A person" else map(as_person, ANGLES))
    made = []
    for topic in answers.get("topics", ())[:TOPICS]:
        need = next((each for each in needs if stems(each) & stems(topic)), None)
        if need is None:
            angle = angles.pop(0)
        else:
            needs.remove(need)
            angle = f"clear answers for those who struggle with {need}"
        made.append(f"{sentence(topic).rstrip('.')}: {angle}")
    if belief := one(answers, "belief"):
        made.append(f"Against the grain: what most people get wrong about {phrase(belief)}")
    elif needs:
        made.append(f"First aid: small steps for those who struggle with {needs[0]}")
    return made


def as_person(angle: str) -> str:
    """As one person says it."""
    return angle.replace("we are", "I am")


def stems(text: str) -> set[str]:
    """The beginnings of its longer words, so that brew, brewing and brewed are one."""
    return {
        word[:5].casefold().rstrip("s") for word in text.split() if len(word) > 3 or word.isupper()
    }


OUTCOMES = {
    "Win customers": ("Win {n} new customers", "New customers who name a post as the reason", 5),
    "Build an audience": ("Gain {n} followers", "Followers on all platforms, net", 300),
    "Be known for expertise": (
        "Be asked {n} times for what you know",
        "Invitations to speak, write or advise",
        3,
    ),
    "Find a job": ("Have {n} interviews", "Interviews that began with your content", 5),
    "Hire": ("Get {n} good applications", "Applicants who name a post as the reason", 10),
}
RHYTHMS = {"Hardly ever": 1, "Once or twice a month": 1, "Every week": 2}


def goals(answers: dict[str, list[str]]) -> list[GoalDraft]:
    """What it is all for; the rhythm that leads there; and whether it is heard."""
    title, measure, usual = OUTCOMES.get(one(answers, "goal"), OUTCOMES["Build an audience"])
    target = int(one(answers, "target") or usual)
    hours = int(one(answers, "hours") or 1)
    weekly = min(RHYTHMS.get(one(answers, "frequency"), 3), max(1, hours // 2))
    times = {1: "once", 2: "twice"}.get(weekly, f"{weekly} times")
    return [
        GoalDraft(title=title.format(n=target), measure=measure, target=float(target)),
        GoalDraft(
            title=f"Publish {times} a week, for 13 weeks",
            measure=f"Pieces published, with {hours} {'hour' if hours == 1 else 'hours'} a week",
            target=float(13 * weekly),
        ),
        GoalDraft(
            title="Start conversations, not applause",
            measure="Comments and replies from people in the audience, in a quarter",
            target=float(13 * weekly * 2),
        ),
    ]


TONES = {
    "Knowledgeable": "Explain, with sources; never lecture",
    "Caring": "Begin with the reader's situation; never with yours",
    "Bold": "Say it outright; never to offend",
    "Playful": "Light about serious things; never at anybody's cost",
    "Dependable": "Promise little and keep it; never exaggerate",
    "Inventive": "Show how it was made; never only the result",
    "Independent": "Speak from experience; never from hearsay",
    "Elegant": "Leave words out; never details",
    "Plain-spoken": "Short words and one thought a sentence; no jargon",
    "Visionary": "Paint what could be, then the first step; never a vision alone",
    "Rebellious": "Name what is broken and a better way; never just complain",
    "Warm": "Write as to one person you like; never gush",
}


def tone(answers: dict[str, list[str]]) -> list[str]:
    """A rule for each trait, one for what is to be avoided, and one for evidence."""
    rules = [TONES[each] for each in answers.get("traits", ()) if each in TONES]
    avoided = [phrase(each) for each in answers.get("avoid", ())]
    if avoided:
        rules.append(f"Never sound {joined(avoided, 'or')}: cut the sentence that does")
    if NOT_YET in answers.get("proof", ()):
        rules.append("Claim only what can be seen; say when something is an opinion")
    else:
        rules.append("Put the evidence beside the claim, in the same post")
    return rules
