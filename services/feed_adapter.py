"""The platform that needs no account: the workspace's own public feed."""

from __future__ import annotations

from datasources.content import Platform
from datasources.feed import Entries, Entry, entry_id
from services.adapters import Post, Published


class FeedAdapter:
    """Publishes to the feed. `public_url` is where this server is reached from outside."""

    platform = Platform.FEED
    idempotent = True

    def __init__(self, entries: Entries, public_url: str) -> None:
        self._entries = entries
        self._public_url = public_url.rstrip("/")

    async def publish(self, post: Post) -> Published:
        """Store the entry of this target; the second time changes nothing."""
        entry = Entry(
            id=entry_id(post.target_id),
            workspace_id=post.workspace_id,
            content_id=post.content_id,
            content_version=post.version,
            title=post.title,
            body=post.body,
            summary=post.summary,
            tags=post.tags,
            author_id=post.author_id,
            author_name=post.author_name,
            published_at=post.at,
            updated_at=post.at,
        )
        await self._entries.put(entry)
        return Published(entry.id, f"{self._public_url}/feeds/{entry.workspace_id}/{entry.id}")

    async def withdraw(self, target_id: str) -> None:
        """Remove the entry."""
        await self._entries.delete(entry_id(target_id))
