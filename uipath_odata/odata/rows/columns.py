"""The few properties that a plan looks at, read from all rows of a page together."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from types import GenericAlias
from typing import Any, Final

import attrs
import msgspec

from uipath_odata.odata.rows.json_body import parse
from uipath_odata.odata.rows.raw_json import items_of, raw_members_of
from uipath_odata.odata.rows.struct_pages import REFUSED

__all__ = ["Columns", "Foreseen"]

_READERS: Final = 64
_LEARNABLE: Final = re.compile(r"[\w@.# -]+")
_LEARNED: Final = 256
_BLOCK: Final = 50
"""Rows that are held at once."""
_Page: Final[Any] = msgspec.defstruct("Page", [("value", GenericAlias(list, dict[str, msgspec.Raw]))])
_NAMED: Final = msgspec.json.Decoder(_Page).decode


def _is_any(name: str) -> bool:
    del name
    return True


class Foreseen:
    """The names of the schema, and those that the rows of a newer server turn out to have.

    ``looked_at`` are those whose values will be asked for.
    """

    def __init__(self, names: Iterable[str], is_looked_at: Callable[[str], bool] = _is_any) -> None:
        self._is_looked_at = is_looked_at
        self._room = _LEARNED
        self._take(tuple(names))

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
        self._take((*self.names, *new))
        return True

    def _take(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.looked_at = tuple(filter(self._is_looked_at, names))


class Columns(dict[str, Sequence[Any]]):
    """Some properties of the rows of a list by name, each in the order of the rows, None where the server sent none.

    They are read once one of them is asked for: many plans ask for none.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        body: bytes,
        rows: Sequence[bytes | msgspec.Raw] = (),
        foreseen: Foreseen | None = None,
    ) -> None:
        """Read these names in a list as the server sent it, in well-formed JSON; ``rows`` are the rows in it.

        ``foreseen`` are those that rows will be asked for, so that one reading answers all.
        """
        super().__init__()
        self.names = names
        self._body = body
        self._sent = rows
        self._foreseen = foreseen
        self._texts: Mapping[str, Sequence[msgspec.Raw | None]] = {}

    def __missing__(self, name: str) -> Sequence[Any]:
        if self.row_names is None or name not in self:
            of = attrgetter(f"p{self.names.index(name)}")
            self[name] = [*map(of, self._rows)]
        return self[name]

    @functools.cached_property
    def row_names(self) -> tuple[str, ...] | None:
        """The names that rows have, and perhaps others; None where a row may have one that is not among them."""
        foreseen = self._foreseen
        if foreseen is None:
            return None
        for _ in range(2):
            try:
                self._read(foreseen)
            except REFUSED:
                if not foreseen.learn(self._body):
                    break
            else:
                return foreseen.names
        return None

    @property
    def looked_at(self) -> Iterable[str]:
        """The names whose ``texts`` are kept."""
        return self._texts.keys()

    def texts(self, name: str) -> Sequence[msgspec.Raw | None]:
        """Return the text of a property that is looked at, and is not one of the ``names``, of each row."""
        return self._texts[name]

    def _read(self, foreseen: Foreseen) -> None:
        reader = _strict_reader(self.names, foreseen.names, foreseen.looked_at)
        columns = reader.columns(self._sent)
        absent: Sequence[Any] = (None,) * len(self._sent)
        self._texts = {name: columns[name] for name in foreseen.looked_at}
        self.update({name: columns.get(name, absent) for name in self.names})

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
        return Columns(self.names, b'{"value":[%b]}' % row, (row,), self._foreseen)

    def at(self, place: int) -> Columns:
        """Return what was read of one row, which keeps nothing of the others."""
        alone = Columns(self.names, b"")
        alone.update({name: (self[name][place],) for name in self.names})
        return alone


@functools.cache
def _reader(names: tuple[str, ...]) -> tuple[Any, Any]:
    """Make a reader of pages and the class of their rows, which have these attributes; all else is skipped, not built."""
    row = _class_of(names, dict.fromkeys(names, Any))
    page = msgspec.defstruct("Page", [("value", GenericAlias(list, row))])
    return msgspec.json.Decoder(page).decode, row


@attrs.frozen
class _StrictReader:
    """Read some rows after the others, and keep of each a few values: thousands more would not fit a processor's cache."""

    decode: Callable[[bytes | msgspec.Raw], Any]
    attributes: Mapping[str, str]
    """Of the values that are kept, by name."""

    def columns(self, sent: Sequence[bytes | msgspec.Raw]) -> dict[str, list[Any]]:
        """Return the values that are kept, by name; raise one of `REFUSED` for a name that is not foreseen."""
        kept = [(list[Any](), attrgetter(attribute)) for attribute in self.attributes.values()]
        for start in range(0, len(sent), _BLOCK):
            rows = [*map(self.decode, sent[start : start + _BLOCK])]
            for column, of in kept:
                column.extend(map(of, rows))
        return {name: column for name, (column, _) in zip(self.attributes, kept, strict=True)}


@functools.lru_cache(_READERS)
def _strict_reader(
    names: tuple[str, ...], foreseen: tuple[str, ...], looked_at: tuple[str, ...]
) -> _StrictReader:
    """Make a reader of rows that refuses what is not foreseen; of what nobody reads, it makes views."""
    row = _class_of(
        foreseen, {name: Any if name in names else msgspec.Raw for name in foreseen}, is_strict=True
    )
    kept = {name: f"p{place}" for place, name in enumerate(foreseen) if name in names or name in looked_at}
    return _StrictReader(msgspec.json.Decoder(row).decode, kept)


def _class_of(names: Iterable[str], types: Mapping[str, Any], *, is_strict: bool = False) -> Any:
    """Make the class of rows whose attributes are ``p0``, ``p1`` and so on for these names."""
    fields: Any = [
        (f"p{place}", types[name], msgspec.field(default=None, name=name))
        for place, name in enumerate(dict.fromkeys(names))
    ]
    # Rows refer to nothing that refers to them: the garbage collector need not know them, whose walks would take as
    # long as the reading.
    return msgspec.defstruct("Properties", fields, gc=False, forbid_unknown_fields=is_strict)
