"""The bytes of a row on their way to a file: protected, and with the columns that an export adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

import attrs
import orjson

from uipath_odata.export.formats import Column
from uipath_odata.odata.rows.raw_row import RawRow

__all__ = ["DELETED", "FOLDER", "READ_AT", "RowBytes"]

READ_AT: Final = Column("_read_at", "timestamp")
DELETED: Final = Column("_deleted", "boolean")
FOLDER: Final = (Column("_folder_id", "integer"), Column("_folder_path", "text"))

_page_of: Final = attrgetter("properties")


@attrs.frozen(eq=False)
class RowBytes:
    """Add columns to the end of rows, from which what must not leave is taken out first."""

    protect: Callable[[bytes], bytes] | None = None
    added: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    open_names: tuple[str, ...] = ()
    """A row that has only these has nothing to protect."""

    def of(self, rows: Sequence[RawRow]) -> Sequence[bytes]:
        """Return rows as a file takes them."""
        sent = self._protected(rows)
        if not self.added:
            return sent
        tail = b"," + orjson.dumps(self.added)[1:]
        heads = [bytes(row).rstrip()[:-1].rstrip() for row in sent]
        return [head + (tail[1:] if head.endswith(b"{") else tail) for head in heads]

    def gone(self, ids: Sequence[int]) -> list[bytes]:
        """Return a row for each that was deleted: its Id, and that it is gone."""
        return [orjson.dumps({"Id": each, **self.added, DELETED.name: True}) for each in ids]

    def _protected(self, rows: Sequence[RawRow]) -> list[bytes | Any]:
        """Return rows as they were sent where there is nothing to protect in them, which copies nothing."""
        protect = self.protect
        pages = [*map(_page_of, rows)]
        distinct = dict(zip(map(id, pages), pages, strict=True)).values()
        if protect is None or all(page.have_only(self.open_names) for page in distinct):
            return [row.text for row in rows]
        return [_protected(row, protect) for row in rows]


def _protected(row: RawRow, protect: Callable[[bytes], bytes]) -> bytes | Any:
    sent = row.raw
    kept = protect(sent)
    return row.text if kept is sent else kept
