"""`brandgraph demo`: accounts with half a year of content, and what to try with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias

from server.compose import Backend
from server.demo_figures import ZONE, notes
from server.demo_past import FEEDS, Calendar, Cast, Past
from server.demo_story import Piece, pieces
from services.feed_formats import RSS

Story: TypeAlias = Callable[[Cast, datetime], list[tuple[str, Piece, float]]]
"""Pieces, the oldest first: where, what, and how much of a day before its day."""

SHOWN_EVERY = 11
TRY = """
Half a year of content is there. Open {url}/graphql and sign in as

  {mara.email:<30}{mara.password:<36}(owner)
  {tomas.email:<30}{tomas.password:<36}(editor)

with

  mutation {{
    login(
      input: {{ email: "{mara.email}", password: "{mara.password}" }}
    ) {{ accessToken }}
  }}

and look around:

  {{ contents(limit: 5) {{ title body status publishedAt author {{ profile {{ fullName }} }} }} }}

  {{
    contents(filter: {{ workspaceId: "{kettle}", tag: ["brewing"] }}) {{
      body tags
    }}
  }}

  {{
    contentConnection(workspaceId: "{harbour}", first: 3) {{
      edges {{ node {{ title status targets {{ platform state externalUrl }} }} }}
      pageInfo {{ endCursor hasNextPage }}
    }}
  }}

  {{
    analyticsOverview(workspaceId: "{kettle}", period: QUARTER) {{
      totals {{ impressions engagement engagementRate }}
      growth {{ impressions engagement }}
      series {{ date totals {{ impressions engagement }} }}
      breakdown(by: TAG) {{ key pieces totals {{ engagementRate }} }}
      top(first: 3) {{ content {{ body }} totals {{ engagement }} }}
    }}
    insightReport(workspaceId: "{kettle}") {{
      timeZone summary actionItems
      insights {{ type message recommendation }}
      bestTimes {{ platform weekday hours factor }}
    }}
    recommendations(workspaceId: "{kettle}") {{
      topics(first: 5) {{
        topic type relevance engagementPotential reasons
        evidence {{ title url }}
        writeThis {{ topic platform pillar }}
      }}
    }}
  }}

Public feeds, as long as the server runs:

{feeds}
"""


def story(cast: Cast, today: datetime) -> list[tuple[str, Piece, float]]:
    """Half a year of every workspace."""
    told = []
    for name in (*cast.workspaces, *cast.neighbours):
        for count, each in enumerate(pieces(name), 1):
            hours = count * 7 % 10
            early = name in cast.neighbours or not each.days_ago
            told.append((name, each, hours / 24 if early else at_work(each, hours, today)))
    told += [("kettle", each, hour) for each, hour in notes(today)]
    return sorted(told, key=lambda found: -found[1].days_ago - found[2])


async def fill(made: Backend, progress: Callable[[str], None], tell: Story = story) -> str:
    """Make the accounts and all that is theirs; what to print at the end.

    Takes some seconds. Each call makes other accounts, and touches nothing else.
    """
    today = datetime.now(UTC)
    past = Past(made, Calendar(today))
    progress("Making two people, an agency and its clients")
    cast = await past.cast()
    everything = tell(cast, today)
    for count, (name, each, hour) in enumerate(everything, 1):
        await past.tell(cast, cast.place(name), each, hour)
        if count % SHOWN_EVERY == 0:
            progress(f"Writing and publishing: {count} of {len(everything)}")
    await past.template(cast)
    progress("Reading what it all came to")
    await past.figures(cast)
    progress("Listening to what others write about")
    await past.trends(cast)
    return summary(made.settings.url, cast)


def at_work(each: Piece, hours: int, today: datetime) -> float:
    """How much of a day before its day it is so many hours after nine, by the people's clocks."""
    day = today.astimezone(ZONE).date() - timedelta(days=each.days_ago)
    at = datetime.combine(day, time(9, 20), ZONE) + timedelta(hours=hours)
    return (today - at) / timedelta(days=1) - each.days_ago


def summary(url: str, cast: Cast) -> str:
    """Credentials, and what to try with them."""
    feeds = (
        f"  {title:<19}{url}/feeds/{cast.workspaces[name]}/{RSS}"
        for name, (title, _) in FEEDS.items()
    )
    return TRY.format(url=url, **cast.people, **cast.workspaces, feeds="\n".join(feeds))
