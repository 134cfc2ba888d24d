"""The models of one process, from its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from datasources.minilm import MiniLM
from datasources.openai_calls import OpenAIAccess, OpenAICalls
from datasources.openai_models import OpenAIEmbeddings, OpenAIText
from datasources.template_model import Composer, TemplateText
from server.settings import Settings
from services.idea_composer import ideas
from services.models import ModelChoice
from services.post_brief import IdeasBrief, PostBrief, RewriteBrief
from services.post_composer import compose
from services.rewrite_composer import rewrite
from services.strategy_composer import StrategyBrief, composed

COMPOSERS: Mapping[type, Composer] = {
    PostBrief: compose,
    RewriteBrief: rewrite,
    IdeasBrief: ideas,
    StrategyBrief: composed,
}
"""What can be written offline: the composer for each kind of brief."""


ChoiceOf = Callable[[Settings], ModelChoice]
"""Chooses the models of a process."""


def models_of(settings: Settings) -> ModelChoice:
    """OpenAI's where there is a key, else the offline ones. Nothing is loaded or called yet."""
    offline, minilm = TemplateText(COMPOSERS), MiniLM()
    if not settings.openai_api_key:
        return ModelChoice(offline, minilm, offline, minilm, nothing_to_close)
    calls = OpenAICalls(
        OpenAIAccess(
            settings.openai_api_key,
            settings.openai_base_url,
            settings.openai_timeout_seconds,
            settings.openai_deadline_seconds,
        )
    )
    embeddings = OpenAIEmbeddings(
        calls, settings.openai_embedding_model, settings.openai_embedding_dimension
    )
    text = OpenAIText(calls, settings.openai_text_model)
    return ModelChoice(text, embeddings, offline, minilm, calls.close)


async def nothing_to_close() -> None:
    """Offline models hold no connection."""
