"""Which partitions share a rate limit, and so are read one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import attrs

from uipath_odata.partitions.partition import Partition, partitions_in

__all__ = ["in_lanes", "laned"]


def in_lanes(partitions: Partition | Iterable[Partition]) -> list[list[Partition]]:
    """Return what may be read at once: each list's partitions are read one after the other, by one task.

    Partitions without a lane stand alone; those of a lane are one list, whatever their sets and folders.
    """
    lanes: dict[tuple[str | None, int], list[Partition]] = {}
    for each in partitions_in(partitions):
        key = (None, len(lanes)) if each.lane is None else (each.lane, each.lane_number)
        lanes.setdefault(key, []).append(each)
    return [*lanes.values()]


def laned(partitions: Sequence[Partition], lanes: int) -> list[Partition]:
    """Spread the partitions of limited lists over lanes, each to the one that has the fewest rows so far."""
    planned = Counter(each.lane for each in partitions)
    held: dict[str, list[int]] = {}
    made: list[Partition] = []
    for each in partitions:
        if each.lane is None:
            made.append(each)
            continue
        used = min(lanes, planned[each.lane])
        rows = held.setdefault(each.lane, [0] * used)
        least = rows.index(min(rows))
        rows[least] += max(1, each.rows or 0)
        made.append(attrs.evolve(each, lane_number=least + 1, lanes=used))
    return made
