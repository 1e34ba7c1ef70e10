"""JSON values: what they are, for type checkers, and what texts hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

import orjson


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def items(body: Mapping[str, Any], name: str) -> list[Any]:
    """Return the list that an object holds under a name; an empty one where it holds none."""
    found = body.get(name)
    return found if is_list(found) else []


def of_text(text: str | None) -> Any:
    """Return what a text holds; one that is not JSON is the value itself."""
    try:
        return orjson.loads(text or "null")
    except orjson.JSONDecodeError:
        return text
