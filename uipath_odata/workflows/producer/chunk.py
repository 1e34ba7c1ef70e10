"""Chunks of items: how large they are, and what an answer says of each item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from uipath_odata.entities import FailedQueueItem
from uipath_odata.errors import DecodeError
from uipath_odata.odata.rows.json_body import as_array
from uipath_odata.workflows.producer.new_item import NewItem

__all__ = ["CLIENTS_SEND", "ChunkSize", "Failure", "failures_of", "halves"]

CLIENTS_SEND: Final = 100
"""Items per request, as clients in the field send; no higher bound is documented."""
_DUPLICATE: Final = "DuplicateReference"


@attrs.frozen
class Failure:
    """Why an item was not added."""

    reason: str
    duplicate: bool


@attrs.define
class ChunkSize:
    """How many items go into one request; what the server refuses is not asked again."""

    now: int = CLIENTS_SEND

    def refused(self, count: int) -> None:
        """Learn that so many are too many."""
        self.now = max(1, min(self.now, count // 2))


def halves(items: Sequence[NewItem]) -> tuple[Sequence[NewItem], Sequence[NewItem]]:
    """Split items that are refused together."""
    middle = len(items) // 2
    return items[:middle], items[middle:]


def failures_of(failed: Any, items: Sequence[NewItem]) -> Mapping[int, Failure]:
    """Return the failures by row. Raise DecodeError where the answer does not say which items they are.

    Ordinals count from 1 (UiPath's schema).
    """
    listed = as_array(failed)
    failures = {
        _row(each, items): Failure(_reason(each), each.error_code == _DUPLICATE) for each in listed or []
    }
    if not failures or len(failures) != len(listed or []):
        raise DecodeError("the answer says that items failed, but not each once: look into the queue")
    return failures


def _row(failed: Any, items: Sequence[NewItem]) -> int:
    ordinal = failed.ordinal if isinstance(failed, FailedQueueItem) else None
    if ordinal is None or not 1 <= ordinal <= len(items):
        raise DecodeError(f"the answer names an item {ordinal} of {len(items)}: look into the queue")
    return items[ordinal - 1].row


def _reason(failed: FailedQueueItem) -> str:
    said = [text for text in (failed.error_code, failed.error_message) if text]
    return ": ".join(said) or "the server gives no reason"
