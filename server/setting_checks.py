"""Settings that are good one by one, and not together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.setting_types import SettingError
from services.prices import Prices

if TYPE_CHECKING:
    from server.settings import Settings

LEAST_VARIETY = 10


def refuse_unsafe(settings: Settings) -> None:
    """Raise SettingError for what a production server must not run with."""
    if not settings.auth_keys:
        raise SettingError("AUTH_KEYS has to be set in production, as `id:secret`.")
    if not settings.secure_cookies:
        raise SettingError("SECURE_COOKIES cannot be false in production.")
    weak = [id for id, secret in settings.auth_keys.items() if len(set(secret)) < LEAST_VARIETY]
    if weak:
        raise SettingError(
            f"AUTH_KEYS has a secret that can be guessed ({weak[0]}): in production each has to "
            "be random."
        )


def refuse_missing(settings: Settings) -> None:
    """Raise SettingError where an engine is neither given nor allowed to be embedded."""
    if any(settings.embedded) and not settings.embedded_engines:
        missing = "MONGODB_URL" if not settings.mongodb_url else "REDIS_URL"
        why = " in production" if settings.production else ""
        raise SettingError(
            f"{missing} has to be set{why} "
            "(or EMBEDDED_ENGINES=true, to run on embedded engines all the same)."
        )


def refuse_unpriced(settings: Settings) -> None:
    """Raise SettingError for a model that costs nobody knows what: no budget could hold it."""
    if not settings.openai_api_key:
        return
    known = Prices(settings.model_prices)
    for name in (settings.openai_text_model, settings.openai_embedding_model):
        if not known.knows(name):
            raise SettingError(
                f"MODEL_PRICES has to name the price of {name}, in US dollars a million tokens, as "
                f"`{name}:0.40/0.10/1.60` (read, read from cache, written)."
            )
