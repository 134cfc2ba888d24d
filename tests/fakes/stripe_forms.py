"""How Stripe's requests are written: forms with brackets, as `items[0][price]=price_1`."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any
from urllib.parse import parse_qsl

Form = dict[str, Any]


def decode(text: str) -> Form:
    """The nested values of a form; lists are told by their numbers."""
    found: Form = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        path = re.findall(r"[^\[\]]+", name)
        here = found
        for part in path[:-1]:
            here = here.setdefault(part, {})
        here[path[-1]] = value
    return {name: listed(value) for name, value in found.items()}


def listed(value: Any) -> Any:
    """A table whose names are numbers is a list."""
    if not isinstance(value, dict):
        return value
    inner = {name: listed(each) for name, each in value.items()}
    return list(inner.values()) if all(name.isdecimal() for name in inner) else inner


def truth(value: str | None) -> bool:
    """`true`."""
    return value == "true"


def signature(payload: bytes, secret: str, at: int) -> str:
    """The header Stripe-Signature, as https://docs.stripe.com/webhooks/signature describes it."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"
