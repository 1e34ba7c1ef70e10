"""One query in several parts, because one request cannot carry its filter."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Final

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.odata.rows.json_body import int64
from uipath_odata.paging.checkpoint import proof_in, with_proof
from uipath_odata.paging.plan import Feature, Fetch, Page, Plan, Proof, Row, weakest
from uipath_odata.paging.selected import selecting
from uipath_odata.paging.split.membership import Membership

__all__ = ["SplitPlan"]

_UNBOUNDED: Final = sys.maxsize // 2
_PART: Final = 1 << 70  # more positions than the Ids and ranks within one part


@attrs.define(eq=False, kw_only=True)
class SplitPlan(Plan):
    """Read parts that have no row in common, each by a plan of its own, one after the other or as they come.

    Parts that come one after the other have one checkpoint, that of the part which is read; else each has its own.
    ``skip`` and ``top`` count over all parts. ``number`` is that of the first of them, where others were read before.
    """

    _subqueries: Sequence[Plan] = attrs.field(alias="subqueries")
    ordered: bool = True
    skip: int = 0
    top: int = sys.maxsize
    number: int = 0
    membership: Membership = attrs.field(factory=Membership)
    """What the properties say that the query was cut by."""
    linked: bool = False
    """Whether a row comes once for each folder, with equal Ids."""
    resumed: bool = False
    """Whether rows were given before, which are not known any more."""
    selected: tuple[str, ...] = ()
    """What is selected to show that, beyond the user's query."""
    with_in: bool = True
    """Whether the parts were cut while ``in`` was written: equalities are cut into more."""

    _current: int = attrs.field(default=0, init=False)
    _asked: dict[Fetch, tuple[int, Fetch]] = attrs.field(factory=dict[Fetch, tuple[int, Fetch]], init=False)
    _given: set[Any] = attrs.field(factory=set[Any], init=False)
    _repeated: int = attrs.field(default=0, init=False)
    _is_anonymous: bool = attrs.field(default=False, init=False)
    _ahead: dict[int, Fetch] = attrs.field(factory=dict[int, Fetch], init=False)

    @property
    def name(self) -> str:
        return "split"

    @property
    def subqueries(self) -> Sequence[Plan]:
        return self._subqueries

    @property
    def guarantee(self) -> str:
        return f"in disjoint parts: {self.subqueries[0].guarantee}"

    @property
    def added(self) -> tuple[str, ...]:
        return (
            f"$filter: in {self.number + len(self.subqueries)} parts",
            *selecting(self.selected),
            *self.subqueries[0].added,
        )

    @property
    def selects(self) -> tuple[str, ...]:
        return (*self.selected, *self.subqueries[0].selects)

    @property
    def features(self) -> frozenset[Feature]:
        return self.subqueries[0].features

    @property
    def notes(self) -> tuple[str, ...]:
        notes = [note for part in self.subqueries for note in part.notes]
        if self._repeated:
            notes.append(f"{self._repeated} rows came in two parts of the list, and were given once")
        return tuple(dict.fromkeys(notes))

    @property
    def late(self) -> int:
        return sum(each.late for each in self.subqueries)

    @property
    def proof(self) -> Proof:
        if self.membership.move is not None:
            return Proof(
                "none", f"a row whose {self.membership.move} changes may move between the parts of the list"
            )
        if self._is_anonymous or (self.resumed and self.membership.overlap):
            return Proof("none", "rows that cannot be told apart may have come in two parts of the list")
        proof = weakest(one.proof for one in self.subqueries)
        return (
            attrs.evolve(proof, reason=f"in disjoint parts, of each: {proof.reason}")
            if proof.proven
            else proof
        )

    @property
    def checkpoint(self) -> Any:
        current = min(self._current, len(self.subqueries) - 1) if self.ordered else 0
        points = [part.checkpoint for part in self.subqueries[current:][: 1 if self.ordered else None]]
        if None in points:
            return None
        at: Any = {"parts": points}
        if self.ordered:  # the parts before are not read again, so that this one says how far they are proven
            proofs = [proof_in(points[0]), *(part.proof for part in self.subqueries[:current])]
            at = {"at": with_proof(points[0], weakest(proofs))}
        return {
            "plan": self.name,
            "with_in": self.with_in,
            "part": self.number + current,
            "of": self.number + len(self.subqueries),
            "skip": self.skip,
            "left": None if self.top > _UNBOUNDED else self.top,
            **at,
        }

    @property
    def buffered_pages(self) -> int:
        return sum(part.buffered_pages for part in self.subqueries)

    def next_fetch(self) -> Fetch | None:
        if self.top <= 0:
            return None
        for number in range(self._current, len(self.subqueries)):
            fetch = self._ahead.pop(number, None) or self.subqueries[number].next_fetch()
            if fetch is not None:
                position = number * _PART + fetch.position if self.ordered else 0
                sent = attrs.evolve(fetch, position=position)
                self._asked[sent] = number, fetch
                return sent
        return None

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        number, asked = self._asked[fetch]
        try:
            self.subqueries[number].on_page(asked, page)
        except NotProven as error:
            error.checkpoint = self.checkpoint
            raise
        del self._asked[fetch]

    def next_rows(self) -> list[Row] | None:
        while self.top > 0 and self._current < len(self.subqueries):
            rows = self._rows()
            if rows is None:
                return None
            rows = self._once(rows)
            kept = rows[self.skip : self.skip + self.top]
            self.skip = max(0, self.skip - len(rows))
            self.top -= len(kept)
            if kept:
                return kept
        return None

    def _once(self, rows: list[Row]) -> list[Row]:
        """Leave out rows that another part gave already; logs have the Id 0, which tells none from another."""
        if not self.membership.overlap:
            return rows
        kept: list[Row] = []
        for row in rows:
            key = int64(row.get("Id")), row.get("OrganizationUnitId") if self.linked else 0
            has_identity = bool(key[0]) and key[1] is not None
            self._is_anonymous |= not has_identity
            if not has_identity or key not in self._given:
                kept.append(row)
            self._given.add(key)
        self._repeated += len(rows) - len(kept)
        return kept

    def _rows(self) -> list[Row] | None:
        """Return the next page of the parts whose turn it is, an empty one after a part's end."""
        if self._is_finished(self._current):
            self._current += 1
            return []
        turn = self.subqueries[self._current :][: 1 if self.ordered else None]
        return next((rows for part in turn if (rows := part.next_rows()) is not None), None)

    def _is_finished(self, number: int) -> bool:
        part = self.subqueries[number]
        if part.buffered_pages or any(number == asked for asked, _ in self._asked.values()):
            return False
        if number not in self._ahead and (fetch := part.next_fetch()) is not None:
            self._ahead[number] = fetch
        return number not in self._ahead
