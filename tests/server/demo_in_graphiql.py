"""What the demo prints to try, read in GraphiQL, in a real browser."""

import re
from typing import Any

from tests.browser.chromium import Chromium
from tests.browser.graphiql import GraphiQL


def printed(text: str, field: str) -> str:
    """The document of what the demo prints that has this field; no other lines are so far in."""
    blocks = re.findall(r"^  (?:mutation )?\{$.*?^  \}$", text, re.MULTILINE | re.DOTALL)
    (found,) = [each for each in blocks if field in each]
    return str(found)


async def read(browser: Chromium, url: str, text: str) -> None:
    """Sign in and read the figures, as `text` says that one may."""
    page = await GraphiQL.open(browser, url)
    await page.paste(printed(text, "login("))
    await page.play()
    await page.answer("accessToken")
    await page.paste(printed(text, "insightReport("))
    await page.play()
    answer = await page.answer('"recommendations"')
    assert "errors" not in answer
    overview(answer["data"]["analyticsOverview"])
    insights(answer["data"]["insightReport"])
    recommendations(answer["data"]["recommendations"]["topics"])
    assert page.page.complaints == []


def overview(shown: Any) -> None:
    """Rates that a feed may have, sums that are right, and what was planted at the top."""
    totals = shown["totals"]
    assert sum(each["totals"]["impressions"] for each in shown["series"]) == totals["impressions"]
    assert sum(each["totals"]["engagement"] for each in shown["series"]) == totals["engagement"]
    rates = {each["key"]: each["totals"]["engagementRate"] for each in shown["breakdown"]}
    assert 0.01 < totals["engagementRate"] < 0.15
    assert rates["brewing"] > 1.5 * rates["sourcing"]
    assert all(each["totals"]["engagement"] for each in shown["top"])
    assert len({each["content"]["body"] for each in shown["top"]}) == 3


def insights(report: Any) -> None:
    """Each claim says of what, how sure, and by which clock; each asks for something."""
    assert report["timeZone"] == "Europe/Stockholm"
    assert re.match(r"\d findings from 258 posts of the last year \(86 pieces", report["summary"])
    messages = [each["message"] for each in report["insights"]]
    assert all("for each impression" in each and "95% interval" in each for each in messages)
    assert messages[0] in report["summary"]
    assert report["actionItems"] == [each["recommendation"] for each in report["insights"]]
    (morning,) = [each for each in report["bestTimes"] if each["hours"]]
    assert (morning["platform"], morning["hours"]) == ("LINKEDIN", "06-09")
    assert 1.5 < morning["factor"] < 3
    (told,) = [each for each in messages if "06:00 and 09:00" in each]
    assert "by the clock of Europe/Stockholm" in told


def recommendations(topics: Any) -> None:
    """Topics in words, reasons in sentences, and what to write comes with each."""
    assert {"PILLAR_GAP", "PROVEN"} <= {each["type"] for each in topics}
    for each in topics:
        assert len(each["topic"].split()) > 1
        assert not each["topic"].endswith(".")
        assert 0 < each["relevance"] <= 1
        assert len(each["reasons"]) > 1
        assert all(reason.endswith(".") for reason in each["reasons"])
        assert each["writeThis"]["topic"] == each["topic"]
