"""A circuit breaker: who fails time after time is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable


class Breaker:
    """Opens after so many failures in a row, for `rest` seconds; then one call may try.

    That call closes it again if it succeeds, and opens it for another rest if it does not.
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        rest: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = failures
        self._rest = rest
        self._clock = clock
        self._failures = 0
        self._open_until = 0.0

    def wait(self) -> float:
        """Seconds until a call may be made, 0 where it may be made now.

        The first to be let through after a rest keeps the others out until it has ended.
        """
        if self._failures < self._most:
            return 0.0
        left = self._open_until - self._clock()
        if left > 0:
            return left
        self._open_until = self._clock() + self._rest
        return 0.0

    def succeeded(self) -> None:
        """All is well."""
        self._failures = 0

    def failed(self) -> None:
        """It did not answer."""
        self._failures += 1
        if self._failures >= self._most:
            self._open_until = self._clock() + self._rest
