"""A row as the bytes that the server sent, with the few properties read that a plan looks at."""

from __future__ import annotations

from typing import Any, Final

import orjson

__all__ = ["SentRow", "on_one_line"]

_LINE_BREAKS: Final = bytes.maketrans(b"\r\n", b"  ")


def on_one_line(text: bytes) -> bytes:
    """Make spaces of the line breaks in a JSON text, where they are white space: within texts they are escaped."""
    return text.translate(_LINE_BREAKS) if b"\n" in text or b"\r" in text else text


class SentRow(dict[str, Any]):
    """Some properties of a row, and all of it as bytes."""

    __slots__ = ("raw",)

    raw: bytes
    """The JSON object as sent, on one line."""

    @classmethod
    def of(cls, known: Any, raw: bytes) -> SentRow:
        """Make a row of what is known of it and of its bytes."""
        row = cls(known)
        row.raw = on_one_line(raw)
        return row

    def __missing__(self, name: str) -> None:
        """Give None for what was not sent."""

    @property
    def whole(self) -> dict[str, Any]:
        """Read all of the row."""
        row: dict[str, Any] = orjson.loads(self.raw)
        return row

    def only(self, names: tuple[str, ...]) -> SentRow:
        """Give the row with these properties alone, as if only they had been asked for."""
        whole = self.whole
        return SentRow.of(self, orjson.dumps({name: whole[name] for name in names if name in whole}))
