"""The field of work that a topic is closest to, for the composer."""

from __future__ import annotations

from datasources.models import ModelFailure
from services.meanings import cosine
from services.model_purpose import Purpose
from services.models import Models
from services.post_fields import FIELDS, GENERAL

LEAST = 0.22
"""Below this a topic is about something else altogether."""


async def field_of(models: Models, purpose: Purpose, topic: str) -> str:
    """The name of the field; that of no field in particular where none is close."""
    try:
        found = await models.embed(purpose, [topic, *(field.about for field in FIELDS)])
    except ModelFailure:
        return GENERAL.name
    about, *fields = found.vectors
    close = [cosine(about, field) for field in fields]
    best = max(range(len(close)), key=close.__getitem__)
    return FIELDS[best].name if close[best] >= LEAST else GENERAL.name
