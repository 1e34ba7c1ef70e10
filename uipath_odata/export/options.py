"""The options of an export."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable
from typing import Final, Literal, TypeAlias, TypedDict, cast, get_args

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.export.formats import Format, Timestamps
from uipath_odata.export.formats.delimiter import DELIMITER, check_delimiter
from uipath_odata.export.places.mode import check_mode
from uipath_odata.export.privacy.privacy import Privacy
from uipath_odata.export.tables.spec import TableSpec, table_spec
from uipath_odata.local.option_names import refuse_unknown

__all__ = ["ExportOptions", "Options", "PartitionBy"]

PartitionBy: TypeAlias = Literal["date", "folder"]

_PART_ROWS: Final = 50_000
_KNOWN: Final = frozenset(get_args(PartitionBy))


def _levels(given: PartitionBy | Iterable[PartitionBy]) -> tuple[PartitionBy, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _names(named: str | Iterable[str]) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else tuple(named)


def _table(named: str | None) -> TableSpec | None:
    return None if named is None else table_spec(named)


def _is_number(given: object) -> bool:
    return type(given) is int and given >= 1


def _check_time(name: str, given: object) -> None:
    if not isinstance(given, dt.timedelta) or given < dt.timedelta(0):
        raise QueryError(
            f"{name}={given!r} is not a time that passed: give a timedelta, such as timedelta(days=7)"
        )


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class ExportOptions(TypedDict, total=False):
    """The options of an export, by keyword; `Options` has what they are where they are left out.

    ``since="last"`` begins an export that is brought up to date by running it again: rows get a column ``_read_at``,
    those of sets that are read row by row ``_deleted`` as well. ``look_back`` is how far closed intervals are counted
    again then. Queue items that failed or were abandoned longer than ``final_after`` ago are not asked for any more, unless
    another try of them comes. ``partition_by`` parts files by ``date`` (UTC, of the time that a row came to be) and ``folder``, as Hive lays
    directories out. ``with_details`` asks for each row that has an Id by itself, for the properties that lists leave out.
    ``timestamps`` is the unit of date-times in Parquet: ``us``, which every engine reads, or ``ns``.
    ``delimiter`` stands between the cells of CSV. ``replace_surrogates`` writes U+FFFD for each half of a character in JSON
    lines, which some readers refuse; else rows are copied as they were sent.
    ``mode`` is the rights of local files that are made, such as ``0o640``; directories may be entered by whoever may read.
    ``parallel`` lists are read at once, with ``concurrency`` requests each. A part ends after ``part_rows`` rows.
    A run that would lose more than 10 rows and 5 % of a set, or any row while the server shows none of the set at all,
    changes nothing of it, unless ``allow_shrink`` names the set.
    ``mirror`` follows deletions: rows that the server removed leave sets of the modes append and replace, and come once more
    with ``_deleted`` in those of the modes modified and open. Else they stay, but for sets of the mode replace.
    ``table`` names Delta or Iceberg tables that get each run in one transaction per set: ``delta:ROOT`` makes
    ``ROOT/{Set}``, ``iceberg:CATALOG.NAMESPACE`` one table per set.
    """

    since: Literal["last"] | None
    part_rows: int
    partition_by: PartitionBy | Iterable[PartitionBy]
    raw_csv: bool
    timestamps: Timestamps
    delimiter: str
    replace_surrogates: bool
    mode: int | None
    with_details: bool
    privacy: Privacy
    look_back: dt.timedelta
    final_after: dt.timedelta
    allow_shrink: str | Iterable[str]
    mirror: bool
    table: str | None
    parallel: int
    concurrency: int | None
    page_size: int | None
    clock: Callable[[], float]
    now: Callable[[], dt.datetime]


@attrs.frozen(kw_only=True)
class Options:
    """The choices of one export; what each means is said at `ExportOptions`."""

    since: Literal["last"] | None = None
    part_rows: int = _PART_ROWS
    partition_by: tuple[PartitionBy, ...] = attrs.field(default=(), converter=_levels)
    raw_csv: bool = False
    timestamps: Timestamps = "us"
    delimiter: str = DELIMITER
    replace_surrogates: bool = False
    mode: int | None = None
    with_details: bool = False
    privacy: Privacy = attrs.field(factory=Privacy)
    look_back: dt.timedelta = dt.timedelta(days=7)
    final_after: dt.timedelta = dt.timedelta(days=30)
    allow_shrink: tuple[str, ...] = attrs.field(default=(), converter=_names)
    mirror: bool = False
    table: TableSpec | None = attrs.field(default=None, converter=_table)
    parallel: int = 4
    concurrency: int | None = None
    page_size: int | None = None
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], dt.datetime] = _utc_now

    @classmethod
    def of(cls, given: ExportOptions) -> Options:
        """Return the choices of a call. Raise TypeError for a keyword that no export takes."""
        refuse_unknown("an export", given, ExportOptions.__annotations__)
        return cls(**given)

    def __attrs_post_init__(self) -> None:
        if self.since not in {None, "last"}:
            raise QueryError(f"since={self.since!r} is not known: write 'last', or filter by the time itself")
        if self.mirror and self.since is None:
            raise QueryError("mirror=True needs since='last': without it everything is read anew")
        if self.mirror and "Id" in {*self.privacy.drop, *self.privacy.hash}:
            raise QueryError("mirror=True follows deletions by Id: leave Id out of drop and hash")
        if self.timestamps not in {"us", "ns"}:
            raise QueryError(f"timestamps={self.timestamps!r} is not known: write 'us' or 'ns'")
        check_delimiter(self.delimiter)
        check_mode(self.mode)
        if unknown := {*self.partition_by} - _KNOWN:
            raise QueryError(f"partition_by takes 'date' and 'folder', not {', '.join(map(repr, unknown))}")
        if not _is_number(self.part_rows) or not _is_number(self.parallel):
            raise QueryError("part_rows and parallel are numbers of 1 or more")
        if self.concurrency is not None and not _is_number(self.concurrency):
            raise QueryError(f"concurrency={self.concurrency!r} is not a number of 1 or more: give one")
        for name in ("look_back", "final_after"):
            _check_time(name, getattr(self, name))
        if not isinstance(cast("object", self.privacy), Privacy):
            raise QueryError(
                f"privacy={self.privacy!r} is not a Privacy: give one, such as Privacy(drop='Info')"
            )

    def check_format(self, chosen: Format) -> None:
        """Raise QueryError for a choice that speaks of another format."""
        if self.delimiter != DELIMITER and chosen != "csv":
            raise QueryError(f"delimiter= is for csv, and {chosen} has none: leave it out")
        if self.raw_csv and chosen != "csv":
            raise QueryError(f"raw_csv is for csv, and {chosen} has no formulas: leave it out")
        if self.timestamps != "us" and chosen != "parquet":
            raise QueryError(
                f"timestamps=ns is for parquet, and {chosen} has the texts as sent: leave it out"
            )
        if self.replace_surrogates and chosen != "jsonl":
            raise QueryError(
                f"replace_surrogates is for jsonl: leave it out, {chosen} holds whole characters"
            )
