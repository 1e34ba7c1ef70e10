"""What one run asks of a list: everything, or what changed since the last run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

import attrs

from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.journal.records import RunBegan
from uipath_odata.export.journal.state import ListState
from uipath_odata.export.lists import ExportList, Mode
from uipath_odata.odata.expr.expression import Condition, Expr, path
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.query import Query

__all__ = [
    "BACK",
    "MIRROR",
    "MODIFIED",
    "OVERLAP",
    "ScanStep",
    "from_bound",
    "ids_step",
    "newest_of",
    "oldest_of",
    "scan_steps_of",
]

MIRROR: Final = "mirror"
"""The step that follows deletions: it asks for all Ids, and no row of its answer is written."""
BACK: Final = "back"
"""The step that reads rows once more that are there after all."""
OVERLAP: Final = 1_000
"""Ids are given before a row can be seen: so many before the largest are asked for again."""

Absent: TypeAlias = Literal["gone", "moved", "unknown"]
"""What a row is that was asked for by its Id and did not come: gone, with its queue in another folder, or either."""

_LOOKS: Final = 30
"""So many runs look for an Id that was gone."""

_TIME: Final = path("TimeStamp")
_ID: Final = path("Id")
MODIFIED: Final = path("LastModificationTime")


@attrs.frozen(kw_only=True)
class ScanStep:
    """One query of a run; its rows lie from ``lo`` on and before ``hi``, in ticks or Ids, as far as that is known."""

    name: str
    query: BoundQuery[Any, Any]
    lo: int | None = None
    hi: int | None = None
    number: int | None = None
    """Of the part whose place it takes; None: its parts are new."""
    ids: frozenset[int] = frozenset()
    """Ids that are asked for one by one."""
    absent: Absent = "gone"
    """What those are that do not come."""

    @property
    def is_one_part(self) -> bool:
        """Whether its rows are committed together or not at all: they replace a part, or show what is gone."""
        return self.number is not None or bool(self.ids)


def scan_steps_of(
    each: ExportList, mode: Mode, begun: RunBegan, state: ListState, *, mirrors: bool
) -> Iterator[ScanStep]:
    """Return what is left to read in the run that a list began, without what it read to the end already.

    Where the run ``mirrors``, all Ids told before which rows are gone.
    """
    steps = (*_again(each, begun, state), *_back(each, begun, state))
    yield from (
        step for step in (*steps, *_new(each, mode, begun, state, mirrors)) if step.name not in state.done
    )


def ids_step(each: ExportList) -> ScanStep:
    """Return what asks for all Ids, with a proof that they are all."""
    return ScanStep(name=MIRROR, query=_bare(each, exact=True).select(_ID))


def _back(each: ExportList, begun: RunBegan, state: ListState) -> list[ScanStep]:
    """Read the rows that the list shows, and that the lake calls gone or has in another list, unless all are read."""
    ids = frozenset(state.back)
    if not ids or begun.after is None:
        return []
    query = each.query.filter(_ID.in_(sorted(ids)))
    return [ScanStep(name=BACK, query=query, ids=ids, absent="unknown")]


def _again(each: ExportList, begun: RunBegan, state: ListState) -> list[ScanStep]:
    """Read closed parts again that have another number of rows now."""
    parts = [state.parts[number] for number in begun.again if number in state.parts]
    return [
        ScanStep(
            name=f"again-{part.number}",
            query=within(each, part.lo, part.hi),
            lo=part.lo,
            hi=part.hi,
            number=part.number,
        )
        for part in parts
    ]


def _new(each: ExportList, mode: Mode, begun: RunBegan, state: ListState, mirrors: bool) -> list[ScanStep]:
    after = begun.after
    lo = after if mode == "append" else None
    if mode in {"append", "replace"} or after is None:
        return [ScanStep(name="new", query=within(each, lo, begun.until), lo=lo, hi=begun.until)]
    new: Condition = after < _ID
    if mode == "modified":
        changed = new if begun.since is None else (begun.since <= MODIFIED) | new
        return [ScanStep(name="changed", query=each.query.filter(changed))]
    ids = frozenset(_still_open(state, begun.final_before)).union(
        set[int]() if mirrors else _looked_for(state)
    )
    still_open = each.query.filter(_ID.in_(sorted(ids)))
    absent: Absent = "unknown" if mirrors else "moved" if begun.moved else "gone"
    named = [ScanStep(name="open", query=still_open, ids=ids, absent=absent)] if ids else []
    return [*named, ScanStep(name="new", query=each.query.filter(new))]


def _still_open(state: ListState, final_before: int | None) -> set[int]:
    """Return the Ids of rows that may change; those that failed long ago do not, unless another try of them comes."""
    old = {each for each, tick in state.failed.items() if final_before is not None and tick < final_before}
    return state.open - old


def _looked_for(state: ListState) -> set[int]:
    """Return the Ids that were gone in one of the last runs: an answer may have lacked them."""
    return {each for each, run in state.gone.items() if state.run - run <= _LOOKS}


def within(each: ExportList, lo: int | None, hi: int | None) -> BoundQuery[Any, Any]:
    """Return the query for the rows from ``lo`` on and before ``hi`` alone."""
    key: Expr[Any] = _TIME if each.in_time else _ID
    value: Any = Instant if each.in_time else int
    bounds: list[Condition] = []
    if lo is not None:
        bounds.append(key >= value(lo))
    if hi is not None:
        bounds.append(key < value(hi))
    return each.query.filter(*bounds) if bounds else each.query


def from_bound(each: ExportList, bound: int) -> BoundQuery[Any, Any]:
    """Return the query for the rows from a bound on alone, to be counted."""
    # `gt` is all that is documented for RobotLogs.
    return each.query.filter(Instant(bound - 1) < _TIME if each.in_time else bound - 1 < _ID)


async def oldest_of(each: ExportList) -> int | None:
    """Return the tick or Id of the oldest row that the server shows, None where it shows none."""
    return await _first_in(each, newest=False)


async def newest_of(each: ExportList) -> int | None:
    """Return the tick or Id of the newest row that the server shows, None where it shows none."""
    return await _first_in(each, newest=True)


async def _first_in(each: ExportList, *, newest: bool) -> int | None:
    key: Expr[Any] = _TIME if each.in_time else _ID
    # One page in an order is never proven: what asks for it is a safety net and not a proof.
    query = _bare(each, exact=False).select(key).order_by(key.desc() if newest else key).top(1)
    rows: list[dict[str, Any]] = await query.dicts().to_list()
    if not rows:
        return None
    return Instant.parse(rows[0]["TimeStamp"]).ticks if each.in_time else int(rows[0]["Id"])


def _bare(each: ExportList, *, exact: bool) -> BoundQuery[Any, Any]:
    """Return the query for the same rows, and for no columns of its own."""
    asked = each.query.query
    return attrs.evolve(each.query.using(Query(asked.entity, condition=asked.condition)), exact=exact)
