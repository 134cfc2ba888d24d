"""Counters run on; what a period gained is told by their increments. The arithmetic of that.

An increment is a figure less the one before it, of the first figure all of it. So the increments
of any stretch add up to what the counter rose in it, and all of them to where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from datasources.snapshots import Availability, Snapshot
from datasources.standings import Count


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is stored of a counter from the earliest of new snapshots on.

    `before` is the figure ahead of it, 0 where there is none; `stored` are its snapshots, as far
    as they are known: nothing new comes behind one that is left out.
    """

    before: int
    stored: Sequence[Snapshot]


@dataclass(frozen=True, slots=True)
class Merge:
    """What new snapshots change: those to insert, those to replace, and the increments that differ.

    `unchanged` counts those that were there already.
    """

    inserted: Sequence[Snapshot]
    replaced: Sequence[Snapshot]
    unchanged: int
    shifts: Mapping[datetime, int]


def merge(stretch: Stretch, new: Sequence[Snapshot]) -> Merge:
    """Put new snapshots of one counter among the stored ones. Of two at one time the last counts.

    One without a figure never takes the place of one that has it.
    """
    stored = {each.id: each for each in stretch.stored}
    wanted: dict[str, Snapshot] = {}
    for each in new:
        there = wanted.get(each.id) or stored.get(each.id)
        if there is None or there.value is None or each.value is not None:
            wanted[each.id] = each
    inserted = [each for id, each in wanted.items() if id not in stored]
    replaced = [each for id, each in wanted.items() if id in stored and stored[id] != each]
    was = increments(stretch.before, list(stored.values()))
    will = increments(stretch.before, list({**stored, **wanted}.values()))
    moments = dict.fromkeys([*was, *will])
    shifts = {at: will.get(at, 0) - was.get(at, 0) for at in moments}
    return Merge(
        inserted,
        replaced,
        unchanged=len(new) - len(inserted) - len(replaced),
        shifts={at: amount for at, amount in shifts.items() if amount},
    )


def increments(before: int, snapshots: Sequence[Snapshot]) -> dict[datetime, int]:
    """By how much each figure is above the one ahead of it; what has no figure is passed over."""
    found: dict[datetime, int] = {}
    for each in sorted(snapshots, key=lambda each: each.captured_at):
        if each.value is not None:
            found[each.captured_at] = each.value - before
            before = each.value
    return found


def counted(count: Count | None, snapshots: Sequence[Snapshot]) -> Count:
    """Where a counter stands once these are stored, at least one; `count` is where it stood."""
    first, *rest = sorted(snapshots, key=lambda each: each.captured_at)
    standing = after(count, first)
    for each in rest:
        standing = after(standing, each)
    return standing


def after(count: Count | None, each: Snapshot) -> Count:
    """Where it stands after one more."""
    if count is None:
        count = Count(checked_at=each.captured_at, availability=each.availability)
    if each.captured_at >= count.checked_at:
        count = replace(count, checked_at=each.captured_at, availability=each.availability)
    if each.availability is not Availability.OK:
        return count
    if count.captured_at is None or each.captured_at >= count.captured_at:
        count = replace(count, value=each.value, captured_at=each.captured_at)
    if count.first_at is None or each.captured_at <= count.first_at:
        count = replace(count, first_value=each.value, first_at=each.captured_at)
    return count
