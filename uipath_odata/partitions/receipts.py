"""Receipts say that a partition was read to its end; together they show whether all partitions of a plan were."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast, get_args

import attrs
import orjson

from uipath_odata.errors import NotProven, QueryError
from uipath_odata.execution.stream import Report
from uipath_odata.paging.plan import ProofKind
from uipath_odata.partitions.partition import Partition, partitions_in

__all__ = ["Receipt", "check"]

_KINDS: Final = get_args(ProofKind)


@attrs.frozen(kw_only=True)
class Receipt:
    """That one partition was read to its end, and what proves its rows complete."""

    partition: str
    """The ``id`` of the partition."""
    name: str
    """What it is, for people."""
    rows: int
    proof: ProofKind
    """The weakest that was used; ``none`` where a list is read as well as can be."""
    reason: str
    guarantee: str
    requests: int = 0
    retries: int = 0
    waits: float = 0.0
    """Seconds that requests waited for the rate, added up."""

    @property
    def proven(self) -> bool:
        """Whether anything shows that the rows are all, each once."""
        return self.proof != "none"

    @classmethod
    def of(cls, partition: Partition, report: Report | None, rows: int) -> Receipt:
        """Return the receipt of a partition that was read; without a report there was nothing to ask."""
        if report is None:
            return cls(
                partition=partition.id,
                name=str(partition),
                rows=rows,
                proof="by_one_answer",
                reason="nothing can lie in the interval",
                guarantee="nothing was asked",
            )
        return cls(
            partition=partition.id,
            name=str(partition),
            rows=rows,
            proof=report.proof,
            reason=report.reason,
            guarantee="best effort" if report.proof == "none" else report.guarantee,
            requests=report.requests,
            retries=report.retries,
            waits=round(report.waits, 3),
        )

    def to_json(self) -> str:
        """Return it as JSON text."""
        return orjson.dumps(attrs.asdict(self)).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Receipt:
        """Return the receipt of a JSON text. Raise QueryError for anything else."""
        try:
            made = cls(**cast("dict[str, Any]", orjson.loads(text)))
        except (TypeError, ValueError):
            raise QueryError("this is not a receipt: pass the text of receipt.to_json() unchanged") from None
        if made.proof not in _KINDS:
            raise QueryError(f"the receipt's proof {made.proof!r} is not known: read the partition again")
        return made


def check(partitions: Partition | Iterable[Partition], receipts: Iterable[Receipt]) -> int:
    """Return how many rows there are, once every partition of a plan was read, each once, with proof.

    Raise NotProven for a gap, an overlap, a partition that is missing or there twice, partitions of different plans,
    and a partition without a receipt, with two, or with one that proves nothing.
    """
    planned, given = partitions_in(partitions), [*receipts]
    if not planned:
        raise _fault("there is no partition", "pass all partitions of the plan")
    lists: dict[str, list[Partition]] = {}
    for each in planned:
        lists.setdefault(each.list_id, []).append(each)
    _check_clocks(planned)
    for of_one in lists.values():
        _check_borders(sorted(of_one, key=lambda each: each.number))
    return _rows(planned, given)


def _check_clocks(planned: Sequence[Partition]) -> None:
    clocks: dict[tuple[str, str, str], Partition] = {}
    for each in planned:
        key = each.url, each.tenant, each.connection
        first = clocks.setdefault(key, each)
        if first.read_at != each.read_at:
            raise _fault(
                f"{first} was planned at {first.read_at} and {each} at {each.read_at}",
                "use the partitions of one plan",
            )


def _check_borders(planned: Sequence[Partition]) -> None:
    first = planned[0]
    numbers = [each.number for each in planned]
    if twice := next((each for each in planned if numbers.count(each.number) > 1), None):
        raise _fault(f"{twice} is there twice", "pass each partition of the plan once")
    if missing := sorted({*range(1, first.of + 1)} - {*numbers}):
        raise _fault(
            f"of {first.entity_set} of {first.tenant} partition {missing[0]} of {first.of} is missing",
            "pass all partitions of the plan",
        )
    for before, after in itertools.pairwise(planned):
        if before.part != after.part:
            continue
        if before.hi is None or after.lo is None or before.hi != after.lo:
            fault = "is a gap" if (before.hi or 0) < (after.lo or 0) else "is an overlap"
            raise _fault(f"between {before} and {after} there {fault}", "plan again")


def _rows(planned: Sequence[Partition], receipts: Sequence[Receipt]) -> int:
    known = {each.id: each for each in planned}
    seen: set[str] = set()
    for receipt in receipts:
        if not isinstance(cast("object", receipt), Receipt):
            raise QueryError(f"{receipt!r:.80} is not a receipt: pass those that read() gave to receive")
        if receipt.partition not in known:
            raise _fault(
                f"a receipt is of a partition of another plan: {receipt.name}", "pass those of this plan"
            )
        if receipt.partition in seen:
            raise _fault(
                f"{receipt.name} has two receipts", "its rows may be there twice: keep those of one reading"
            )
        if not receipt.proven:
            raise _fault(
                f"{receipt.name} is not proven complete ({receipt.reason})",
                "leave order_by, top and skip out",
            )
        seen.add(receipt.partition)
    if unread := [each for each in planned if each.id not in seen]:
        raise _fault(f"{unread[0]} has no receipt ({len(unread)} partitions have none)", "read them")
    return sum(each.rows for each in receipts)


def _fault(what: str, advice: str) -> NotProven:
    return NotProven(f"The rows are not proven to be all: {what}: {advice}")
