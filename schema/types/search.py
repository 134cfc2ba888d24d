"""What a search found, as the graph shows it."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from datasources import content as records
from schema.pagination import PageInfo
from schema.types.content import Content
from schema.types.recommendation import TopicEvidence
from services.search import Finds, SearchMode
from services.topic_search import FoundTopic

strawberry.enum(
    SearchMode,
    description="How a ranking came about: by words and by meaning, or, where the model that "
    "knows meanings did not answer, by words alone.",
)


@strawberry.type
class SearchEdge:
    """A piece that was found, and its place."""

    cursor: str
    node: Content
    score: float = strawberry.field(
        description="Higher is better. Only scores of one search can be compared."
    )
    highlights: list[str] = strawberry.field(
        description="Up to three fragments with the words that were found between `<mark>` and "
        "`</mark>`, escaped, ready for a page. Where no word is shared: how the piece begins."
    )


@strawberry.type(description="What a search found, best first.")
class SearchConnection:
    """Relay's connection, forward only."""

    edges: list[SearchEdge]
    page_info: PageInfo
    mode: SearchMode

    @classmethod
    def of(cls, finds: Finds, after: str | None) -> SearchConnection:
        """From what the service found behind that cursor."""
        edges = [
            SearchEdge(
                cursor=found.place.cursor(),
                node=Content.of(found.content),
                score=found.score,
                highlights=list(found.highlights),
            )
            for found in finds.found
        ]
        return cls(
            edges=edges,
            page_info=PageInfo(
                has_next_page=finds.more,
                has_previous_page=after is not None,
                start_cursor=edges[0].cursor if edges else None,
                end_cursor=edges[-1].cursor if edges else None,
            ),
            mode=finds.mode,
        )


@strawberry.type(description="What several entries of feeds are about lately.")
class TrendTopic:
    """Of the feeds that the workspace follows, or of public ones of this server."""

    id: strawberry.ID
    phrase: str
    public: bool = strawberry.field(
        description="Whether it is of public feeds of this server, and not of feeds followed here."
    )
    recent: int = strawberry.field(description="Pieces of others on it in the last 7 days.")
    before: int = strawberry.field(description="Pieces of others in the three weeks before.")
    evidence: list[TopicEvidence]


@strawberry.type(description="A topic, and how near it is to what was asked.")
class ScoredTopic:
    """The topic. `score` is the cosine of the two: 1 is the same, 0 nothing in common."""

    score: float
    topic: TrendTopic

    @classmethod
    def of(cls, found: FoundTopic) -> ScoredTopic:
        """From what was found."""
        topic = TrendTopic(
            id=strawberry.ID(found.topic.id),
            phrase=found.topic.phrase,
            public=found.topic.public,
            recent=found.recent,
            before=found.before,
            evidence=[TopicEvidence.of(each) for each in found.evidence],
        )
        return cls(score=found.score, topic=topic)


@strawberry.type(description="A piece, and how alike it is to another.")
class ScoredContent:
    """The piece. `score` is the cosine of the two: 1 is the same, 0 nothing in common."""

    score: float
    content: Content

    @classmethod
    def all(cls, found: Sequence[tuple[records.Content, float]]) -> list[ScoredContent]:
        """From pairs of record and score."""
        return [cls(score=score, content=Content.of(record)) for record, score in found]
