"""The few properties that a plan looks at, read of all rows of a page together."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from operator import attrgetter
from types import GenericAlias
from typing import Any

import msgspec

from uipath_odata.odata.rows.json_body import parse
from uipath_odata.odata.rows.raw_json import items_of, raw_members_of
from uipath_odata.odata.rows.struct_pages import REFUSED

__all__ = ["Columns"]


class Columns(dict[str, Sequence[Any]]):
    """Some properties of the rows of a list by name, each in the order of the rows, None where the server sent none.

    They are read once one of them is asked for: many plans ask for none.
    """

    def __init__(self, names: tuple[str, ...], body: bytes) -> None:
        """Read these names in a list as the server sent it, in well-formed JSON."""
        super().__init__()
        self.names = names
        self._body = body

    def __missing__(self, name: str) -> Sequence[Any]:
        of = attrgetter(f"p{self.names.index(name)}")
        column = self[name] = [*map(of, self._rows)]
        return column

    @functools.cached_property
    def _rows(self) -> Sequence[Any]:
        decode, row = _reader(self.names)
        try:
            rows: list[Any] = decode(self._body).value
        except REFUSED:  # half a surrogate pair
            objects = [parse(each) for each in items_of(raw_members_of(self._body)["value"])]
            return [row(*map(each.get, self.names)) for each in objects]
        return rows

    def of_one(self, row: bytes) -> Columns:
        """Return the same properties of a row by itself."""
        return Columns(self.names, b'{"value":[%b]}' % row)

    def at(self, place: int) -> Columns:
        """Return what was read of one row, which keeps nothing of the others."""
        alone = Columns(self.names, b"")
        alone.update({name: (self[name][place],) for name in self.names})
        return alone


@functools.cache
def _reader(names: tuple[str, ...]) -> tuple[Any, Any]:
    """Make a reader of pages and the class of their rows, which have these attributes; all else is skipped, not built.

    Rows refer to nothing that refers to them: the garbage collector need not know them, whose walks would take as
    long as the reading.
    """
    fields: Any = [
        (f"p{place}", Any, msgspec.field(default=None, name=name)) for place, name in enumerate(names)
    ]
    row = msgspec.defstruct("Properties", fields, gc=False)
    page = msgspec.defstruct("Page", [("value", GenericAlias(list, row))])
    return msgspec.json.Decoder(page).decode, row
