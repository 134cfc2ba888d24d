"""Keyset pages: however a list is cut, it comes whole, once, in order, and from an index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasources.content import Content, Contents, ContentStatus, ContentType, Metadata, Platform
from datasources.mongo import Mongo
from datasources.pages import Order, Window, beyond, page
from services.content_query import ContentQuery

START = datetime(2026, 1, 1, tzinfo=UTC)
HOME = "wsp_home"
FIELDS = ["_id", "created_at", "updated_at", "published_at"]


def piece(number: int, minutes: int = 0, published: int | None = None, **more: Any) -> Content:
    """A piece whose times are so many minutes after the start."""
    at = START + timedelta(minutes=minutes)
    return Content(
        id=f"cnt_{number:06}",
        workspace_id=HOME,
        author_id="usr_1",
        type=ContentType.POST,
        title=f"Piece {number}",
        body="words and more words",
        platforms=[Platform.FEED],
        tags=["tag"],
        metadata=Metadata(word_count=4, reading_time=2, hashtags=[], mentions=[], lengths=[]),
        created_at=at,
        updated_at=at,
        published_at=None if published is None else START + timedelta(minutes=published),
        **more,
    )


async def walk(
    contents: Contents, order: Order, size: int, from_end: bool, wanted: dict[str, Any]
) -> list[str]:
    """All ids of a list, read page by page from one of its ends."""
    found: list[str] = []
    window = Window(size, from_end=from_end)
    while True:
        slice = await page(contents, wanted, order, window)
        ids = [record.id for record in slice.records]
        found = [*ids, *found] if from_end else [*found, *ids]
        if not (slice.has_previous if from_end else slice.has_next):
            return found
        edge = order.position(slice.records[0 if from_end else -1])
        window = Window(size, before=edge, from_end=True) if from_end else Window(size, after=edge)


@given(
    times=st.lists(
        st.tuples(st.integers(0, 3), st.none() | st.integers(0, 3)), min_size=0, max_size=14
    ),
    field=st.sampled_from(FIELDS),
    descending=st.booleans(),
    size=st.integers(1, 5),
    from_end=st.booleans(),
)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_pages_of_any_size_from_either_end_give_the_whole_list_once(
    mongo: Mongo,
    times: list[tuple[int, int | None]],
    field: str,
    descending: bool,
    size: int,
    from_end: bool,
) -> None:
    """Equal times are told apart by id; those without a time come where the lowest would."""
    contents = Contents(mongo)
    await contents.delete_many({})
    pieces = [piece(number, *each) for number, each in enumerate(times)]
    await contents.insert_many(pieces)
    order = Order(field, descending)

    def rank(record: Content) -> tuple[Any, ...]:
        if field == "_id":
            return (record.id,)
        value = getattr(record, field)
        return (value is not None, value or START, record.id)

    expected = [record.id for record in sorted(pieces, key=rank, reverse=descending)]
    assert await walk(contents, order, size, from_end, {"workspace_id": HOME}) == expected


async def test_a_piece_that_is_added_or_deleted_meanwhile_moves_no_other(mongo: Mongo) -> None:
    """A page goes on where the last one ended, not at a number."""
    contents = Contents(mongo)
    await contents.insert_many([piece(number, minutes=number) for number in range(6)])
    order, wanted = Order("created_at"), {"workspace_id": HOME}
    first = await page(contents, wanted, order, Window(3))
    await contents.insert(piece(99, minutes=99))
    await contents.delete(first.records[0].id)
    rest = await page(contents, wanted, order, Window(3, after=order.position(first.records[-1])))
    assert [record.id for record in rest.records] == ["cnt_000002", "cnt_000001", "cnt_000000"]


def stages(plan: dict[str, Any]) -> set[str]:
    """The names of all stages in a plan."""
    inner = [plan[key] for key in ("inputStage", "queryPlan") if key in plan]
    inner += plan.get("inputStages", [])
    return {plan.get("stage", "")}.union(*(stages(each) for each in inner))


async def plan_of(contents: Contents, wanted: Any, order: Order) -> set[str]:
    """How the database would answer."""
    cursor = contents.raw.find(wanted, sort=list(order.sort()), limit=21)
    explained = await cursor.explain()
    return stages(explained["queryPlanner"]["winningPlan"])


QUERIES = {
    "everything": ContentQuery(),
    "status": ContentQuery(statuses=[ContentStatus.PUBLISHED]),
    "type": ContentQuery(types=[ContentType.POST]),
    "platform": ContentQuery(platforms=[Platform.X]),
    "tag": ContentQuery(tags=["tag"]),
    "two tags": ContentQuery(tags=["tag", "other"]),
    "dates": ContentQuery(created_from=START, created_to=START + timedelta(days=1)),
    "status and tag": ContentQuery(statuses=[ContentStatus.DRAFT], tags=["tag"]),
}


@pytest.mark.parametrize("filters", QUERIES)
@pytest.mark.parametrize("field", FIELDS[1:])
@pytest.mark.parametrize("descending", [True, False])
async def test_every_filter_in_every_order_is_served_by_an_index(
    mongo: Mongo, filters: str, field: str, descending: bool
) -> None:
    """No collection is scanned and, in the order of an index, nothing is sorted in memory."""
    contents = Contents(mongo)
    await contents.insert_many([piece(number, minutes=number) for number in range(50)])
    wanted, order = QUERIES[filters].filter(HOME), Order(field, descending)
    found = await plan_of(contents, wanted, order)
    assert "COLLSCAN" not in found
    assert "SORT" not in found
    assert "IXSCAN" in found


async def test_a_search_for_words_is_served_by_the_text_index(mongo: Mongo) -> None:
    """Only what has the words is read."""
    contents = Contents(mongo)
    await contents.insert_many([piece(number, minutes=number) for number in range(50)])
    found = await plan_of(contents, ContentQuery(text="words").filter(HOME), Order("created_at"))
    assert "COLLSCAN" not in found
    assert found & {"TEXT", "TEXT_MATCH"}


async def test_a_page_in_the_middle_is_served_by_the_same_index(mongo: Mongo) -> None:
    """The place where it goes on is found in the index, with no sort."""
    contents = Contents(mongo)
    await contents.insert_many([piece(number, minutes=number) for number in range(50)])
    order = Order("created_at")
    middle = order.position(piece(25, minutes=25))
    found = await plan_of(
        contents, {"$and": [{"workspace_id": HOME}, beyond(order, middle)]}, order
    )
    assert "COLLSCAN" not in found
    assert "SORT" not in found
