"""What is special about RobotLogs: kept in Elasticsearch, so a window of rows, a coarse sort key, and no identity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.filters.ordering import Ordering
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http.answers import INVALID_REQUEST, Refusal

NAME = "RobotLogs"
FIXED: Mapping[str, SqlValue] = MappingProxyType({"Id": 0})
"""What every row has, whatever was written."""

PRECISIONS: Mapping[str, Callable[[int], int] | None] = MappingProxyType({
    "exact": None,
    "truncated": lambda moment: moment // ticks.MILLISECOND * ticks.MILLISECOND,
    "rounded": lambda moment: (moment + ticks.MILLISECOND // 2) // ticks.MILLISECOND * ticks.MILLISECOND,
})  # fmt: skip
"""What the index makes of the date-times in a filter."""

INDEX = f'CREATE INDEX _robot_logs_order ON "{NAME}" (_sort, "TimeStamp")'

_LARGEST_PRIME = 2_147_483_647
# Large ones: a small multiple of a small row number stays below the prime and in its order.
_MULTIPLIERS = (
    630_360_016,
    742_938_285,
    950_706_376,
    1_226_874_159,
    1_343_714_438,
    1_323_257_245,
    764_261_123,
)


def sort_column(unit: int) -> str:
    """Define the column that rows are sorted by: the TimeStamp, in whole units of so many ticks."""
    return f'_sort INTEGER GENERATED ALWAYS AS ("TimeStamp" / {unit}) VIRTUAL'


def coarse(alias: str, unit: int) -> dict[str, tuple[str, int]]:
    """Say which indexed column stands for the TimeStamp in a range condition."""
    return {f'{alias}."TimeStamp"': (f"{alias}._sort", unit)}


def ordered(terms: list[Ordering], alias: str, replica: int) -> list[Ordering]:
    """Sort as a replica does: by the coarse TimeStamp, newest first where nothing is asked, equals in an order of its own.

    Multiplying the row's number modulo a prime is a permutation, another one for each multiplier.
    """
    time_stamp, sort = f'{alias}."TimeStamp"', Sql(f"{alias}._sort", (), "integer")
    asked = terms or [Ordering(Sql(time_stamp), descending=True)]
    coarse_terms = [Ordering(sort, term.descending) if term.by.text == time_stamp else term for term in asked]
    multiplier = _MULTIPLIERS[replica % len(_MULTIPLIERS)]
    shuffled = Sql(f"{alias}.rowid * ? % {_LARGEST_PRIME}", (multiplier,), "integer")
    return [*coarse_terms, Ordering(shuffled)]


def check_window(skip: int, take: int, window: int | None) -> None:
    """Refuse to page deeper than Elasticsearch's max_result_window."""
    if window is not None and skip + take > window:
        raise Refusal(
            "Elasticsearch limits the pagination depth through the max_result_window index setting. "
            f"Please make sure that skip + take is lower than {window}.",
            INVALID_REQUEST,
        )
