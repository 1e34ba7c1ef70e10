"""What a run did, in numbers: the last event of each list, summed by set."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from uipath_odata.cli.printable import readable
from uipath_odata.export import Event

__all__ = ["RunSummary", "Total", "name_of"]


def name_of(event: Event) -> str:
    """Return what a list is called on a screen: its tenant, its set and its folder."""
    tenant = "" if event.tenant is None else f"{event.tenant}: "
    folder = "" if event.folder is None else f" · {event.folder}"
    return f"{tenant}{event.entity_set}{folder}"


@attrs.frozen
class Total:
    """What lists have together; ``rows``, ``files`` and ``bytes`` are what lies in the export after the run."""

    lists: int
    new_rows: int
    rows: int
    files: int
    bytes: int
    requests: int


@attrs.define(eq=False)
class RunSummary:
    """Takes the events of a run, also where a list is exported twice, one time after the other."""

    clock: Callable[[], float] = time.monotonic
    open: dict[str, Event] = attrs.field(factory=dict[str, Event], init=False)
    """The lists that are being read, by name."""
    ended: list[Event] = attrs.field(factory=list[Event], init=False)
    new_rows: int = attrs.field(default=0, init=False)
    """Rows of this run, of all lists: counted as events come, one per page."""
    _began: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._began = self.clock()

    def take(self, event: Event) -> None:
        """Take the next event."""
        name = name_of(event)
        before = self.open.pop(name, None)
        self.new_rows += event.new_rows - (before.new_rows if before else 0)
        if event.is_last:
            self.ended.append(event)
        else:
            self.open[name] = event

    @property
    def lists(self) -> list[Event]:
        """The last event of each list that began."""
        return [*self.ended, *self.open.values()]

    @property
    def seconds(self) -> float:
        """How long the run has lasted."""
        return self.clock() - self._began

    @property
    def sets(self) -> dict[str, Total]:
        """What each set has, of all folders together."""
        lists_of = defaultdict[str, list[Event]](list)
        for each in self.lists:
            lists_of[name_of(attrs.evolve(each, folder=None))].append(each)
        return {name: _total(lists_of[name]) for name in sorted(lists_of)}

    @property
    def total(self) -> Total:
        """What all lists have together."""
        return _total(self.lists)

    @property
    def where(self) -> list[str]:
        """The places that have the rows."""
        places = (each.file.removesuffix(f"/{each.entity_set}") for each in self.ended if each.file)
        return [*dict.fromkeys(places)]

    def as_json(self) -> dict[str, Any]:
        """Return the numbers as the last JSON line of a run."""
        return {
            "event": "summary",
            **attrs.asdict(self.total),
            "seconds": round(self.seconds, 3),
            "where": [*map(readable, self.where)],
            "sets": {name: attrs.asdict(total) for name, total in self.sets.items()},
        }


def _total(events: Iterable[Event]) -> Total:
    lists = [*events]
    return Total(
        len(lists),
        sum(each.new_rows for each in lists),
        sum(each.rows for each in lists),
        sum(each.files for each in lists),
        sum(each.bytes for each in lists),
        sum(each.requests for each in lists),
    )
