"""Lists whose rows become entities: read for the keys that the page before had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from uipath_odata.odata.entity import Entity, members_of
from uipath_odata.odata.rows.compiled import is_entity, type_of
from uipath_odata.odata.rows.json_body import Listed, hints_of, read_list
from uipath_odata.odata.rows.struct_row import REFUSED, Keys, reader

__all__ = ["StructPageReader"]


@attrs.define
class StructPageReader:
    """Read the pages of one stream: as JSON until the rows of a page have the same keys, then as rows of these keys.

    A page of other rows is read as JSON again. Raises DecodeError for what is not a list of objects.
    """

    entity: type[Entity]
    _read: Callable[[bytes], tuple[Any, Any, Any]] | None = None

    def __call__(self, body: bytes) -> Listed:
        if self._read is not None:
            try:
                rows, count, link = self._read(body)
            except REFUSED:
                pass
            else:
                return rows, *hints_of(count, link)
        listed = read_list(body)
        keys = _keys_of(self.entity, listed[0])
        self._read = reader(keys) if keys else None
        return listed


def _keys_of(entity: type[Entity], rows: list[dict[str, Any]]) -> Keys | None:
    """Return the keys of the rows and of their related entities; None where they differ, or none is the entity's."""
    keys = rows[0].keys() if rows else ()
    members, _ = members_of(entity, tuple(keys))
    if not members or any(row.keys() != keys for row in rows):
        return None
    return tuple(
        (key, _keys_below(type_of(members[key]), key, rows) if key in members else None) for key in keys
    )


def _keys_below(kind: Any, key: str, rows: list[dict[str, Any]]) -> Keys | None:
    return (
        _keys_of(kind, [row[key] for row in rows if isinstance(row[key], dict)]) if is_entity(kind) else None
    )
