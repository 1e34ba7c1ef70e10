"""The few properties that a plan looks at, read of all rows of a page together."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import GenericAlias
from typing import Any, Final, cast

import attrs
import msgspec

from uipath_odata.odata.members import items_of, members_of
from uipath_odata.odata.payload import parse

__all__ = ["PageProperties"]

_REFUSED: Final = (msgspec.MsgspecError, UnicodeDecodeError)


@attrs.define(eq=False)
class PageProperties:
    """Some properties of the rows of a list, None where the server sent none.

    They are read once one of them is asked for: many plans ask for none.
    """

    names: Mapping[str, str]
    """The attributes of the properties that are read."""
    body: bytes
    """A list as the server sent it, in well-formed JSON."""
    _rows: list[Any] | None = attrs.field(default=None, init=False)

    @classmethod
    def named(cls, names: tuple[str, ...], body: bytes) -> PageProperties:
        """Read these properties of a list."""
        return cls(_attributes(names), body)

    def of(self, place: int, name: str) -> Any:
        """Give a property of the row at this place."""
        rows = self._rows
        if rows is None:
            rows = self._rows = self._read()
        return getattr(rows[place], self.names[name])

    def of_one(self, row: bytes) -> PageProperties:
        """Give the same properties of a row by itself."""
        return PageProperties(self.names, b'{"value":[%b]}' % row)

    def _read(self) -> list[Any]:
        decoder, kind = _reader((*self.names,))
        try:
            return cast("list[Any]", decoder.decode(self.body).value)
        except _REFUSED:  # half a surrogate pair
            rows = [parse(row) for row in items_of(members_of(self.body)["value"])]
            return [kind(*map(row.get, self.names)) for row in rows]


@functools.cache
def _attributes(names: tuple[str, ...]) -> Mapping[str, str]:
    return {name: f"p{place}" for place, name in enumerate(names)}


@functools.cache
def _reader(names: tuple[str, ...]) -> tuple[Any, Any]:
    """Make a reader of pages, and the class of their rows; what has no attribute is skipped, not built.

    Rows refer to nothing that refers to them: the garbage collector need not know them, whose walks would take as
    long as the reading.
    """
    fields: Any = [
        (attribute, Any, msgspec.field(default=None, name=name))
        for name, attribute in _attributes(names).items()
    ]
    kind = msgspec.defstruct("Properties", fields, gc=False)
    return msgspec.json.Decoder(msgspec.defstruct("Page", [("value", GenericAlias(list, kind))])), kind
