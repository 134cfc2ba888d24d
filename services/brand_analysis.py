"""What answers show: strengths, gaps and an archetype, each with the answers that show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from datasources.brands import Analysis, Finding
from services.questionnaire import NOT_YET, Answers


def one(answers: Answers, id: str) -> str:
    """The answer to a question that has one; empty where there is none."""
    return next(iter(answers.get(id, ())), "")


@dataclass(frozen=True, slots=True)
class Rule:
    """A finding, when it holds, and the questions whose answers show it."""

    title: str
    detail: str
    shown_by: Sequence[str]
    holds: Callable[[Answers], bool]

    def finding(self, answers: Answers) -> Finding:
        """With the evidence."""
        evidence = [f"{id}: {', '.join(answers[id])}" for id in self.shown_by if id in answers]
        absent = [f"{id}: not answered" for id in self.shown_by if id not in answers]
        return Finding(title=self.title, detail=self.detail, evidence=evidence or absent)


def words(text: str) -> int:
    """How many words."""
    return len(text.split())


def proved(answers: Answers) -> bool:
    """Whether there is anything to show."""
    return bool(answers.get("proof")) and NOT_YET not in answers["proof"]


def often(answers: Answers) -> bool:
    """Whether they publish every week at least."""
    return one(answers, "frequency") in {"Every week", "Several times a week"}


VAGUE = {"everyone", "everybody", "anyone", "people", "businesses", "all", "companies"}


def vague(answers: Answers) -> bool:
    """Whether the audience could be anybody."""
    said = one(answers, "audience").casefold().split()
    return len(said) < 3 or said[0] in {"everyone", "everybody", "anyone"} or set(said) <= VAGUE


STRENGTHS = (
    Rule("A sharply drawn audience",
         "You know whom you serve and what troubles them, so every post has someone to speak to.",
         ("audience", "needs"), lambda a: not vague(a) and len(a.get("needs", ())) >= 2),
    Rule("Evidence to point to",
         "Claims that can be checked are believed. Lead with this one, and repeat it.",
         ("evidence", "proof"), proved),
    Rule("A view of your own",
         "A position that others in the field would argue with is what people remember, and share.",
         ("belief",), lambda a: bool(one(a, "belief"))),
    Rule("A difference that can be seen",
         "It is something you do, not something you call yourself: readers can verify it.",
         ("difference",), lambda a: words(one(a, "difference")) >= 4),
    Rule("A rhythm that is already there",
         "You publish every week. Strategy can work on what you say instead of whether you do.",
         ("frequency",), often),
    Rule("Enough to say for years",
         "Four subjects or more carry a calendar without repeating themselves.",
         ("topics",), lambda a: len(a.get("topics", ())) >= 4),
)  # fmt: skip

GAPS = (
    Rule("The audience is too wide",
         "What is meant for everybody is read by nobody in particular. Name a group that you "
         "could find in one room.", ("audience",), vague),
    Rule("Nothing to show yet",
         "Collect three results within a month: a number, a quote, a before and after. Until "
         "then, show how you work instead of claiming that it works.",
         ("proof",), lambda a: not proved(a)),
    Rule("No position yet",
         "Without something that you see differently, posts inform but do not distinguish. Finish "
         "the sentence: most people in our field are wrong about …",
         ("belief",), lambda a: not one(a, "belief")),
    Rule("Too few hours for the ambition",
         "Under two hours a week carries one good piece. Plan one, and reuse it on each platform.",
         ("hours",), lambda a: int(one(a, "hours") or 0) < 2),
    Rule("Publishing by chance",
         "Audiences are built by showing up. Fix one day a week before anything else.",
         ("frequency",), lambda a: not often(a)),
    Rule("A goal without a number",
         "You will not know whether the quarter went well. Choose one figure that you can count.",
         ("goal", "target"), lambda a: not one(a, "target")),
    Rule("Problems known by halves",
         "One problem is not enough to fill a calendar with answers. Ask five customers what "
         "they tried before they came to you.",
         ("needs",), lambda a: len(a.get("needs", ())) < 2),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Archetype:
    """A character that a brand can be told as, after Mark and Pearson, 2001."""

    name: str
    detail: str
    traits: Sequence[str]
    goals: Sequence[str] = ()


ARCHETYPES = (
    Archetype("The Sage", "People come to understand. Explain, cite, correct, and never oversell.",
              ("Knowledgeable", "Plain-spoken"), ("Be known for expertise",)),
    Archetype("The Caregiver", "People come to be looked after. Answer, reassure, remember names.",
              ("Caring", "Warm", "Dependable"), ("Win customers",)),
    Archetype("The Outlaw", "People come because somebody says it at last. Name what is broken, "
              "and show the other way.", ("Rebellious", "Bold")),
    Archetype("The Creator", "People come to see things made. Show drafts, choices, mistakes.",
              ("Inventive", "Elegant"), ("Build an audience",)),
    Archetype("The Explorer", "People come along. Report from where others have not been.",
              ("Independent", "Bold"), ("Find a job",)),
    Archetype("The Magician", "People come for what could be. Paint the after, then the steps.",
              ("Visionary", "Inventive")),
    Archetype("The Jester", "People come to enjoy themselves. Be light about serious things.",
              ("Playful",), ("Build an audience",)),
    Archetype("The Everyman", "People come because you are one of them. Say it as they would.",
              ("Plain-spoken", "Dependable", "Warm"), ("Hire",)),
)  # fmt: skip


def analysis(answers: Answers) -> Analysis:
    """What a complete set of answers shows."""
    archetype, evidence = archetype_of(answers)
    return Analysis(
        archetype=archetype.name,
        archetype_detail=archetype.detail,
        archetype_evidence=evidence,
        strengths=[each.finding(answers) for each in STRENGTHS if each.holds(answers)],
        gaps=[each.finding(answers) for each in GAPS if each.holds(answers)],
    )


def archetype_of(answers: Answers) -> tuple[Archetype, list[str]]:
    """The one that most speaks for, and what does: a trait counts 2, the goal and a belief 1."""
    points: Mapping[str, list[str]] = {each.name: reasons(each, answers) for each in ARCHETYPES}

    def weight(each: Archetype) -> int:
        return sum(2 if reason.startswith("traits") else 1 for reason in points[each.name])

    best = max(ARCHETYPES, key=weight)
    return best, points[best.name]


def reasons(archetype: Archetype, answers: Answers) -> list[str]:
    """What speaks for an archetype."""
    found = [f"traits: {each}" for each in answers.get("traits", ()) if each in archetype.traits]
    found += [f"goal: {each}" for each in answers.get("goal", ()) if each in archetype.goals]
    if archetype.name in {"The Outlaw", "The Sage"} and (belief := one(answers, "belief")):
        found.append(f"belief: most are wrong about {belief}")
    return found
