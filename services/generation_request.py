"""What people ask to have written, checked."""

from __future__ import annotations

import msgspec

from datasources.content import ContentType, Platform
from services.drafts import pillar_of
from services.failures import Failure
from services.post_brief import Length
from services.settings_inheritance import language as language_tag
from services.validation import optional_text, text, whole

TOPIC, TONE, ACTION, INSTRUCTION = 300, 120, 300, 500
VARIANTS, MOST_VARIANTS = 2, 4
ENGLISH = "en"


class LanguageUnsupported(Failure):
    """The models of this workspace do not write in that language."""

    code = "LANGUAGE_NOT_SUPPORTED"

    def __init__(self, language: str) -> None:
        super().__init__(
            f"The offline composer writes English only, not {language!r}. Set OPENAI_API_KEY, or "
            "choose another provider for this workspace.",
            language=language,
        )


class GenerationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One piece to be written, with so many other versions. Build it with `checked`."""

    topic: str
    platform: Platform
    type: ContentType
    length: Length
    language: str
    variants: int
    pillar: str | None = None
    tone: str | None = None
    call_to_action: str | None = None

    @classmethod
    def checked(
        cls,
        topic: str,
        platform: Platform,
        type: ContentType | None = None,
        length: Length | None = None,
        language: str | None = None,
        variants: int | None = None,
        pillar: str | None = None,
        tone: str | None = None,
        call_to_action: str | None = None,
    ) -> GenerationRequest:
        """The request with its text trimmed; BadInput names the field that cannot be taken."""
        count = VARIANTS if variants is None else variants
        return cls(
            topic=text("topic", topic, least=1, most=TOPIC),
            platform=platform,
            type=type or usual_type(platform),
            length=length or Length.MEDIUM,
            language=language_tag(language or ENGLISH),
            variants=whole("variants", count, least=0, most=MOST_VARIANTS),
            pillar=pillar_of(pillar),
            tone=optional_text("tone", tone, most=TONE),
            call_to_action=optional_text("callToAction", call_to_action, most=ACTION),
        )


def usual_type(platform: Platform) -> ContentType:
    """What is mostly written there."""
    return ContentType.ARTICLE if platform is Platform.MEDIUM else ContentType.POST


def refuse_language(language: str, known: frozenset[str] | None) -> None:
    """LanguageUnsupported where a model lists what it can write, and that is not among it."""
    if known is not None and language.split("-", maxsplit=1)[0].lower() not in known:
        raise LanguageUnsupported(language)
