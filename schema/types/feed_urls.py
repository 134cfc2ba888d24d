"""Where a workspace's public feed is."""

from __future__ import annotations

import strawberry

from services.feed_formats import ATOM, JSON, RSS


@strawberry.type(
    description="Where the public feed is, for anyone, from the first publication to FEED on."
)
class FeedUrls:
    """The page, and the formats that feed readers take."""

    page: str
    rss: str
    atom: str
    json: str

    @classmethod
    def of(cls, url: str) -> FeedUrls:
        """From the URL of the page."""
        return cls(page=url, rss=f"{url}/{RSS}", atom=f"{url}/{ATOM}", json=f"{url}/{JSON}")
