"""The events of an export, while it runs and at its end."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

__all__ = ["Event", "EventKind", "Summary"]

EventKind: TypeAlias = Literal["progress", "part", "waiting", "complete", "partial", "failed"]


@attrs.frozen(kw_only=True)
class Event:
    """Where the export of one list stands; ``error`` where it failed, ``file`` where its rows are.

    ``progress``: a page was written. ``part``: rows became durable. ``waiting``: the rate budget lets no request go before
    ``next_request``. ``complete``, ``partial`` (rows before an error are committed) and ``failed`` are each list's last.
    """

    event: EventKind
    entity_set: str
    folder: str | None = None
    tenant: str | None = None
    """Its name in a run file."""
    rows: int = 0
    """In the export once this run ends, those of earlier runs included; what was read twice stands there twice."""
    new_rows: int = 0
    """Of ``rows``, those that this run wrote."""
    expected: int | None = None
    """How many rows the server counted before; a hint for displays."""
    committed: int = 0
    """Of ``rows``, those that survive anything."""
    parts: int = 0
    """How many parts have them."""
    files: int = 0
    """How many files have them."""
    bytes: int = 0
    """The size of these files."""
    requests: int = 0
    retries: int = 0
    waits: float = 0.0
    """Seconds that requests waited for the rate budget."""
    sent_in_a_minute: int | None = None
    """Requests to lists like this in the last 60 s, of all clients of the pool; None where nothing limits them."""
    budget: float | None = None
    """How many of them a minute are allowed to these clients now."""
    next_request: float | None = None
    """Seconds until the budget lets one more be sent; 0 where it does so now."""
    seconds: float = 0.0
    plan: str = ""
    proven: bool = False
    reason: str = ""
    notes: tuple[str, ...] = ()
    file: str | None = None
    error: str = ""
    error_type: str = ""
    """The class of the error, such as ``FolderRequired``."""

    @property
    def is_last(self) -> bool:
        """Whether nothing more will come of this list."""
        return self.event in {"complete", "partial", "failed"}

    @property
    def rows_a_second(self) -> int:
        """How fast this run writes."""
        return round(self.new_rows / self.seconds) if self.seconds else 0


@attrs.frozen
class Summary:
    """How an export ended: the last event of each list."""

    lists: tuple[Event, ...]
    not_begun: int = 0
    """How many lists have no event, as where nobody iterated over the run to its end."""

    @property
    def rows(self) -> int:
        """Rows in the export, those of earlier runs included."""
        return sum(each.rows for each in self.lists)

    @property
    def new_rows(self) -> int:
        """Rows that this run wrote."""
        return sum(each.new_rows for each in self.lists)

    @property
    def files(self) -> int:
        return sum(each.files for each in self.lists)

    @property
    def bytes(self) -> int:
        return sum(each.bytes for each in self.lists)

    @property
    def requests(self) -> int:
        return sum(each.requests for each in self.lists)

    @property
    def retries(self) -> int:
        return sum(each.retries for each in self.lists)

    @property
    def waits(self) -> float:
        return sum(each.waits for each in self.lists)

    @property
    def is_complete(self) -> bool:
        """Whether every list was read to its end."""
        return not self.not_begun and all(each.event == "complete" for each in self.lists)

    @property
    def proven(self) -> bool:
        """Whether the rows of every list are proven to be all, each once."""
        return self.is_complete and all(each.proven for each in self.lists)

    @property
    def reason(self) -> str:
        """Why, or why not."""
        return "; ".join(dict.fromkeys(each.reason for each in self.lists if each.reason))

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(note for each in self.lists for note in each.notes)
