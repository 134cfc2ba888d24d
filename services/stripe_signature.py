"""Whether Stripe sent this: its signature over the bytes as they came, before anything reads them.

As https://docs.stripe.com/webhooks/signature describes it. Stripe's own library does the same;
it is not imported here since it takes longer to load than a webhook may take to be answered.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

TOLERANCE = 300
"""How many seconds a signature may be old, or ahead of our clock."""


class BadSignature(Exception):
    """It was not signed by Stripe, not with our secret, or too long ago."""


def verify(payload: bytes, header: str | None, secrets: Sequence[str], now: datetime) -> None:
    """Pass, or raise BadSignature. Any of the secrets will do: two are good while one is changed.

    `header` is Stripe-Signature: `t=SECONDS,v1=HEX`, with as many `v1` as there are secrets.
    """
    parts = [part.partition("=") for part in (header or "").split(",")]
    times = [value for name, _, value in parts if name.strip() == "t"]
    given = [value for name, _, value in parts if name.strip() == "v1"]
    if len(times) != 1 or not times[0].isascii() or not times[0].isdecimal():
        raise BadSignature
    if abs(now.timestamp() - int(times[0][:20])) > TOLERANCE:
        raise BadSignature
    signed = times[0].encode() + b"." + payload
    wanted = [hmac.new(secret.encode(), signed, sha256).hexdigest() for secret in secrets]
    matches = [same(each, other) for each in wanted for other in given]
    if not any(matches):
        raise BadSignature


def same(one: str, other: str) -> bool:
    """Whether both are equal, in a time that does not tell how far they are."""
    return hmac.compare_digest(one.encode(), other.encode())
