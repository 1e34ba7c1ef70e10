"""Lists with an integer Id, each row once whatever comes and goes meanwhile: disjoint ranges of Id, several at once."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.paging.checkpoint import number_in, proof_in, with_proof
from uipath_odata.paging.checks.answer_check import AnswerCheck
from uipath_odata.paging.keyset.checkpoint import (
    HIGHEST,
    LOWEST,
    Given,
    checkpoint_of,
    id_of,
    unread_in,
)
from uipath_odata.paging.keyset.coverage import Coverage
from uipath_odata.paging.keyset.delivery import IdDelivery
from uipath_odata.paging.keyset.evidence import Evidence
from uipath_odata.paging.keyset.keys import Keys
from uipath_odata.paging.keyset.last_count import ReadRange
from uipath_odata.paging.keyset.ranges import Density, Range, Ranges
from uipath_odata.paging.keyset.requests import KeysetRequests
from uipath_odata.paging.keyset.scan import IdScan, Phase
from uipath_odata.paging.plan import Feature, Fetch, Page, Plan, Proof, Row
from uipath_odata.paging.selected import selecting
from uipath_odata.paging.steps import Ask, Conversation

__all__ = ["KeysetPlan"]


@attrs.define(eq=False, kw_only=True)
class KeysetPlan(Plan):
    """Read by Id: the first page alone, then the largest Id as bound, then (last, bound] in ranges beside each other.

    ``options`` are the user's; ``$top`` there is a total, to be read in order. ``descending`` reads the newest first.
    ``linked`` lists show a row once for each folder, with equal Ids, which are given together. ``exact`` asks for
    one count more at the end. ``check`` holds rows against the user's filter; ``resume`` is a checkpoint.

    Raises OrderViolation for rows that are not what was asked for, NotProven for more equal Ids than can be told apart,
    and for rows that the server counts and does not send; each with a checkpoint before them.
    """

    options: Mapping[str, str]
    page_size: int
    descending: bool = False
    ordered: bool = True
    exact: bool = False
    linked: bool = False
    check: AnswerCheck = attrs.field(factory=AnswerCheck)
    resume: Mapping[str, Any] | None = None
    _sign: int = attrs.field(init=False)
    _coverage: Coverage = attrs.field(init=False)
    _scan: IdScan = attrs.field(init=False)
    _asked: dict[Fetch, Range | Conversation[Any]] = attrs.field(factory=dict[Fetch, Any], init=False)

    def __attrs_post_init__(self) -> None:
        self._sign = -1 if self.descending else 1
        self.ordered = self.ordered or "$top" in self.options
        begun = self.resume or {}
        unread = sorted(unread_in(begun, self._sign))
        after, to = unread[0][0], unread[-1][1]
        given = Given.before(begun, self._sign)
        is_gapless = self.exact and given.start is not None
        left = number_in(begun, "left", int(self.options.get("$top", sys.maxsize)))
        self._coverage = Coverage(
            requests=KeysetRequests(
                options=self.options,
                page_size=self.page_size,
                descending=self.descending,
                linked=self.linked,
            ),
            keys=Keys(descending=self.descending, linked=self.linked),
            ranges=Ranges([Range(lo, hi) for lo, hi in unread if lo < hi]),
            delivery=IdDelivery(ordered=self.ordered, left=left, position=after),
            evidence=_evidence_of(begun, given, after, exact=self.exact),
            density=Density(self.page_size),
        )
        self._scan = IdScan(
            coverage=self._coverage,
            # The order is that of each request, which may be the other way round.
            check=attrs.evolve(self.check, order=None),
            exact=self.exact,
            resumed=self.resume is not None,
            looked_beyond=self.resume is not None and not is_gapless,
            bound=to if to < HIGHEST else None,
        )
        if not self._coverage.ranges.waiting:
            self._scan.phase = Phase.RANGES
            self._scan.settle()

    @property
    def name(self) -> str:
        return "keyset"

    @property
    def guarantee(self) -> str:
        return "each row that exists throughout is given once, whatever is added or deleted meanwhile"

    @property
    def added(self) -> tuple[str, ...]:
        order = () if "$orderby" in self.options else ("$orderby=Id",)
        selected = selecting(self.selects)
        return (*order, f"$top={self.page_size}", "$count=true", *selected, "$filter: ranges of Id")

    @property
    def selects(self) -> tuple[str, ...]:
        return self._coverage.requests.missing

    @property
    def features(self) -> frozenset[Feature]:
        ordered = "$orderby" in self.options
        return frozenset({Feature.RANGES} if ordered else {Feature.ORDER, Feature.RANGES})

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._coverage.evidence.notes)

    @property
    def late(self) -> int:
        return self._coverage.evidence.late

    @property
    def proof(self) -> Proof:
        delivery = self._coverage.delivery
        if delivery.pages or (delivery.left and self._scan.phase is not Phase.DONE):
            return Proof("none", "not read to the end")
        return self._coverage.evidence.proof

    @property
    def checkpoint(self) -> Any:
        coverage, scan = self._coverage, self._scan
        unread = [(coverage.delivery.position, scan.to)]
        if not self.ordered:
            unread = [(each.lo, each.hi) for each in coverage.ranges.unread]
            unread += [(lo, end) for lo, (_, end) in coverage.delivery.pages.items()]
            unread += [(scan.to - 1, scan.to)] if scan.bucket else []
        left = {"left": coverage.delivery.left} if "$top" in self.options else {}
        end = coverage.reached if scan.bound is None else scan.to
        point = checkpoint_of(unread or [(end, scan.to)], self._sign) | left | self._given
        return with_proof(point, coverage.evidence.proof)

    @property
    def _given(self) -> dict[str, Any]:
        """Write what counts are compared with; where rows are given in order, also from where on."""
        begun = self.resume or {}
        if self.resume is not None and "given" not in begun:
            return {}
        evidence = self._coverage.evidence
        given = begun.get("given", 0) + self._coverage.delivery.given
        is_gapless = self.exact and self.ordered and (self.resume is None or "from" in begun)
        lowest = min((each.lo for each in evidence.segments), default=LOWEST)
        start = {"from": id_of(lowest, self._sign)} if is_gapless else {}
        return {**start, "given": given, "counted": evidence.first}

    @property
    def buffered_pages(self) -> int:
        return len(self._coverage.delivery.pages)

    def next_fetch(self) -> Fetch | None:
        scan, ranges = self._scan, self._coverage.ranges
        if not self._coverage.delivery.left:
            return None
        if scan.talk is not None:
            at = ranges.waiting[-1].lo if ranges.waiting else HIGHEST
            return None if self._asked else self._send(scan.talk.ask, at, scan.talk)
        is_first = scan.phase is Phase.FIRST and bool(self._asked)
        if not ranges.waiting or is_first or self._is_overrun:
            return None
        range_ = ranges.take(scan.width)
        return self._send(scan.ask(range_), range_.lo, range_)

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        asked = self._asked.pop(fetch)
        try:
            if isinstance(asked, Range):
                self._scan.on_range(asked, page)
            else:
                self._scan.on_talk(asked, page)
            self._scan.settle()
        except NotProven as error:
            error.checkpoint = self.checkpoint
            self._coverage.evidence.weaken("none", str(error))
            raise

    def next_rows(self) -> list[Row] | None:
        return self._coverage.delivery.next_rows(each.lo for each in self._coverage.ranges.unread)

    def _send(self, ask: Ask | None, at: int, about: Range | Conversation[Any]) -> Fetch | None:
        if ask is None:
            return None
        fetch = Fetch(options=ask.options, refusable=ask.refusable, position=at if self.ordered else 0)
        self._asked[fetch] = about
        return fetch

    @property
    def _is_overrun(self) -> bool:
        """Tell whether the rows that are here or on their way, below what waits, are all that is wanted."""
        ranges, delivery = self._coverage.ranges, self._coverage.delivery
        lo = ranges.waiting[0].lo
        coming = self._coverage.density.capacity * sum(each.lo < lo for each in ranges.under_way)
        return delivery.below(lo) + coming >= delivery.left


def _evidence_of(begun: Mapping[str, Any], given: Given, after: int, *, exact: bool) -> Evidence:
    """Return what is known of the rows before a checkpoint, which end at the key ``after``."""
    start = given.start if exact else None
    segments = [ReadRange(start, after, given.rows)] if start is not None and start < after else []
    evidence = Evidence(given.counted, given.rows, segments, keeps_segments=exact)
    before = proof_in(begun)
    evidence.weaken(before.kind, before.reason)
    return evidence
