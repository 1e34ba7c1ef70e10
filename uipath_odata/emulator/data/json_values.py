"""What a JSON value is, for type checkers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def items(body: Mapping[str, Any], name: str) -> list[Any]:
    """Return the list that an object holds under a name; an empty one where it holds none."""
    found = body.get(name)
    return found if is_list(found) else []
