"""The bytes of a row in a file: without secrets, and with the columns that an export adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
import orjson

from uipath_odata.export.formats import Column
from uipath_odata.export.privacy.protection import Protection
from uipath_odata.odata.rows.raw_row import RawRow

__all__ = ["DELETED", "FOLDER", "READ_AT", "RowBytes"]

READ_AT: Final = Column("_read_at", "timestamp")
DELETED: Final = Column("_deleted", "boolean")
FOLDER: Final = (Column("_folder_id", "integer"), Column("_folder_path", "text"))


@attrs.frozen(eq=False)
class RowBytes:
    """Add columns to the end of rows, from which what must not leave is taken out first."""

    protection: Protection | None = None
    added: Mapping[str, Any] = attrs.field(factory=dict[str, Any])

    def of(self, rows: Sequence[RawRow]) -> Sequence[bytes]:
        """Return rows as a file takes them."""
        sent = [row.text for row in rows] if self.protection is None else self.protection.rows(rows)
        if not self.added:
            return sent
        tail = b"," + orjson.dumps(self.added)[1:]
        heads = [bytes(row).rstrip()[:-1].rstrip() for row in sent]
        return [head + (tail[1:] if head.endswith(b"{") else tail) for head in heads]

    def gone(self, ids: Sequence[int]) -> list[bytes]:
        """Return a row for each that was deleted: its Id, and that it is gone."""
        return [orjson.dumps({"Id": each, **self.added, DELETED.name: True}) for each in ids]
