"""Sockets that follow all changes in a workspace, and count what arrives."""

from __future__ import annotations

import itertools
import re
import time
from array import array

from bench.frames import masked_frame
from bench.sockets import Crowd, Socket, init_message, subscribe_message
from bench.world import World

CHANGES = """
subscription Changes($workspaceId: ID!) {
  contentChanged(workspaceId: $workspaceId) { kind contentId content { id title version } }
}
"""
NUMBER = re.compile(rb"Change (\d{9})")


class Followers(Crowd):
    """A crowd whose members follow one workspace after the other.

    `sent` are the times at which changes left, by their number; `delays` are the seconds until
    each of them arrived at a socket.
    """

    def __init__(self, port: int, world: World) -> None:
        inits = [init_message(person.token) for person in world.people]
        super().__init__(port, inits, b"")
        self._subscriptions = itertools.cycle(
            masked_frame(subscribe_message(CHANGES, {"workspaceId": each}))
            for each in world.workspaces
        )
        self.sent: dict[int, float] = {}
        self.arrivals = 0
        self.errors = 0
        self.delays = array("d")

    @property
    def subscribe(self) -> bytes:
        """What the next one asks for."""
        return next(self._subscriptions)

    @subscribe.setter
    def subscribe(self, message: bytes) -> None:
        """Each has its own."""

    def take(self, socket: Socket, data: bytes, start: int, end: int, now: float) -> None:
        """Count an event, and how long it took where we sent what it tells of."""
        self.arrivals += 1
        found = NUMBER.search(data, start, end)
        if data.find(b'"errors"', start, end) >= 0 or found is None:
            self.errors += 1
            return
        left = self.sent.get(int(found[1]))
        if left is not None:
            self.delays.append(now - left)

    def changing(self, number: int) -> None:
        """The change of that number leaves now. Those long arrived are forgotten."""
        self.sent[number] = time.perf_counter()
        self.sent.pop(number - 1000, None)
