"""Hide what must be hidden in a page of rows.

One reading in C tells which names the rows of a page have. Only the values that may hold a secret are looked at: nested
entities, texts of JSON, and what the schema does not know. Of these few differ, so that what becomes of a value is kept.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Final

import msgspec

from uipath_odata.errors import DecodeError
from uipath_odata.export.privacy.redaction import Change, Members, exchange
from uipath_odata.odata.rows.columns import Foreseen
from uipath_odata.odata.rows.raw_row import RawRow

__all__ = ["Protection"]

_KEPT: Final = 2_048
"""Values of one property."""
_KEPT_BYTES: Final = 4_096
"""The longest value that is kept, so that all of them take a few MB."""
_TEXT: Final = attrgetter("text")
_PAGE: Final = attrgetter("properties")


class Protection:
    """Leave out, hash or look into the members of rows; ``foreseen`` are the names that a page is read with."""

    def __init__(self, members: Members, names: Sequence[str]) -> None:
        self._members = members
        self.foreseen = Foreseen(names, lambda name: members.action(name) is not None)
        self._kept = functools.cache(self._keeping)

    def __call__(self, row: bytes) -> bytes:
        """Return a row without what is kept from others; the same where that is nothing."""
        try:
            return self._members.into_object(row)
        except RecursionError:
            raise DecodeError(
                "a row is nested too deep to find what is kept from others: leave the property out with .select()"
            ) from None

    def rows(self, rows: Sequence[RawRow]) -> list[bytes | msgspec.Raw]:
        """Do the same to many rows; those in which nothing changes are not copied."""
        texts = [*map(_TEXT, rows)]
        for of_page in _by_page(rows):
            for at, changes in self._changes(rows, of_page).items():
                text = exchange(rows[at].raw, changes) if changes else None
                texts[at] = self(rows[at].raw) if text is None else text
        return texts

    def _changes(self, rows: Sequence[RawRow], places: Sequence[int]) -> dict[int, Sequence[Change]]:
        """Return, for rows of one page, the values that change; where that is not known, none."""
        page = rows[places[0]].properties
        if page.row_names is None or not {*page.names}.isdisjoint(page.looked_at):
            return dict.fromkeys(places, ())
        changes = defaultdict[int, list[Change]](list)
        for name in page.looked_at:
            values, kept = page.texts(name), self._kept(name)
            for at in places:
                value = values[rows[at].place]
                if value is not None:
                    old = bytes(value)
                    new = kept(old) if len(old) <= _KEPT_BYTES else self._new(name, old)
                    if new != old:
                        changes[at].append((name, old, new))
        return {**changes}

    def _keeping(self, name: str) -> Callable[[bytes], bytes | None]:
        return functools.lru_cache(_KEPT)(functools.partial(self._new, name))

    def _new(self, name: str, value: bytes) -> bytes | None:
        action = self._members.action(name)
        try:
            return value if action is None else action(value)
        except RecursionError:
            return None  # what is said of the row says so


def _by_page(rows: Sequence[RawRow]) -> Iterable[Sequence[int]]:
    """Return the places of the rows of each page; most rows that come together are of one."""
    pages = [*map(id, map(_PAGE, rows))]
    if len(distinct := {*pages}) == 1:
        return (range(len(rows)),)
    return [[at for at, page in enumerate(pages) if page == one] for one in distinct]
