"""The few properties that a plan looks at, read of all rows of a page together."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from types import GenericAlias
from typing import Any, Final

import msgspec

from uipath_odata.odata.rows.json_body import parse
from uipath_odata.odata.rows.raw_json import items_of, raw_members_of
from uipath_odata.odata.rows.struct_pages import REFUSED

__all__ = ["Columns", "Foreseen"]

_READERS: Final = 64
_LEARNABLE: Final = re.compile(r"[\w@.# -]+")
_LEARNED: Final = 256
_Page: Final[Any] = msgspec.defstruct("Page", [("value", GenericAlias(list, dict[str, msgspec.Raw]))])
_NAMED: Final = msgspec.json.Decoder(_Page).decode


class Foreseen:
    """The names of the schema, and those that the rows of a newer server turn out to have."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names: tuple[str, ...] = tuple(names)
        self._room = _LEARNED

    def learn(self, body: bytes) -> bool:
        """Take up what the rows of a list have besides; say whether all they have is foreseen now, and was not before."""
        try:
            rows: list[dict[str, Any]] = _NAMED(body).value
        except REFUSED:
            return False
        new = sorted({name for row in rows for name in row} - {*self.names})
        if not new or len(new) > self._room or not all(map(_LEARNABLE.fullmatch, new)):
            return False
        self._room -= len(new)
        self.names += tuple(new)
        return True


class Columns(dict[str, Sequence[Any]]):
    """Some properties of the rows of a list by name, each in the order of the rows, None where the server sent none.

    They are read once one of them is asked for: many plans ask for none.
    """

    def __init__(self, names: tuple[str, ...], body: bytes, foreseen: Foreseen | None = None) -> None:
        """Read these names in a list as the server sent it, in well-formed JSON.

        ``foreseen`` are those that ``row_names`` and ``texts`` will be asked for, so that one reading answers all.
        """
        super().__init__()
        self.names = names
        self._body = body
        self._foreseen = foreseen

    def __missing__(self, name: str) -> Sequence[Any]:
        of = attrgetter(f"p{self.names.index(name)}")
        column = self[name] = [*map(of, self._rows)]
        return column

    @property
    def row_names(self) -> tuple[str, ...] | None:
        """The names that rows have, and perhaps others; None where a row may have one that is not among them."""
        return None if self._strict is None else self._strict[0]

    def texts(self, name: str) -> Sequence[msgspec.Raw | None]:
        """Return the text of one of the ``row_names``, which is not one of the ``names``, of each row."""
        if self._strict is None:
            raise LookupError(name)
        known, rows = self._strict
        place = [*dict.fromkeys((*self.names, *known))].index(name)
        return [*map(attrgetter(f"p{place}"), rows)]

    @functools.cached_property
    def _strict(self) -> tuple[tuple[str, ...], Sequence[Any]] | None:
        """The foreseen names and the rows, None where one has a property that cannot be foreseen."""
        foreseen = self._foreseen
        if foreseen is None:
            return None
        for _ in range(2):
            try:
                return foreseen.names, _strict_reader(self.names, foreseen.names)(self._body).value
            except REFUSED:
                if not foreseen.learn(self._body):
                    break
        return None

    @functools.cached_property
    def _rows(self) -> Sequence[Any]:
        if self._strict is not None:
            return self._strict[1]
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


@functools.lru_cache(_READERS)
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
