"""A text as its voice: function words and marks as they are, content only as a shape.

"The harvest was lost, and we paid for it!" becomes
`the *~m was *~s , and we *~s for it !`, whatever was harvested. What a text is about cannot tell
one person from another when nothing of it is left (text distortion: Stamatatos, EACL 2017).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from services.voice_words import ENDINGS, FUNCTION_WORDS

LINE = "\n"
PARAGRAPH = "\n\n"
NUMBER = "<number>"
EMOJI = "<emoji>"
HASHTAG = "<hashtag>"
MENTION = "<mention>"
LINK = "<link>"
END = frozenset({".", "!", "?", "…"})
BREAKS = frozenset({LINE, PARAGRAPH})
QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "—"})

_TOKEN = regex.compile(
    r"(?P<link>https?://\S+)|(?P<hashtag>#\w*\p{L}\w*)|(?P<mention>(?<!\w)@\w+)"
    r"|(?P<word>\p{L}[\p{L}\p{M}]*(?:'\p{L}+)*)"
    r"|(?P<number>\d[\d.,:]*(?<=\d)\w*)"
    r"|(?P<emoji>(?:\p{Extended_Pictographic}|\p{Regional_Indicator})"
    r"(?:\p{M}|\u200d|\p{Emoji_Modifier}|\p{Extended_Pictographic}|\p{Regional_Indicator})*)"
    r"|(?P<paragraph>[ \t]*\n[ \t]*\n\s*)|(?P<line>[ \t]*\n[ \t]*)"
    r"|(?P<dots>\.\.+|…)|(?P<dash>--+|—|(?<=\s)-(?=\s))|(?P<mark>[^\s\w])"
)


def tokens(text: str) -> list[str]:
    """The text as words in lower case and marks, in order; content is not masked yet.

    Curly quotes are straight and dashes are one, so that an editor's habits are not the writer's.
    """
    return [_AS.get(each.lastgroup or "") or each[0].lower() for each in matches(text)]


def matches(text: str) -> Iterator[regex.Match[str]]:
    """Each token as it stands there; its kind is the name of the group that it matched."""
    return _TOKEN.finditer(text.translate(QUOTES).strip())


_AS = {
    "link": LINK,
    "hashtag": HASHTAG,
    "mention": MENTION,
    "number": NUMBER,
    "emoji": EMOJI,
    "paragraph": PARAGRAPH,
    "line": LINE,
    "dots": "…",
    "dash": "—",
}


def is_word(token: str) -> bool:
    """Whether it is a word, rather than a mark."""
    return token[0].isalpha()


@lru_cache(maxsize=20_000)
def masked(token: str) -> str:
    """The token, with what it is about taken out of it."""
    if not is_word(token) or token in FUNCTION_WORDS:
        return token
    stem = token.removesuffix("'s")
    ending = max((each for each in ENDINGS if stem.endswith(each)), key=len, default="")
    if len(stem) - len(ending) < 2:
        ending = ""
    size = "s" if len(stem) < 5 else "m" if len(stem) < 9 else "l"
    return f"*{ending or '~'}{size}" + ("'s" if stem != token else "")
