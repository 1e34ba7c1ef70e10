"""The keys of an answer's rows, checked against the request."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Final

import attrs

from uipath_odata.errors import DecodeError, OrderViolation
from uipath_odata.odata.rows.json_body import column_of, int64, whole_row
from uipath_odata.paging.keyset.checkpoint import HIGHEST, LOWEST
from uipath_odata.paging.keyset.requests import FOLDER
from uipath_odata.paging.plan import Row

__all__ = ["Keys"]

_ADVICE: Final = "read with stream(paging='offset'), which proves nothing"


@attrs.frozen(kw_only=True)
class Keys:
    """Read the keys of rows: Ids, negated where ``descending``; where ``linked`` several rows may share one."""

    descending: bool = False
    linked: bool = False

    def read(
        self, rows: Sequence[Row], lo: int = LOWEST, hi: int = HIGHEST, *, in_order: bool = True
    ) -> list[int]:
        """Return the keys of one answer, which must rise from above ``lo`` to ``hi``.

        Raises OrderViolation naming the row and the option that the server ignored.
        """
        keys = self._keys(rows)
        if keys and (min(keys) <= lo or max(keys) > hi):
            key = min(keys) if min(keys) <= lo else max(keys)
            raise self._violation(
                f"the Id {self.id_of(key)} outside of the range that was asked for, by $filter"
            )
        if in_order and keys != sorted(keys):
            before, after = next(pair for pair in itertools.pairwise(keys) if pair[0] > pair[1])
            raise self._violation(
                f"the Id {self.id_of(after)} after {self.id_of(before)}, out of order of Id, against $orderby"
            )
        if len(set(keys)) < len(keys):
            self._check_equals(keys, rows)
        return keys

    def id_of(self, key: int) -> int:
        """Return the Id of a key, and the key of an Id."""
        return -key if self.descending else key

    def _keys(self, rows: Sequence[Row]) -> list[int]:
        sent = column_of(rows, "Id")
        if {*map(type, sent)} == {int}:
            return [-each for each in sent] if self.descending else [*sent]
        ids = [*map(int64, sent)]
        keys = [self.id_of(each) for each in ids if each is not None]
        if len(keys) < len(ids):
            raise DecodeError(
                "a row has no integer Id: read with stream(paging='offset')",
                property="Id",
                row=ids.index(None),
            )
        return keys

    def _check_equals(self, keys: list[int], rows: Sequence[Row]) -> None:
        seen: dict[Any, list[Row]] = {}
        for key, row in zip(keys, rows, strict=True):
            same = seen.setdefault((key, int64(row.get(FOLDER))) if self.linked else key, [])
            is_again = not self.linked or (
                int64(row.get(FOLDER)) is not None and any(whole_row(each) == whole_row(row) for each in same)
            )
            if same and is_again:
                raise self._violation(f"the Id {self.id_of(key)} twice in one answer")
            same.append(row)

    def _violation(self, what: str) -> OrderViolation:
        return OrderViolation(f"The server sent {what}: {_ADVICE}")
