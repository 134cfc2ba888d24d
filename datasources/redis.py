"""Redis (or Valkey): one connection pool a process, and keys under one namespace."""

from __future__ import annotations

from redis.asyncio import BlockingConnectionPool
from redis.asyncio import Redis as Driver
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.driver_info import DriverInfo
from redis.exceptions import ConnectionError as Disconnected

from datasources.failures import redis_failures
from datasources.redis_client import Client

CONNECTIONS = 32

DRIVER = DriverInfo()
"""What a connection calls itself. Made once: it looks the driver's version up on the disk."""


class Redis:
    """The connection. `namespace` keeps deployments, and tests, on one server apart."""

    def __init__(self, url: str, namespace: str, *, timeout: float = 1.0) -> None:
        self.url = url
        self.namespace = namespace
        # A pool that waits: with the usual one, more calls at once than sockets are failures.
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=timeout,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            # Once more where a connection is gone; one that is silent would be so again.
            retry=Retry(NoBackoff(), 1, (Disconnected,)),
            decode_responses=True,
            driver_info=DRIVER,
        )
        self.client: Driver = Client.from_pool(pool)

    def key(self, *parts: str) -> str:
        """A key of ours: the namespace and the parts, joined by colons."""
        return ":".join((self.namespace, *parts))

    async def ping(self) -> None:
        """Raise `Unavailable` unless Redis answers."""
        with redis_failures():
            await self.client.ping()

    async def close(self) -> None:
        """Give the sockets back."""
        await self.client.aclose()
