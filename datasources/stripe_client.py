"""The connection to Stripe: made when it is first needed, and its failures in our words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog

from datasources.failures import Unavailable

if TYPE_CHECKING:
    from stripe import HTTPXClient, StripeClient

log: structlog.stdlib.BoundLogger = structlog.get_logger()

GONE = "resource_missing"
"""Stripe's code for what is not there: it never was, or was deleted, or another key had made it."""
TIMEOUT = 20.0
RETRIES = 2


class StripeRefused(Exception):
    """Stripe does not do what it was asked. `code` is its own, as `resource_missing`."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class CardRefused(StripeRefused):
    """The bank does not pay; the message is for the person who owns the card."""


class StripeConnection:
    """One client a process. The library takes a fifth of a second to import: a thread does so."""

    def __init__(self, key: str, address: str) -> None:
        self._key = key
        self._address = address
        self._lock = asyncio.Lock()
        self._made: tuple[StripeClient, HTTPXClient] | None = None

    @asynccontextmanager
    async def use(self) -> AsyncIterator[StripeClient]:
        """The client, for calls whose failures become ours: `Unavailable`, `StripeRefused`."""
        async with self._lock:
            if self._made is None:
                self._made = await asyncio.to_thread(connect, self._key, self._address)
        import stripe

        try:
            yield self._made[0]
        except stripe.CardError as error:
            raise CardRefused(error.user_message or "The card was declined.", error.code) from None
        except (stripe.AuthenticationError, stripe.PermissionError) as error:
            log.error("Stripe refuses the key: look at STRIPE_API_KEY", why=type(error).__name__)
            raise Unavailable("payment service", 60.0) from error
        except (stripe.APIConnectionError, stripe.RateLimitError) as error:
            raise Unavailable("payment service", 2.0) from error
        except stripe.StripeError as error:
            if error.http_status is None or error.http_status >= 500:
                raise Unavailable("payment service", 2.0) from error
            raise StripeRefused(str(error.user_message or error), error.code) from error

    async def close(self) -> None:
        """Give the sockets back."""
        if self._made is not None:
            http: Any = self._made[1]  # its method has no types
            await http.close_async()


def connect(key: str, address: str) -> tuple[StripeClient, HTTPXClient]:
    """A client that speaks to that address, and the HTTP client below it."""
    import stripe

    class Http(stripe.HTTPXClient):
        """The library hands a form over as `data`, where httpx wants text as `content`."""

        def _get_request_args_kwargs(self, *given: Any) -> Any:
            arguments, named = super()._get_request_args_kwargs(*given)
            named["content"] = named.pop("data") or None
            return arguments, named

    http = Http(timeout=TIMEOUT)
    client = stripe.StripeClient(
        key,
        base_addresses={"api": address},
        http_client=http,
        max_network_retries=RETRIES,
    )
    return client, http
