"""Who is in an audience, viewer by viewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeAlias

from server.followed import Follower, ViewerT

Party: TypeAlias = Sequence[Follower[ViewerT]]


class Present(Generic[ViewerT]):
    """Those who were there when an event began to be answered.

    `spans` are of those operations among theirs that are traced.
    """

    __slots__ = ("_allowed", "_party", "parties", "spans", "viewers")

    def __init__(self, parties: dict[ViewerT, dict[Follower[ViewerT], None]]) -> None:
        self.viewers = list(parties)
        self.parties = [tuple(party) for party in parties.values()]
        self.spans = [
            each.watch.span for party in parties.values() for each in party if each.watch.span
        ]
        self._allowed: Sequence[bool] | None = None
        self._party: Party[ViewerT] = ()

    def of(self, allowed: Sequence[bool]) -> Party[ViewerT]:
        """The followers of the viewers who may be told. Asked alike, it gives the very same list:
        so it is seen without comparing them that events go to the same followers.
        """
        if allowed != self._allowed:
            chosen = zip(self.parties, allowed, strict=True)
            self._party = [follower for party, may in chosen if may for follower in party]
            self._allowed = allowed
        return self._party


class Roll(Generic[ViewerT]):
    """The followers of one audience."""

    __slots__ = ("_parties", "_present")

    def __init__(self) -> None:
        self._parties: dict[ViewerT, dict[Follower[ViewerT], None]] = {}
        self._present: Present[ViewerT] | None = None

    def __iter__(self) -> Iterator[Follower[ViewerT]]:
        for party in self.present().parties:
            yield from party

    def add(self, follower: Follower[ViewerT]) -> None:
        """One more."""
        self._present = None
        self._parties.setdefault(follower.caller.viewer, {})[follower] = None

    def remove(self, follower: Follower[ViewerT]) -> None:
        """One less."""
        self._present = None
        viewer = follower.caller.viewer
        party = self._parties[viewer]
        del party[follower]
        if not party:
            del self._parties[viewer]

    def present(self) -> Present[ViewerT]:
        """Those who are there now; the same object until somebody comes or goes."""
        if self._present is None:
            self._present = Present(self._parties)
        return self._present
