"""The prompt for a piece: our instructions, and all that others wrote as fenced material."""

from __future__ import annotations

from collections.abc import Iterator

from datasources.content import ContentType
from datasources.models import Material, TextRequest
from services.generation_request import GenerationRequest
from services.post_brief import Drafts, Length, PostBrief
from services.post_rules import HASHTAGS, MARKDOWN
from services.text import LIMITS
from services.writing_context import WritingContext, excerpt

WORDS = {
    ContentType.POST: {Length.SHORT: 40, Length.MEDIUM: 120, Length.LONG: 260},
    ContentType.ARTICLE: {Length.SHORT: 350, Length.MEDIUM: 700, Length.LONG: 1200},
    ContentType.VIDEO_SCRIPT: {Length.SHORT: 80, Length.MEDIUM: 160, Length.LONG: 320},
}
NAMES = {
    ContentType.POST: "post",
    ContentType.ARTICLE: "article",
    ContentType.VIDEO_SCRIPT: "script for a short video",
}
TOKENS_A_WORD = 2.5


def request_of(
    request: GenerationRequest, context: WritingContext, field: str
) -> TextRequest[Drafts]:
    """What a model is asked."""
    versions = request.variants + 1
    words = WORDS[request.type][request.length]
    return TextRequest(
        instructions=instructions(request, versions, words),
        material=list(material(request, context)),
        brief=brief_of(request, context, field),
        answer=Drafts,
        most=200 + int(versions * words * TOKENS_A_WORD),
        temperature=0.8,
    )


def instructions(request: GenerationRequest, versions: int, words: int) -> str:
    """Everything that we say, and nothing that anybody else does."""
    limit, tags = LIMITS[request.platform], HASHTAGS[request.platform]
    what = NAMES[request.type]
    rules = [
        f"Write a {what} for {request.platform.value} about the material named topic, "
        f"in {versions} version{'s' if versions > 1 else ''}.",
        f"Language: {request.language} (BCP 47). About {words} words a version.",
        "Each version takes another angle and shares no sentence with the others.",
        "Be concrete. No invented facts, figures, quotes or experiences. No filler, no clichés, "
        "no greeting, no remark on the task.",
        f"At most {tags} hashtags, at the end." if tags else "No hashtags.",
        "Markdown is shown." if request.platform in MARKDOWN else "Plain text, no Markdown.",
    ]
    if limit:
        rules.append(f"A version has at most {limit} characters.")
    if request.type is ContentType.POST:
        rules.append("title is null.")
    rules.append(
        "If there is material named tone, voice, strategy, pillar or audience, write in keeping "
        "with it. Material named earlier shows how the author writes: do not repeat it. End with "
        "the material named call to action, if there is some."
    )
    return "\n".join(rules)


def material(request: GenerationRequest, context: WritingContext) -> Iterator[Material]:
    """What others wrote, the caller included."""
    yield Material("topic", request.topic)
    for name, value in (
        ("pillar", request.pillar),
        ("tone", request.tone),
        ("call to action", request.call_to_action),
        ("voice", context.voice),
    ):
        if value:
            yield Material(name, value)
    if strategy := context.yardstick.strategy:
        yield Material("strategy", "\n".join(strategy.statements))
        yield Material("audience", strategy.audience)
    for piece in context.similar:
        yield Material("earlier", excerpt(piece))
    for piece in context.best:
        if all(piece.id != past.id for past in context.similar):
            yield Material("earlier, well received", excerpt(piece))


def brief_of(request: GenerationRequest, context: WritingContext, field: str) -> PostBrief:
    """The same as data."""
    strategy = context.yardstick.strategy
    usual = strategy.tone[0] if strategy and strategy.tone else ""
    return PostBrief(
        topic=request.topic,
        platform=request.platform,
        type=request.type,
        length=request.length,
        tone=request.tone or usual,
        pillar=request.pillar or "",
        audience=strategy.audience if strategy else "",
        call_to_action=request.call_to_action or "",
        versions=request.variants + 1,
        take=context.earlier,
        field=field,
    )
