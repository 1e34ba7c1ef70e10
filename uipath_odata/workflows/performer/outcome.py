"""How an item ends: what is sent for it, and what the item shows afterwards."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs

from uipath_odata.entities import QueueItem, TransactionResult
from uipath_odata.errors import BusinessError, QueryError
from uipath_odata.odata.rows.encode import fields_of
from uipath_odata.workflows.producer.new_item import Moment

__all__ = [
    "CANCELLED",
    "Ended",
    "ItemOutcome",
    "Verdict",
    "failure",
    "postponement",
    "refused_result",
    "success",
    "verdict",
]

Ended: TypeAlias = Literal["successful", "business failure", "application failure", "postponed", "left"]
Verdict: TypeAlias = Literal["ended", "in progress", "ended otherwise"]

_FAILED: Final = frozenset({"Failed", "Retried"})
# Release notes of June 2024: longer ones are cut.
_LONGEST: Final = 102_400


@attrs.frozen
class ItemOutcome:
    """One end of an item, and the statuses that it then has."""

    ended: Ended
    body: Mapping[str, Any] = attrs.field(repr=False)
    statuses: frozenset[str]
    reason: str | None = None


def success(output: Mapping[str, Any] | None, analytics: Mapping[str, Any] | None) -> ItemOutcome:
    """Say that the item is done. Raise QueryError for an output that is not a dict."""
    for name, values in (("output", output), ("analytics", analytics)):
        if not isinstance(values, Mapping | None):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
            raise QueryError(f"the {name} of an item is a dict, not {type(values).__name__}: name its values")
    given = {"is_successful": True, "output": output, "analytics": analytics}
    fields = {name: value for name, value in given.items() if value is not None}
    return ItemOutcome("successful", fields_of(TransactionResult, fields), frozenset({"Successful"}))


def failure(error: BaseException) -> ItemOutcome:
    """Say why it failed: of a BusinessError its reason, which is not retried, of any other error where it was raised."""
    if isinstance(error, BusinessError):
        return _failed("business failure", "BusinessException", error.reason, error.details)
    where = "".join(traceback.format_exception(error))
    return _failed("application failure", "ApplicationException", f"{type(error).__name__}: {error}", where)


def postponement(until: Moment, due: Moment | None) -> ItemOutcome:
    """Say that it is to be tried again from a point in time on; Orchestrator counts that as a retry."""
    if until is None:  # pyright: ignore[reportUnnecessaryComparison] - callers may have no type checker
        raise QueryError("an item is postponed until a point in time, not None: give an aware datetime")
    moments = {"defer_date": until} | ({} if due is None else {"due_date": due})
    return _failed("postponed", "ApplicationException", "Postponed by its performer", None, **moments)


def refused_result(error: Exception) -> ItemOutcome:
    """Say that the work is done and its result refused; a retry would do the work again."""
    return _failed(
        "business failure",
        "BusinessException",
        f"The work is done, but its result was refused: {error}",
        None,
    )


def verdict(outcome: ItemOutcome, item: QueueItem) -> Verdict:
    """Return what the item, read after the answer to its result was lost, says of that result."""
    if item.status == "InProgress":
        return "in progress"
    said = item.processing_exception.reason if item.processing_exception else None
    same = outcome.reason is None or said is None or said == outcome.reason
    return "ended" if item.status in outcome.statuses and same else "ended otherwise"


def _failed(ended: Ended, kind: str, reason: str, details: str | None, **moments: Moment) -> ItemOutcome:
    exception = {"Type": kind, "Reason": reason[:_LONGEST]} | (
        {"Details": details[:_LONGEST]} if details else {}
    )
    fields = {"is_successful": False, "processing_exception": exception, **moments}
    return ItemOutcome(ended, fields_of(TransactionResult, fields), _FAILED, reason[:_LONGEST])


CANCELLED: Final = _failed(
    "application failure", "ApplicationException", "The work on it was cancelled", None
)
