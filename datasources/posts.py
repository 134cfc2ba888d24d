"""Posts: what was published, what it is, and what it came to, for statistics."""

from __future__ import annotations

from datetime import datetime

import msgspec

from datasources.collection import Collection
from datasources.content import ContentType, Platform
from datasources.failures import mongo_failures
from datasources.mongo import Document
from datasources.snapshots import Metric
from datasources.standings import Standing

OPENING = 280


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """A piece on a platform. `opening` is the beginning of its text, `counts` where they stand."""

    content_id: str
    platform: Platform
    counts: dict[Metric, int]
    type: ContentType
    title: str | None
    opening: str
    words: int
    links: bool = False
    tags: list[str]
    published_at: datetime


async def posts(
    standings: Collection[Standing], workspace_id: str, since: datetime, until: datetime
) -> list[Posted]:
    """Those of a workspace that were published in that time, oldest first."""
    published = {"published_at": {"$gte": since, "$lt": until}}
    shown = {
        "type": 1,
        "title": 1,
        "tags": 1,
        "published_at": 1,
        "words": "$metadata.word_count",
        "opening": {"$substrCP": ["$body", 0, OPENING]},
        "links": {"$regexMatch": {"input": "$body", "regex": "https?://"}},
    }
    pipeline: list[Document] = [
        {"$match": {"workspace_id": workspace_id}},
        {
            "$lookup": {
                "from": "content",
                "localField": "content_id",
                "foreignField": "_id",
                "pipeline": [{"$match": published}, {"$project": shown}],
                "as": "piece",
            }
        },
        {"$unwind": "$piece"},
        {"$sort": {"piece.published_at": 1, "_id": 1}},
    ]
    with mongo_failures():
        cursor = await standings.raw.aggregate(pipeline)
        return [posted(each) for each in await cursor.to_list()]


def posted(found: Document) -> Posted:
    """One of them."""
    piece = found["piece"]
    counts = {Metric(name): each.get("value") or 0 for name, each in found["counts"].items()}
    return Posted(
        content_id=found["content_id"],
        platform=Platform(found["platform"]),
        counts=counts,
        type=ContentType(piece["type"]),
        title=piece.get("title"),
        opening=piece["opening"],
        words=piece["words"],
        links=piece["links"],
        tags=piece["tags"],
        published_at=piece["published_at"],
    )
