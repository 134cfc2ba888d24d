"""Counting the accounts that are made, where they are made."""

from __future__ import annotations

from collections.abc import Callable

from services.accounts import Accounts, SignedIn
from services.sessions import Client


class CountedAccounts(Accounts):
    """Accounts whose signups are counted."""

    def counting(self, signed_up: Callable[[], None]) -> CountedAccounts:
        """These accounts, once they know who counts."""
        self._signed_up = signed_up
        return self

    async def register(
        self, address: str, password: str, full_name: str, client: Client
    ) -> SignedIn:
        """As `Accounts` does it."""
        made = await super().register(address, password, full_name, client)
        self._signed_up()
        return made
