"""Settings of the models that write and embed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datasources.prices import Price
from server.setting_field import setting
from server.setting_prices import prices
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
    model_prices: Mapping[str, Price] = setting(
        prices,
        "",
        "What models cost that we do not know, or that cost otherwise, as "
        "`name:read/cached/written` in US dollars a million tokens, comma-separated: "
        "`llama3:0/0/0`.",
    )
    jobs_per_workspace: int = setting(
        number(1, 1000), "5", "Jobs of one workspace that run at once; others wait their turn."
    )
    generation_wait_seconds: float = setting(
        seconds(0, 600), "20", "How long a mutation waits for the job that it has started."
    )
    openai_timeout_seconds: float = setting(
        seconds(0.05, 600), "30", "How long a model may stay silent before it is asked again."
    )
    openai_deadline_seconds: float = setting(
        seconds(0.1, 3600), "90", "How long a call may take in all, with everything tried again."
    )
