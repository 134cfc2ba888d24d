"""How often one may try to sign in or up, by account and by client address."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from math import ceil

from datasources.throttle import Counter, Counters
from services.failures import Failure


class RateLimited(Failure):
    """Too many tries. `retryAfter` in the error says how many seconds to wait."""

    code = "RATE_LIMITED"

    def __init__(self, action: str, seconds: float) -> None:
        wait = max(1, ceil(seconds))
        super().__init__(
            f"There were too many attempts to {action}. Try again in {wait} seconds.",
            retryAfter=wait,
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `tries` within `seconds`, counted from the first of them."""

    tries: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The allowances of this deployment."""

    sign_in_by_account: Allowance = Allowance(10, 900)
    sign_in_by_address: Allowance = Allowance(100, 900)
    sign_up_by_address: Allowance = Allowance(30, 3600)


class Throttle:
    """Counts tries before they are made, so that many at once cannot slip through.

    Raises `RateLimited` where there were too many, `Unavailable` where Redis is away. The
    counters' names are hashed: no address of a person is kept in them.
    """

    def __init__(self, counters: Counters, limits: Limits | None = None) -> None:
        self._counters = counters
        self._limits = limits or Limits()

    async def sign_in(self, account: str, address: str) -> None:
        """Count an attempt at an account's password; `account` is its normalised email."""
        await self._hit("sign in", self._account(account), *self._address(address))

    async def signed_in(self, account: str, address: str) -> None:
        """The attempt was good: the account starts afresh, the address gets that one back."""
        await self._counters.clear([self._account(account)])
        if counted := self._address(address):
            await self._counters.give_back(counted)

    async def sign_up(self, address: str) -> None:
        """Count an attempt to register."""
        if address:
            allowance = self._limits.sign_up_by_address
            await self._hit("register", counter("sign-up", network(address), allowance))

    async def _hit(self, action: str, *counters: Counter) -> None:
        wait = await self._counters.hit(counters)
        if wait > 0:
            raise RateLimited(action, wait)

    def _account(self, account: str) -> Counter:
        return counter("account", account, self._limits.sign_in_by_account)

    def _address(self, address: str) -> list[Counter]:
        allowance = self._limits.sign_in_by_address
        return [counter("address", network(address), allowance)] if address else []


def counter(kind: str, subject: str, allowance: Allowance) -> Counter:
    """The counter of one subject, under a name that does not tell who it is."""
    digest = hashlib.sha256(f"{kind}:{subject}".encode()).hexdigest()[:32]
    return Counter(f"{kind}:{digest}", allowance.tries, allowance.seconds)


def network(address: str) -> str:
    """What one client can change at will counts as one address: an IPv6 /64 is one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found.packed[:8] + bytes(8), 64)))
    return str(found)
