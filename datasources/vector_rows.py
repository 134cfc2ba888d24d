"""The rows of one tenant's search index: what is in its tables, and the questions put to them."""

# ruff: noqa: S608 - values are always bound; only words of this file are put into questions
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import regex

from datasources.query_words import Asked, asked
from datasources.vectors import (
    LEAST_COSINE,
    MOST,
    PER_PIECE,
    Entry,
    Hit,
    Narrowed,
    best,
    mean,
    packed,
    unpacked,
)

if TYPE_CHECKING:
    import apsw

SCHEMA = """
create table if not exists pieces (
    id text primary key, type text, status text, created_at real) without rowid;
create table if not exists labels (id text, label text, primary key (label, id)) without rowid;
create table if not exists passages (row integer primary key, id text);
create index if not exists passages_of on passages (id);
create virtual table if not exists vectors using vec0(
    embedding float[{dimension}] distance_metric=cosine);
create virtual table if not exists words using fts5(
    title, text, tokenize = "porter unicode61 remove_diacritics 2");
"""

WORD = regex.compile(r"[\p{L}\p{N}]+")
MOST_NEIGHBOURS = 4096
"""What sqlite-vec gives at most."""
TITLE_WEIGHS = 2.0


def put(connection: apsw.Connection, entries: Sequence[Entry]) -> None:
    """Write these pieces in place of what was there."""
    with connection:
        clear(connection, [entry.id for entry in entries])
        for entry in entries:
            add(connection, entry)


def remove(connection: apsw.Connection, ids: Sequence[str]) -> None:
    """Remove these pieces."""
    with connection:
        clear(connection, ids)


def clear(connection: apsw.Connection, ids: Sequence[str]) -> None:
    """Within a transaction: nothing is left of these pieces."""
    for id in ids:
        rows = [(row,) for (row,) in connection.execute(ROWS, (id,)).fetchall()]
        connection.executemany("delete from vectors where rowid = ?", rows)
        connection.executemany("delete from words where rowid = ?", rows)
        labels = connection.execute(LABELS, (id,)).fetchall()
        connection.executemany("delete from labels where label = ? and id = ?", labels)
        connection.execute("delete from passages where id = ?", (id,))
        connection.execute("delete from pieces where id = ?", (id,))


ROWS = "select row from passages where id = ?"
LABELS = "select label, id from labels where id = ?"


def add(connection: apsw.Connection, entry: Entry) -> None:
    """Within a transaction: a piece that is not there."""
    piece = (entry.id, entry.type, entry.status, entry.created_at.timestamp())
    connection.execute("insert into pieces values (?, ?, ?, ?)", piece)
    labels = [(entry.id, label) for label in labels_of(entry.platforms, entry.tags)]
    connection.executemany("insert into labels (id, label) values (?, ?)", labels)
    for passage in entry.passages:
        connection.execute("insert into passages (id) values (?)", (entry.id,))
        row = connection.last_insert_rowid()
        words = (row, entry.title, passage.text)
        connection.execute("insert into words (rowid, title, text) values (?, ?, ?)", words)
        if passage.vector is not None:
            vector = (row, packed(passage.vector))
            connection.execute("insert into vectors (rowid, embedding) values (?, ?)", vector)


def matching(
    connection: apsw.Connection, text: str, narrowed: Narrowed, limit: int, sure: bool = False
) -> Sequence[Hit]:
    """Pieces with any of the words, by BM25 of their best passage; the `sure` ones alone."""
    wanted = asked(WORD.findall(text))
    if not wanted.words:
        return []
    conditions, bindings = ["words match ?"], list[object]([" OR ".join(quoted(wanted.words))])
    if sure:
        conditions.append("+words.rowid in (select rowid from words where words match ?)")
        bindings.append(answering(wanted))
    condition, values = fitting(narrowed)
    # In this order: SQLite would ask FTS5 for the words once more for each piece that fits.
    question = f"""select passages.id, -bm25(words, {TITLE_WEIGHS}, 1.0) from words
        cross join passages on passages.row = words.rowid
        where {" and ".join([*conditions, condition])}
        order by 2 desc, 1 limit ?"""

    def ask(many: int) -> Iterable[tuple[str, float]]:
        return pairs(connection.execute(question, (*bindings, *values, many)))

    return deepened(ask, limit)


