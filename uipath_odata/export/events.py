"""What an export tells while it runs, and at its end."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

__all__ = ["Event", "EventKind", "Summary"]

EventKind: TypeAlias = Literal["progress", "part", "complete", "partial", "failed"]


@attrs.frozen(kw_only=True)
class Event:
    """Where the export of one list stands; ``error`` where it failed, ``file`` where its rows are.

    ``progress``: a page was written. ``part``: rows became durable. ``complete``, ``partial`` (rows before an error are
    committed) and ``failed`` are each list's last.
    """

    event: EventKind
    entity_set: str
    folder: str | None = None
    tenant: str | None = None
    """Its name in a run file."""
    rows: int = 0
    """In this export, those of interrupted runs included."""
    expected: int | None = None
    """How many rows the server counted before; a hint for displays."""
    committed: int = 0
    """Of ``rows``, those that survive anything."""
    parts: int = 0
    """How many parts have them."""
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
        return round(self.rows / self.seconds) if self.seconds else 0


@attrs.frozen
class Summary:
    """How an export ended: the last event of each list."""

    lists: tuple[Event, ...]

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.lists)

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
        return all(each.event == "complete" for each in self.lists)

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
