"""The connection to Weaviate: where it is, and what its failures mean."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from datasources.failures import Unavailable

if TYPE_CHECKING:
    from weaviate import WeaviateAsyncClient
    from weaviate.collections import CollectionAsync


@dataclass(frozen=True, slots=True)
class WeaviateAccess:
    """Where Weaviate is. `key` is empty where it lets everybody in; `timeout` is in seconds."""

    url: str
    grpc_port: int
    key: str = ""
    timeout: float = 10.0


class WeaviateConnection:
    """One client of a process, connected when it is first needed."""

    def __init__(self, access: WeaviateAccess) -> None:
        self._access = access
        self._client: WeaviateAsyncClient | None = None
        self._connecting = asyncio.Lock()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[WeaviateAsyncClient]:
        """The client; what fails inside the block becomes `Unavailable`."""
        from weaviate.exceptions import WeaviateBaseError

        try:
            yield await self._connect()
        except (WeaviateBaseError, OSError) as error:
            raise Unavailable("search index") from error

    async def close(self) -> None:
        """Close the connection; using it again opens another."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _connect(self) -> WeaviateAsyncClient:
        async with self._connecting:
            if self._client is None:
                client = client_of(self._access)
                await client.connect()
                self._client = client
            return self._client


async def made(client: WeaviateAsyncClient, name: str, schema: dict[str, Any]) -> CollectionAsync:
    """The collection of that name; made, unless it is there."""
    from weaviate.exceptions import WeaviateBaseError

    if not await client.collections.exists(name):
        try:
            await client.collections.create(name, **schema)
        except WeaviateBaseError:
            if not await client.collections.exists(name):  # another process was faster
                raise
    return client.collections.get(name)


def nothing_there(error: Exception) -> bool:
    """Whether the failure says that the tenant, or the whole collection, is not there."""
    told = str(error).casefold()
    return any(
        each in told for each in ("tenant not found", "could not find class", "no such tenant")
    )


def client_of(access: WeaviateAccess) -> WeaviateAsyncClient:
    """A client that is not connected yet."""
    import weaviate
    from weaviate.classes.init import AdditionalConfig, Auth, Timeout

    parts = urlsplit(access.url)
    secure = parts.scheme == "https"
    host = parts.hostname or "localhost"
    return weaviate.use_async_with_custom(
        http_host=host,
        http_port=parts.port or (443 if secure else 80),
        http_secure=secure,
        grpc_host=host,
        grpc_port=access.grpc_port,
        grpc_secure=secure,
        auth_credentials=Auth.api_key(access.key) if access.key else None,
        additional_config=AdditionalConfig(
            timeout=Timeout(init=access.timeout, query=access.timeout, insert=access.timeout * 3)
        ),
        skip_init_checks=True,
    )
