"""Calls to a service that speaks OpenAI's protocol: tried again, within a deadline."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from json import JSONDecodeError
from typing import TYPE_CHECKING, TypeVar

from datasources.breaker import Breaker
from datasources.models import (
    ModelBusy,
    ModelFailure,
    ModelMisconfigured,
    ModelUnavailable,
    Tokens,
)

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

T = TypeVar("T")
FIRST_DELAY = 0.5
MOST_DELAY = 8.0
PAID = 2
"""How many answers that cannot be used are paid for before a call is given up."""

log = logging.getLogger("brandgraph.models")


@dataclass(frozen=True, slots=True)
class OpenAIAccess:
    """Where the service is and how long to wait for it, in seconds."""

    key: str
    url: str
    timeout: float = 30.0
    deadline: float = 90.0
    first_delay: float = FIRST_DELAY


class OpenAICalls:
    """One connection to the service, and its circuit breaker. Made at its first use."""

    def __init__(self, access: OpenAIAccess, breaker: Breaker | None = None) -> None:
        self._access = access
        self._breaker = breaker or Breaker()
        self._client: AsyncOpenAI | None = None

    async def client(self) -> AsyncOpenAI:
        """The client, which never tries again by itself. Its library is loaded in a thread."""
        if self._client is None:
            await asyncio.to_thread(import_module, "openai")
        if self._client is None:  # another call may have made it meanwhile
            from openai import AsyncOpenAI

            self._client = AsyncOpenAI(
                api_key=self._access.key,
                base_url=self._access.url,
                timeout=self._access.timeout,
                max_retries=0,
            )
        return self._client

    async def call(self, attempt: Callable[[AsyncOpenAI], Awaitable[T]]) -> tuple[T, Tokens]:
        """What an attempt gives, made again while that may help and time is left.

        Beside it, the tokens that those before it used in vain. Raises the `ModelFailure` of the
        last one, with the tokens of all of them.
        """
        client = await self.client()
        ends = asyncio.get_running_loop().time() + self._access.deadline
        spent, tried, paid = Tokens(), 0, 0
        while True:
            tried += 1
            try:
                return await self._once(lambda: attempt(client), ends), spent
            except ModelFailure as failure:
                paid += failure.tokens != Tokens()
                spent += failure.tokens
                failure.tokens = spent
                delay = self._delay(failure, tried)
                late = asyncio.get_running_loop().time() + delay >= ends
                if not failure.transient or late or paid >= PAID:
                    raise
                log.warning("the model failed (%s); again in %.1f s", failure.code, delay)
            await asyncio.sleep(delay)

    async def _once(self, attempt: Callable[[], Awaitable[T]], ends: float) -> T:
        if wait := self._breaker.wait():
            raise ModelUnavailable("has failed too often, and rests", wait=wait)
        try:
            async with asyncio.timeout_at(ends):
                result = await self._translated(attempt)
        except TimeoutError as error:
            self._breaker.failed()
            raise ModelUnavailable("is too slow") from error
        except ModelUnavailable:
            self._breaker.failed()
            raise
        except ModelFailure:
            self._breaker.succeeded()
            raise
        self._breaker.succeeded()
        return result

    async def _translated(self, attempt: Callable[[], Awaitable[T]]) -> T:
        import openai

        try:
            return await attempt()
        except openai.APIStatusError as error:
            raise status_failure(error) from error
        except (openai.APIError, JSONDecodeError) as error:
            raise ModelUnavailable from error
        except Exception as error:
            if not is_transport(error):
                raise
            raise ModelUnavailable("broke off") from error

    def _delay(self, failure: ModelFailure, tried: int) -> float:
        grown = min(MOST_DELAY, self._access.first_delay * 2 ** (tried - 1))
        return max(failure.wait or 0.0, random.uniform(grown / 2, grown))  # noqa: S311

    async def close(self) -> None:
        """Give the sockets back."""
        if self._client is not None:
            await self._client.close()


def is_transport(error: Exception) -> bool:
    """Whether the connection failed, whichever HTTP library the client was built on."""
    return any(kind.__name__ == "TransportError" for kind in type(error).__mro__)


def status_failure(error: APIStatusError) -> ModelFailure:
    """Our failure for a status of theirs. What they say stays in the log: it may name a key."""
    status = error.status_code
    log.warning("the model's service answered %s (%s)", status, error.code)
    if status == 429 and error.code != "insufficient_quota":
        return ModelBusy(retry_after(error))
    if status == 429:
        return ModelMisconfigured("the account has no credit left")
    if status in (408, 409) or status >= 500:
        return ModelUnavailable(wait=retry_after(error))
    if status in (401, 403):
        return ModelMisconfigured("its key is not accepted")
    if status == 404:
        return ModelMisconfigured("there is no such model")
    return ModelMisconfigured(f"it refused the request ({status})")


def retry_after(error: APIStatusError) -> float | None:
    """The seconds that the service wants to be left alone for, where it says so in seconds."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(error.response.headers[name]) * unit)
        except (KeyError, ValueError):
            continue
    return None
