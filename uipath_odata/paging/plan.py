"""The protocol of all plans: requests out, pages in, rows out; no I/O and no clock."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, Protocol, TypeAlias, get_args

import attrs

from uipath_odata.odata.rows.json_body import Row

__all__ = ["Feature", "Fetch", "Page", "Plan", "Proof", "ProofKind", "Row", "weakest"]


class Feature(enum.Enum):
    """What some servers refuse, in words for a report."""

    IN = "in"
    ORDER = "an order by the key"
    RANGES = "ranges of the key"


@attrs.frozen(kw_only=True, eq=False)
class Fetch:
    """A request that may go out now; it is itself, not its values: two equal requests are two."""

    options: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """Decoded OData options by name, such as ``{"$top": "1000"}``."""

    continuation: str | None = None
    """What of a next link goes with the options, encoded: ``$skiptoken=…`` as the server wrote it."""

    total: bool = False
    """Ask the set's GetTotalCount function with these options instead of the list."""

    refusable: bool = False
    """The plan can do without it: 400, 404 and 5xx are received as a refused page."""

    position: int = 0
    """Rows of a fetch come before those of a higher one; equal where the order is free."""


@attrs.frozen
class Page:
    """One answer: its rows, and the server's hints about the rest."""

    rows: list[Row]
    count: int | None = None
    """``@odata.count``; a hint, never proof: servers leave it out, cap it or count otherwise."""
    next_link: str | None = None
    refused: bool = False
    """The server refused a fetch that the plan can do without."""
    top: int | None = None
    """How many rows were asked for, where more would have made too long an answer; None: as many as the fetch says."""


ProofKind: TypeAlias = Literal["by_later_bucket", "by_remainder", "by_count", "by_one_answer", "none"]
"""What shows that no row is missing, the strongest first; a bucket is all rows of one key value.

``by_later_bucket``: each answer that completes a bucket begins before it and also holds a later one.
``by_remainder``: a bucket was split by a property that never changes, and the remainder was asked last, too.
``by_count``: rows, one count, rows again, and as many distinct ones seen both times as were counted.
``by_one_answer``: the server gives the list whole in one answer, or the first answer was empty.
``none``: nothing shows it.
"""
_STRENGTH: Final = get_args(ProofKind)


@attrs.frozen
class Proof:
    """Whether the rows given out are proven to be all of them, each once, and why or why not."""

    kind: ProofKind
    reason: str

    @property
    def proven(self) -> bool:
        return self.kind != "none"


def weakest(proofs: Iterable[Proof]) -> Proof:
    """Return the proof that shows least, the first of those that are alike."""
    return max(proofs, key=lambda proof: _STRENGTH.index(proof.kind))


class Plan(Protocol):
    """A state machine that reads one list; one executor drives any of them.

    ``next_fetch`` when there is room for another page, ``on_page`` for each answer (in any order), ``next_rows``
    until it has nothing. Errors of ``on_page`` are final; rows of earlier positions are still given out.
    """

    __slots__ = ()

    @property
    def name(self) -> str: ...

    @property
    def guarantee(self) -> str:
        """Say what the plan promises about its rows."""
        ...

    @property
    def subqueries(self) -> Sequence[Plan]:
        """Return the plans that each read a part of the list; none: this one reads it all."""
        return ()

    @property
    def added(self) -> tuple[str, ...]:
        """Say what is sent beyond the user's query."""
        return ()

    @property
    def selects(self) -> tuple[str, ...]:
        """Return the properties that are selected beyond the user's query, and left out of the rows."""
        return ()

    @property
    def features(self) -> frozenset[Feature]:
        """Return what is sent beyond the user's query and some servers refuse."""
        return frozenset()

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what was unusual about the server's answers."""
        return ()

    @property
    def proof(self) -> Proof: ...

    @property
    def late(self) -> int:
        """Count the rows that appeared in what was read already; a later reading gives them."""
        return 0

    @property
    def checkpoint(self) -> Any:
        """Return the position after the rows given out so far as a small JSON value; None: it has none."""
        return None

    @property
    def buffered_pages(self) -> int:
        """Count the pages that were received and not given out."""
        ...

    def next_fetch(self) -> Fetch | None:
        """Start one more request; None: nothing more until an answer is received."""
        ...

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        """Take in the answer to a fetch that was started."""
        ...

    def next_rows(self) -> list[Row] | None:
        """Hand out the next rows, one buffered page at a time; None: something must be received first."""
        ...

    def refuse(self, fetch: Fetch, error: Exception, /) -> bool:
        """Take in that a fetch failed; True: it does not matter, because the plan reads another way now."""
        del fetch, error
        return False
