"""Why items of a bulk operation failed, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.json_body import as_array, as_object

__all__ = ["reasons_of"]

_SHOWN: Final = 5
_LONGEST: Final = 200
_REASONS: Final = (
    "error_message",
    "ErrorMessage",
    "errorMessage",
    "message",
    "Message",
    "error_code",
    "ErrorCode",
)
_NAMES: Final = ("ordinal", "Ordinal", "id", "Id", "key", "Key")


def reasons_of(items: Any) -> str:
    """Return the reason of each of the first items, empty where they carry none."""
    said = list(_reasons(items))
    if len(said) > _SHOWN:
        said = [*said[:_SHOWN], f"{len(said) - _SHOWN} more"]
    return "; ".join(said)


def _reasons(items: Any) -> Iterator[str]:
    for key, item in (as_object(items) or {}).items():
        if reason := item if isinstance(item, str) else _first(item, _REASONS):
            yield f"{key}: {_plain(reason)}"
    for number, item in enumerate(as_array(items) or []):
        if reason := _first(item, _REASONS):
            yield f"item {_first(item, _NAMES) or number}: {_plain(reason)}"


def _first(item: Any, names: tuple[str, ...]) -> str:
    """Return the first of these that an entity or a dict has."""
    fields = as_object(item) or {}
    values = (getattr(item, name, None) if isinstance(item, Entity) else fields.get(name) for name in names)
    return next((str(value) for value in values if isinstance(value, str | int) and str(value)), "")


def _plain(text: str) -> str:
    return " ".join(text.split())[:_LONGEST].rstrip(".")
