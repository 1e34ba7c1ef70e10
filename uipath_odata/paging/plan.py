"""What every plan of reading a list speaks: Fetch out, Page in, rows given out; no I/O and no clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

import attrs

__all__ = ["Fetch", "Page", "Plan", "Proof", "Row"]

Row: TypeAlias = Mapping[str, Any]
"""One entity as sent: wire names, JSON values."""


@attrs.frozen(kw_only=True, eq=False)
class Fetch:
    """A request that may go out now; it is itself, not its values: two equal requests are two."""

    options: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """Decoded OData options by name, such as ``{"$top": "1000"}``; empty when ``link`` is followed."""

    link: str | None = None
    """The next link to follow, as the server wrote it."""

    total: bool = False
    """Ask the set's GetTotalCount function with these options instead of the list."""

    refusable: bool = False
    """The plan can do without it: a 400 is received as an empty page."""

    position: int = 0
    """Rows of a fetch come before those of a higher one; equal where the order is free."""


@attrs.frozen
class Page:
    """One answer: its rows, and the server's hints about the rest."""

    rows: list[Row]
    count: int | None = None
    """``@odata.count``; a hint, never proof: servers leave it out, cap it or count otherwise."""
    next_link: str | None = None


@attrs.frozen
class Proof:
    """Whether the rows given out are proven to be all of them, each once, and why or why not."""

    proven: bool
    reason: str


class Plan(Protocol):
    """A state machine that reads one list; one executor drives any of them.

    ``next_fetch`` when there is room for another page, ``receive`` for each answer (in any order), ``give``
    until it has nothing. Errors of ``receive`` are final; rows of earlier positions are still given out.
    """

    @property
    def name(self) -> str: ...

    @property
    def added(self) -> tuple[str, ...]:
        """Say what goes on the wire beyond the user's query."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what was unusual about the server's answers."""
        ...

    @property
    def proof(self) -> Proof: ...

    @property
    def checkpoint(self) -> Any:
        """Give the position after the rows given out so far as a small JSON value; None: it has none."""
        ...

    @property
    def held(self) -> int:
        """Count the pages that wait inside for their turn."""
        ...

    def next_fetch(self) -> Fetch | None:
        """Start one more request; None: nothing more until an answer is received."""
        ...

    def receive(self, fetch: Fetch, page: Page, /) -> None:
        """Take in the answer to a fetch that was started."""
        ...

    def give(self) -> list[Row] | None:
        """Hand out the next rows, one held page at a time; None: something must be received first."""
        ...
