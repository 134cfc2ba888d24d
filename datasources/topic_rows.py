"""The rows of the topics of a search index: each in the partition of its reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from datasources.topic_vectors import PUBLIC, TopicVector
from datasources.vectors import LEAST_COSINE, Hit, packed

if TYPE_CHECKING:
    import apsw

TOPICS = """
create virtual table if not exists topics using vec0(
    reader text partition key, embedding float[{dimension}] distance_metric=cosine, +id text,
    chunk_size=64);
"""
"""Each partition has chunks of its own: small ones, for readers have some dozens of topics."""


def replace(connection: apsw.Connection, reader: str, topics: Sequence[TopicVector]) -> None:
    """These are a reader's topics, and no others."""
    with connection:
        rows = connection.execute("select rowid from topics where reader = ?", (reader,)).fetchall()
        connection.executemany("delete from topics where rowid = ?", rows)
        connection.executemany(
            "insert into topics (reader, embedding, id) values (?, ?, ?)",
            [(reader, packed(topic.vector), topic.id) for topic in topics],
        )


def nearest(
    connection: apsw.Connection, reader: str, vector: Sequence[float], limit: int
) -> Sequence[Hit]:
    """Of two partitions, its own and the public one: the others are not looked at."""
    found: list[Hit] = []
    for each in dict.fromkeys((PUBLIC, reader)):
        rows = connection.execute(
            """select id, 1 - distance from topics
               where embedding match ? and k = ? and reader = ?""",
            (packed(vector), limit, each),
        )
        found += [Hit(str(id), score) for id, score in rows if score >= LEAST_COSINE]
    return sorted(found, key=lambda hit: (-hit.score, hit.id))[:limit]
