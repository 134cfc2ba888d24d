"""Content negotiation: which of our media types a client's `Accept` header asks for."""

from functools import lru_cache
from typing import Final, NamedTuple

JSON: Final = "application/json"
GRAPHQL_JSON: Final = "application/graphql-response+json"
EVENT_STREAM: Final = "text/event-stream"
HTML: Final = "text/html"


class Wanted(NamedTuple):
    """What a client takes.

    `json` is the JSON type to answer with, or None where it takes neither. `stream` says that it
    takes events, `only_stream` that it prefers them to JSON, `page` that it is a browser.
    """

    json: str | None
    stream: bool
    only_stream: bool
    page: bool


@lru_cache(maxsize=256)
def negotiate(accept: str) -> Wanted:
    """Reads an `Accept` header; a missing or empty one takes everything, which means JSON."""
    ranges = _ranges(accept) or {"*/*": 1.0}
    named = ranges.get(GRAPHQL_JSON, 0.0)
    plain = _quality(ranges, JSON)
    stream = ranges.get(EVENT_STREAM, 0.0)
    best = max(named, plain)
    chosen = GRAPHQL_JSON if named and named >= plain else JSON
    return Wanted(
        json=chosen if best else None,
        stream=stream > 0,
        only_stream=stream > best,
        page=ranges.get(HTML, 0.0) > max(best, stream),
    )


def _ranges(accept: str) -> dict[str, float]:
    """The media ranges with their qualities."""
    ranges = {}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            ranges[name] = _weight(parameters)
    return ranges


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _quality(ranges: dict[str, float], media: str) -> float:
    """The quality of a type: its own, else its family's, else that of everything."""
    family = media.partition("/")[0] + "/*"
    for name in (media, family, "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0
