"""Why items of a bulk operation failed, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from uipath_odata.odata.entity import Entity

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
    if isinstance(items, Mapping):
        for key, item in cast("Mapping[str, Any]", items).items():
            if reason := item if isinstance(item, str) else _first(item, _REASONS):
                yield f"{key}: {_plain(reason)}"
    elif isinstance(items, list):
        for number, item in enumerate(items):
            if reason := _first(item, _REASONS):
                yield f"item {_first(item, _NAMES) or number}: {_plain(reason)}"


def _first(item: Any, names: tuple[str, ...]) -> str:
    fields = cast("Mapping[str, Any]", item) if isinstance(item, Mapping) else {}
    get = fields.get if not isinstance(item, Entity) else lambda name: getattr(item, name, None)
    found = (get(name) for name in names)
    return next((str(value) for value in found if isinstance(value, str | int) and str(value)), "")


def _plain(text: str) -> str:
    return " ".join(text.split())[:_LONGEST].rstrip(".")
