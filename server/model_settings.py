"""Settings of the models that write and embed."""

from __future__ import annotations

from dataclasses import dataclass

from server.setting_field import setting
from server.setting_types import http_url, number, seconds, word


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What the server was told of models. Settings of other parts stand beside these."""

    openai_api_key: str = setting(
        word,
        "",
        "The key for the models that write and embed. Empty: the offline ones, and every answer "
        "says so.",
        secret=True,
    )
    openai_base_url: str = setting(
        http_url,
        "https://api.openai.com/v1",
        "Where those models are: any service that speaks OpenAI's protocol.",
    )
    openai_text_model: str = setting(word, "gpt-4.1-mini", "The model that writes.")
    openai_embedding_model: str = setting(
        word, "text-embedding-3-small", "The model that embeds, for search and similarity."
    )
    openai_embedding_dimension: int = setting(
        number(8, 8192), "1536", "How many numbers a vector of that model has."
    )
    openai_timeout_seconds: float = setting(
        seconds(0.05, 600), "30", "How long a model may stay silent before it is asked again."
    )
    openai_deadline_seconds: float = setting(
        seconds(0.1, 3600), "90", "How long a call may take in all, with everything tried again."
    )
