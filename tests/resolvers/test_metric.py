"""Figures through the API: recorded, corrected, refused one by one, gone with what they are of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.client import PASSWORD, Client
from tests.conftest import Running
from tests.resolvers.test_content import write

RECORD = """
mutation Record($input: [MetricInput!]!) {
  recordMetrics(input: $input) { recorded unchanged rejected { index code message } }
}
"""
NOW = datetime.now(UTC).replace(microsecond=0)


def figure(id: str, value: int | None, hours_ago: float = 1, **more: Any) -> dict[str, Any]:
    """A figure as a client sends it."""
    return {
        "contentId": id,
        "platform": "LINKEDIN",
        "metric": "IMPRESSIONS",
        "value": value,
        "capturedAt": (NOW - timedelta(hours=hours_ago)).isoformat(),
        **more,
    }


async def record(client: Client, *figures: dict[str, Any]) -> Any:
    """What became of them."""
    return (await client.data(RECORD, input=list(figures)))["recordMetrics"]


async def test_the_good_ones_are_kept_and_each_bad_one_is_told_by_its_index(ada: Client) -> None:
    id = (await write(ada))["id"]
    told = await record(
        ada,
        figure(id, 10),
        figure("cnt_01ARZ3NDEKTSV4RRFFQ69G5FAV", 10),
        figure(id, -1, 2),
        figure(id, 5, -24),
        figure(id, None),
        figure(id, 5, 3, availability="NO_SCOPE"),
        figure(id, None, 3, metric="REACH", availability="UNSUPPORTED"),
    )
    assert (told["recorded"], told["unchanged"]) == (2, 0)
    codes = [(each["index"], each["code"]) for each in told["rejected"]]
    assert codes == [
        (1, "NOT_FOUND"),
        *((index, "BAD_USER_INPUT") for index in (2, 3, 4, 5)),
    ]
    assert "input.2.value" in told["rejected"][1]["message"]


async def test_sending_twice_is_sending_once_and_another_value_corrects(ada: Client) -> None:
    id = (await write(ada))["id"]
    assert (await record(ada, figure(id, 10)))["recorded"] == 1
    again = await record(ada, figure(id, 10))
    assert (again["recorded"], again["unchanged"]) == (0, 1)
    assert (await record(ada, figure(id, 12)))["recorded"] == 1


async def test_no_more_than_a_thousand_at_once(ada: Client) -> None:
    id = (await write(ada))["id"]
    many = [figure(id, each, 2000 - each) for each in range(1001)]
    assert await ada.code(RECORD, input=many) == "BAD_USER_INPUT"
    assert await ada.code(RECORD, input=[]) == "BAD_USER_INPUT"
    assert (await record(ada, *many[1:]))["recorded"] == 1000


async def test_figures_go_with_their_piece_and_with_the_account(
    server: Running, ada: Client
) -> None:
    stores = server.backend.stores
    kept, gone = (await write(ada))["id"], (await write(ada))["id"]
    await record(ada, figure(kept, 10), figure(gone, 7))
    await ada.data("mutation D($id: ID!) { deleteContent(id: $id) }", id=gone)
    left = await stores.analytics_snapshots.find({})
    assert [each.content_id for each in left] == [kept]
    (hour,) = await stores.analytics_hours.find({})
    assert set(hour.sums.values()) == {10}
    await ada.data("mutation D($p: String!) { deleteMe(password: $p) }", p=PASSWORD)
    for name in ("snapshots", "standings", "hours", "editions"):
        assert await getattr(stores, f"analytics_{name}").count({}) == 0
    assert await stores.content_hours.count({}) == 0