def answering(wanted: Asked) -> str:
    """As FTS5 asks for what has all of the words, or any of the names."""
    return " OR ".join([f"({' AND '.join(quoted(wanted.words))})", *quoted(wanted.names)])


def quoted(words: Sequence[str]) -> list[str]:
    """Words that FTS5 cannot take for operators."""
    return [f'"{word}"' for word in words]


def near(
    connection: apsw.Connection, vector: Sequence[float], narrowed: Narrowed, limit: int
) -> Sequence[Hit]:
    """Pieces by the cosine of their nearest passage."""
    condition, values = fitting(narrowed)
    rows = f"and vectors.rowid in (select row from passages where {condition})" if values else ""
    question = f"""select passages.id, 1 - distance from vectors
        join passages on passages.row = vectors.rowid
        where embedding match ? and k = ? {rows}
        order by distance, passages.id"""

    def ask(many: int) -> Iterable[tuple[str, float]]:
        wanted = (packed(vector), min(many, MOST_NEIGHBOURS), *values)
        found = pairs(connection.execute(question, wanted))
        return (hit for hit in found if hit[1] >= LEAST_COSINE)

    return deepened(ask, limit)


def deepened(ask: Callable[[int], Iterable[tuple[str, float]]], limit: int) -> Sequence[Hit]:
    """The best pieces of the passages that are asked for.

    As many passages as pieces are enough where each has one, as posts do, and cost half.
    """
    found = list(ask(limit))
    hits = best(found, limit)
    return hits if len(hits) == limit or len(found) < limit else best(ask(limit * PER_PIECE), limit)


def spoken(
    connection: apsw.Connection, text: str, narrowed: Narrowed
) -> tuple[Sequence[Hit], Sequence[Hit]]:
    """What answers in words, and what shares any of them."""
    loose = matching(connection, text, narrowed, MOST)
    return matching(connection, text, narrowed, MOST, sure=True) if loose else [], loose


def vector_of(connection: apsw.Connection, id: str) -> Sequence[float] | None:
    """The mean of a piece's vectors, of length 1."""
    found = connection.execute(
        """select embedding from vectors where rowid in
           (select row from passages where id = ?)""",
        (id,),
    ).fetchall()
    return mean([unpacked(blob) for (blob,) in found if isinstance(blob, bytes)])


def fitting(narrowed: Narrowed) -> tuple[str, list[object]]:
    """Whether a passage is of a piece that fits the filters, as SQL asks it; its bindings."""
    conditions: list[str] = []
    bindings: list[object] = []

    def say(condition: str, *values: object) -> None:
        conditions.append(condition)
        bindings.extend(values)

    for column, allowed in (("type", narrowed.types), ("status", narrowed.statuses)):
        if allowed:
            say(f"{column} in ({marks(allowed)})", *allowed)
    if narrowed.platforms:
        labels = labels_of(narrowed.platforms, ())
        say(f"pieces.id in (select id from labels where label in ({marks(labels)}))", *labels)
    for label in labels_of((), narrowed.tags):
        say("pieces.id in (select id from labels where label = ?)", label)
    for sign, moment in ((">=", narrowed.created_from), ("<", narrowed.created_to)):
        if moment is not None:
            say(f"created_at {sign} ?", moment.timestamp())
    if narrowed.besides is not None:
        say("pieces.id <> ?", narrowed.besides)
    if not conditions:
        return "true", []
    piece = " and ".join(["pieces.id = passages.id", *conditions])
    return f"exists (select 1 from pieces where {piece})", bindings


def pairs(found: Iterable[tuple[Any, ...]]) -> Iterable[tuple[str, float]]:
    """Rows of two columns, as what they are."""
    return ((id, score) for id, score in found)


def labels_of(platforms: Sequence[str], tags: Sequence[str]) -> list[str]:
    """Platforms and tags as labels, which do not meet."""
    return [f"platform:{each}" for each in platforms] + [f"tag:{each}" for each in set(tags)]


def marks(values: Sequence[object]) -> str:
    """A placeholder for each."""
    return ", ".join("?" * len(values))
