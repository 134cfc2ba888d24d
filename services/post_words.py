"""Words around a topic: its headline, how a post ends, whether it is news."""

from __future__ import annotations

import re

NEWS = re.compile(
    r"^(we|we're|we've|i|i'm|i've|our|my|today|announcing|introducing|launching|meet|now)\b", re.I
)
ENDS = ".!?…:"
CLOSINGS = {
    "warm": (
        "How is it where you are? I would love to read it.",
        "Tell me what I have missed.",
        "What has helped you most?",
    ),
    "bold": (
        "Pick one. Do it this week.",
        "Disagree? Say where.",
        "Start today, and improve it tomorrow.",
    ),
    "formal": (
        "Comments and corrections are welcome.",
        "Which of these points matters most in your organisation?",
        "I look forward to other perspectives on this.",
    ),
    "playful": (
        "Asking for a friend, obviously: which one is yours?",
        "No prizes for guessing which one is mine.",
        "Points for honesty in the comments.",
    ),
    "plain": (
        "Which one would you add?",
        "What would you put first?",
        "Where do you see it differently?",
    ),
}
INVITATIONS = {
    "warm": ("I would love to hear what you think of it.", "Tell me what you would like to know."),
    "bold": ("Ask me anything about it.", "Tell me what you think. Frankly."),
    "formal": ("Questions are welcome in the comments.", "Further details are gladly given."),
    "playful": ("Questions, doubts and applause below, please.", "Ask away. Be gentle."),
    "plain": ("Ask whatever you would like to know about it.", "What would you like to know?"),
}
TONES = {
    "warm": ("warm", "friendly", "kind", "empathetic", "caring", "casual", "conversational"),
    "bold": ("bold", "confident", "direct", "provocative", "strong", "energetic", "inspir"),
    "formal": ("formal", "professional", "serious", "authoritative", "academic", "neutral"),
    "playful": ("playful", "funny", "humor", "humour", "witty", "light", "ironic"),
}


def tone_of(tone: str) -> str:
    """The nearest of the tones that the composer has."""
    wanted = tone.casefold()
    for name, words in TONES.items():
        if any(word in wanted for word in words):
            return name
    return "plain"


def closing(tone: str, number: int) -> str:
    """The last words, in that tone."""
    found = CLOSINGS[tone_of(tone)]
    return found[number % len(found)]


def invitation(tone: str, number: int) -> str:
    """How news end, in that tone."""
    found = INVITATIONS[tone_of(tone)]
    return found[number % len(found)]


def headline(topic: str, suffix: str) -> str:
    """The topic and the angle, as one line."""
    name = capitalised(topic.strip())
    if name.endswith("?"):
        return f"{name} {capitalised(suffix)}."
    return f"{name.rstrip(ENDS)}: {suffix}."


def sentence(text: str) -> str:
    """The text with a capital and an end."""
    kept = capitalised(text.strip())
    if not kept or kept[-1] in ENDS or re.search(r"https?://\S+$", kept):
        return kept
    return f"{kept}."


def whom(audience: str) -> str:
    """Whom a text is for, as words within a sentence: the first sentence of a description."""
    first = re.split(r"[.!?](?:\s|$)", audience.strip(), maxsplit=1)[0].strip()
    begins = first.split(maxsplit=1)[0] if first else ""
    proper = any(letter.isupper() for letter in begins[1:])
    return first if proper else first[:1].lower() + first[1:]


def capitalised(text: str) -> str:
    """The text with a capital, unless its first word has a form of its own, as in iPhone."""
    first = text.split(maxsplit=1)[0] if text else ""
    return text if any(letter.isupper() for letter in first) else text[:1].upper() + text[1:]


def is_news(topic: str) -> bool:
    """Whether the topic is a sentence that tells what happened, and no subject."""
    return bool(NEWS.match(topic.strip())) and len(topic.split()) > 3
