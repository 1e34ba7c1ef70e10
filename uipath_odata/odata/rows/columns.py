"""The few properties that a plan looks at, read of all rows of a page together."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
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

    def __init__(self, names: tuple[str, ...], body: bytes, foreseen: tuple[str, ...] = ()) -> None:
        """Read these names in a list as the server sent it, in well-formed JSON.

        ``foreseen`` are those that ``have_only`` will be asked about, so that one reading answers both.
        """
        super().__init__()
        self.names = names
        self._body = body
        self._foreseen = foreseen

    def __missing__(self, name: str) -> Sequence[Any]:
        of = attrgetter(f"p{self.names.index(name)}")
        column = self[name] = [*map(of, self._rows)]
        return column

    def have_only(self, names: tuple[str, ...]) -> bool:
        """Say whether no row has a property but these, which one look at all of them tells."""
        if names != self._foreseen:
            self._foreseen = names
            vars(self).pop("_strict_rows", None)
        return bool(names) and self._strict_rows is not None

    @functools.cached_property
    def _strict_rows(self) -> Sequence[Any] | None:
        """The rows, None where one has a property that was not foreseen."""
        try:
            rows: list[Any] = _strict_reader(self.names, self._foreseen)(self._body).value
        except REFUSED:
            return None
        return rows

    @functools.cached_property
    def _rows(self) -> Sequence[Any]:
        if self._foreseen and self._strict_rows is not None:
            return self._strict_rows
        decode, row = _reader(self.names)
        try:
            rows: list[Any] = decode(self._body).value
        except REFUSED:  # half a surrogate pair
            objects = [parse(each) for each in items_of(raw_members_of(self._body)["value"])]
            return [row(*map(each.get, self.names)) for each in objects]
        return rows

    def of_one(self, row: bytes) -> Columns:
        """Return the same properties of a row by itself."""
        return Columns(self.names, b'{"value":[%b]}' % row, self._foreseen)

    def at(self, place: int) -> Columns:
        """Return what was read of one row, which keeps nothing of the others."""
        alone = Columns(self.names, b"")
        alone.update({name: (self[name][place],) for name in self.names})
        return alone


@functools.cache
def _reader(names: tuple[str, ...]) -> tuple[Any, Any]:
    """Make a reader of pages and the class of their rows, which have these attributes; all else is skipped, not built."""
    return _reader_of(names, dict.fromkeys(names, Any))


@functools.cache
def _strict_reader(names: tuple[str, ...], foreseen: tuple[str, ...]) -> Any:
    """Make a reader of pages that refuses what is not foreseen; of what nobody reads, it makes views."""
    types = {name: Any if name in names else msgspec.Raw for name in foreseen}
    return _reader_of(names, types, is_strict=True)[0]


def _reader_of(
    names: tuple[str, ...], types: Mapping[str, Any], *, is_strict: bool = False
) -> tuple[Any, Any]:
    attributes = {name: f"p{place}" for place, name in enumerate(dict.fromkeys((*names, *types)))}
    fields: Any = [
        (attributes[name], type_, msgspec.field(default=None, name=name)) for name, type_ in types.items()
    ]
    absent = {attribute: None for name, attribute in attributes.items() if name not in types}
    # Rows refer to nothing that refers to them: the garbage collector need not know them, whose walks would take as
    # long as the reading.
    row = msgspec.defstruct("Properties", fields, gc=False, forbid_unknown_fields=is_strict, namespace=absent)
    page = msgspec.defstruct("Page", [("value", GenericAlias(list, row))])
    return msgspec.json.Decoder(page).decode, row
