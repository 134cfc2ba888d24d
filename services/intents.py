"""The keys under which Stripe does a thing once: made of what is meant, so a retry is no repeat."""

from __future__ import annotations

import hashlib
import json


def intent(what: str, *parts: str | int | bool | None) -> str:
    """The same for the same intent, another for any other. It tells nothing of its parts."""
    meant = hashlib.sha256(json.dumps([what, *parts]).encode()).hexdigest()
    return f"{what}:{meant[:48]}"
