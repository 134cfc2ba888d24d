"""Rewrites texts without a model: by rules that are told, and no others. English only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from datasources.content import Platform
from services.failures import Failure
from services.post_brief import Drafts, DraftText, RewriteBrief
from services.post_rules import HASHTAGS, SMALL, WORD, fit, formed, plain, shortened
from services.post_words import CLOSINGS

SENTENCES = re.compile(r"(?<=[.!?…])\s+")
HASHTAG = re.compile(r"(?<!\w)#\w+")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+")
SHARE = 0.6
"""Of a text's sentences, what is left when it is made shorter."""


class InstructionUnsupported(Failure):
    """The offline composer cannot do what it was told."""

    code = "INSTRUCTION_UNSUPPORTED"

    def __init__(self) -> None:
        known = ", ".join(sorted(CHANGES))
        super().__init__(
            f"The offline composer understands only these words: {known}. Set OPENAI_API_KEY to "
            "have any other change made.",
            allowed=sorted(CHANGES),
        )


def rewrite(brief: RewriteBrief) -> Drafts:
    """The text in the platform's form, or changed as the instruction says."""
    if brief.platform is not None:
        return Drafts(versions=[for_platform(brief, brief.platform)])
    changes = asked(brief.instruction)
    if not changes:
        raise InstructionUnsupported
    body = brief.body
    for change in changes:
        body = change(body)
    return Drafts(versions=[DraftText(title=brief.title, body=body)])


def asked(instruction: str) -> list[Callable[[str], str]]:
    """The changes that an instruction names."""
    words = instruction.casefold()
    return [change for name, change in CHANGES.items() if name in words]


def for_platform(brief: RewriteBrief, platform: Platform) -> DraftText:
    """One idea in a platform's form: X takes the sentences that say most, Medium a title."""
    tags = list(dict.fromkeys(HASHTAG.findall(brief.body)))[: HASHTAGS[platform]]
    body = without_hashtags(brief.body)
    title = None
    if platform is Platform.MEDIUM:
        title = brief.title or first_sentence(body).rstrip(".")
        body = without_heading(body, title)
    elif platform is Platform.X:
        body = condensed(plain(body), " ".join(tags))
    elif platform is Platform.LINKEDIN:
        lead = f"{brief.title}\n\n" if brief.title and brief.title not in body else ""
        body = lead + airy(plain(body))
    parts = [part for part in (body, " ".join(tags)) if part]
    return DraftText(title=title, body=shortened(platform, formed(platform, "\n\n".join(parts))))


def condensed(body: str, tags: str) -> str:
    """The first sentence and those that say most, in their order, as many as fit on X."""
    found = [line for part in body.splitlines() for line in SENTENCES.split(part.strip()) if line]
    worth = weights(found)
    kept: list[int] = []
    for place in [0, *sorted(range(1, len(found)), key=worth.__getitem__, reverse=True)]:
        trial = [found[each] for each in sorted([*kept, place])]
        if fit(Platform.X, "\n\n".join([*trial, tags]) if tags else "\n\n".join(trial)):
            kept.append(place)
    return "\n\n".join(found[place] for place in sorted(kept)) or body


def weights(found: Sequence[str]) -> list[float]:
    """How much of what a text is about each sentence has, for its length."""
    words = [[w.casefold() for w in WORD.findall(each) if not SMALL.fullmatch(w)] for each in found]
    counts = Counter(word for each in words for word in set(each))
    return [sum(counts[word] for word in set(each)) / (len(each) + 3) for each in words]


def airy(body: str) -> str:
    """Paragraphs of two sentences at most; lists stay as they are."""
    parts = []
    for part in re.split(r"\n{2,}", body.strip()):
        found = SENTENCES.split(part) if "\n" not in part else [part]
        parts += [" ".join(found[start : start + 2]) for start in range(0, len(found), 2)]
    return "\n\n".join(parts)


def first_sentence(body: str) -> str:
    """The beginning of a text, up to its first end."""
    line = plain(body).strip().splitlines()[0] if body.strip() else ""
    return SENTENCES.split(line)[0]


def without_heading(body: str, title: str) -> str:
    """The text without a first line that only says the title again."""
    first, _, rest = body.lstrip().partition("\n")
    return rest.strip() if first.lstrip("# ").rstrip(". ") == title.rstrip(".") else body


def without_hashtags(body: str) -> str:
    """The text without hashtags, and without the space that they leave."""
    kept = re.sub(r"[ \t]{2,}", " ", HASHTAG.sub("", body))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", kept, flags=re.MULTILINE)).strip()


def without_emoji(body: str) -> str:
    """The text without emoji, and without the space that they leave."""
    return re.sub(r"[ \t]{2,}", " ", EMOJI.sub("", body)).strip()


def shorter(body: str) -> str:
    """Three fifths of the sentences: the first, the last and those that say most."""
    paragraphs = [SENTENCES.split(part) for part in re.split(r"\n{2,}", body.strip())]
    found = [line for part in paragraphs for line in part]
    worth = weights(found)
    count = max(1, round(len(found) * SHARE))
    middle = sorted(range(1, max(1, len(found) - 1)), key=worth.__getitem__, reverse=True)
    kept = {0, len(found) - 1, *middle[: max(0, count - 2)]}
    numbers, left = iter(range(len(found))), []
    for part in paragraphs:
        line = " ".join(each for each in part if next(numbers) in kept)
        left.append(line)
    return "\n\n".join(line for line in left if line)


def with_question(body: str) -> str:
    """A question at its end, before the hashtags."""
    lines = body.rstrip().rsplit("\n\n", 1)
    question = CLOSINGS["plain"][2]
    if len(lines) == 2 and not HASHTAG.sub("", lines[1]).strip():
        return f"{lines[0]}\n\n{question}\n\n{lines[1]}"
    return f"{body.rstrip()}\n\n{question}"


CHANGES: Mapping[str, Callable[[str], str]] = {
    "shorter": shorter,
    "paragraphs": airy,
    "no emoji": without_emoji,
    "no hashtags": without_hashtags,
    "plain text": plain,
    "question": with_question,
}
"""What an instruction may say, and what is done then."""
