"""A row as the bytes that the server sent, with the few properties read that a plan looks at."""

from __future__ import annotations

from typing import Any

import orjson

__all__ = ["SentRow"]


class SentRow(dict[str, Any]):
    """Some properties of a row, and all of it as bytes."""

    __slots__ = ("raw",)

    raw: bytes
    """The JSON object as sent, without line breaks: in JSON these are white space, or escaped."""

    @classmethod
    def of(cls, known: Any, raw: bytes) -> SentRow:
        """Make a row of what is known of it and of its bytes."""
        row = cls(known)
        row.raw = raw.replace(b"\n", b" ").replace(b"\r", b" ") if b"\n" in raw or b"\r" in raw else raw
        return row

    @property
    def whole(self) -> dict[str, Any]:
        """Read all of the row."""
        row: dict[str, Any] = orjson.loads(self.raw)
        return row

    def only(self, names: tuple[str, ...]) -> SentRow:
        """Give the row with these properties alone, as if only they had been asked for."""
        whole = self.whole
        return SentRow.of(self, orjson.dumps({name: whole[name] for name in names if name in whole}))
