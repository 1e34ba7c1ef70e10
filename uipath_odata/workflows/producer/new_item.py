"""A row as a new item of a queue, or why it cannot be one."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar, cast
from uuid import UUID

import attrs

from uipath_odata.entities import QueueItemData, QueueItemPriority
from uipath_odata.errors import QueryError
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.plain import plain
from uipath_odata.odata.rows.encode import fields_of, json_bytes
from uipath_odata.workflows.producer.added import RowResult

__all__ = ["ItemRules", "Moment", "NewItem", "PerRow", "Row", "item_fields"]

T = TypeVar("T")

Row: TypeAlias = Mapping[str, Any]
Moment: TypeAlias = dt.datetime | Instant | str
"""A point in time; a text says its zone."""
PerRow: TypeAlias = T | Callable[[Row], T | None] | None
"""One value for all rows, or a function of the row."""

# Orchestrator's guide, Add Queue Item. A companion says of which type another value is.
_FORBIDDEN: Final = frozenset(':.,@"')
_COMPANION: Final = "@odata.type"
_LONGEST_REFERENCE: Final = 128
_SHOWN: Final = 12


@attrs.frozen
class NewItem:
    """An item that is to be added."""

    row: int
    reference: str | None
    fields: Mapping[str, Any] = attrs.field(repr=False)
    """By wire names."""

    def result(self, reason: str = "") -> RowResult:
        """Say what became of its row."""
        return RowResult(self.row, self.reference, reason)


def item_fields(
    queue: str,
    content: Row,
    *,
    reference: str | None = None,
    priority: QueueItemPriority | None = None,
    due: Moment | None = None,
    defer: Moment | None = None,
) -> dict[str, Any]:
    """Return what is sent of a new item. Raise QueryError for what JSON, the schema or Orchestrator has no form for."""
    _check_content(content)
    if reference is not None:
        _check_reference(reference)
    given = {
        "name": queue,
        "priority": priority,
        "reference": reference,
        "due_date": due,
        "defer_date": defer,
    }
    set_ = {name: value for name, value in given.items() if value is not None}
    fields = fields_of(QueueItemData, {**set_, "specific_content": dict(content)})
    json_bytes(fields)
    return fields


@attrs.define
class ItemRules:
    """How rows become items: where the Reference and the other properties come from.

    A Reference that an earlier row had is refused.
    """

    queue: str
    reference: str | Callable[[Row], object] | None
    """The name of a column, a function of the row, or None for items without one."""
    priority: PerRow[QueueItemPriority] = None
    due: PerRow[Moment] = None
    defer: PerRow[Moment] = None
    _rows: dict[str, int] = attrs.field(factory=dict[str, int], init=False)

    def __attrs_post_init__(self) -> None:
        """Raise QueryError for what is wrong for all rows."""
        item_fields(
            self.queue,
            {},
            priority=None if callable(self.priority) else self.priority,
            due=None if callable(self.due) else self.due,
            defer=None if callable(self.defer) else self.defer,
        )

    def item(self, number: int, row: Row) -> NewItem | RowResult:
        """Return the item, or the rejected row with the reason."""
        reference: str | None = None
        try:
            _check_content(row)
            reference = self._reference(row)
            fields = item_fields(
                self.queue,
                row,
                reference=reference,
                priority=self.priority(row) if callable(self.priority) else self.priority,
                due=_moment(self.due, row),
                defer=_moment(self.defer, row),
            )
        except QueryError as error:
            return RowResult(number, reference, str(error))
        except Exception as error:
            error.add_note(f"The function that was given for the rows failed at row {number}")
            raise
        if reference is not None and (first := self._rows.setdefault(reference, number)) != number:
            return RowResult(
                number, reference, f"row {first} has this Reference, too: each may be given once"
            )
        return NewItem(number, reference, fields)

    def check_column(self, rows: Sequence[Row]) -> None:
        """Raise QueryError where none of the first rows has the column of the References: its name is misspelt."""
        name = self.reference
        known = dict.fromkeys(
            str(each) for row in rows if isinstance(cast("object", row), Mapping) for each in row
        )
        if not isinstance(name, str) or not known or name in known:
            return
        near = difflib.get_close_matches(name, known, 1)
        advice = f"did you mean {near[0]!r}?" if near else f"name one of {', '.join([*known][:_SHOWN])}"
        raise QueryError(f"no row has the column of reference_column={name!r}: {advice}")

    def _reference(self, row: Row) -> str | None:
        if self.reference is None:
            return None
        if callable(self.reference):
            return _reference_text(self.reference(row), "reference() returned")
        if self.reference not in row:
            raise QueryError(
                f"the row has no column {self.reference!r}: reference_column= names the one to take"
            )
        return _reference_text(row[self.reference], f"the column {self.reference!r} holds")


def _moment(value: PerRow[Moment], row: Row) -> Moment | None:
    """Return the point in time; a text may be empty, as fields of files are."""
    moment: Moment | None = value(row) if callable(value) else value
    return None if moment == "" else moment


def _reference_text(value: object, where: str) -> str:
    """Write a Reference as a text. A float has several forms, so that two runs might not write the same."""
    given = plain(value)
    if given is None or given == "":
        raise QueryError(f"{where} no Reference: give each row one, or reference=None for all")
    if isinstance(given, bool) or not isinstance(given, str | int | UUID):
        raise QueryError(
            f"{where} {type(given).__name__}, which is not a Reference: give a text or a whole number"
        )
    return str(given)


def _check_reference(reference: object) -> None:
    if not isinstance(reference, str):
        raise QueryError(f"{reference!r} is not a Reference: give a text")
    if not 0 < len(reference) <= _LONGEST_REFERENCE:
        raise QueryError(
            f"a Reference has 1 to {_LONGEST_REFERENCE} characters and this one {len(reference)}: shorten it"
        )


def _check_content(content: object) -> None:
    if not isinstance(content, Mapping):
        raise QueryError(
            f"the content of an item is a dict, not {type(content).__name__}: give its values by name"
        )
    for name in cast("Mapping[object, object]", content):
        own = name.removesuffix(_COMPANION) if isinstance(name, str) else ""
        if not own or _FORBIDDEN & set(own):
            raise QueryError(
                f"{name!r} is not a name that an item's content may have: give a text without : . , @ \""
            )
