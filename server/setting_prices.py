"""How the text of a setting becomes prices of models. Raises ValueError with what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from datasources.prices import Price

MICROS = 1_000_000
ENTRY = re.compile(r"(\S+):(\d+(?:\.\d{1,6})?)/(\d+(?:\.\d{1,6})?)/(\d+(?:\.\d{1,6})?)")


def prices(text: str) -> Mapping[str, Price]:
    """`name:read/cached/written`, in US dollars a million tokens, separated by commas."""
    found = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        entry = ENTRY.fullmatch(part)
        if entry is None:
            raise ValueError(
                "has to be `name:read/cached/written` in US dollars a million tokens, as "
                "llama3:0/0/0, separated by commas"
            )
        name, *amounts = entry.groups()
        found[name] = Price(*(int(Decimal(each) * MICROS) for each in amounts))
    return found
