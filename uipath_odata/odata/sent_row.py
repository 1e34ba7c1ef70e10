"""A row as the bytes that the server sent, with the few properties read that a plan looks at."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from uipath_odata.odata.members import joined, members_of
from uipath_odata.odata.payload import parse

if TYPE_CHECKING:
    _Row = Mapping[str, Any]
else:
    _Row = object  # the classes of rows are msgspec's, which have a metaclass of their own

__all__ = ["SentRow", "on_one_line"]

_LINE_BREAKS: Final = bytes.maketrans(b"\r\n", b"  ")


def on_one_line(text: bytes) -> bytes:
    """Make spaces of the line breaks in a JSON text, where they are white space: within texts they are escaped."""
    return text.translate(_LINE_BREAKS) if b"\n" in text or b"\r" in text else text


class SentRow(_Row):
    """All of a row as bytes, and some of its properties, which are None where the server sent none.

    Other properties are read when they are asked for.
    """

    __slots__ = ()

    text: bytes | msgspec.Raw
    """The JSON object as sent, on one line; of most rows a view of the page, which is not copied."""
    read: Mapping[str, str]
    """The attributes of the properties that were read with it."""
    parsed: dict[str, Any] | None
    """All properties, once another one was asked for."""

    def __getitem__(self, name: str) -> Any:
        return getattr(self, self.read[name]) if name in self.read else self.whole[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Give a property, or the default where there is none."""
        return getattr(self, self.read[name]) if name in self.read else self.whole.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self.whole

    @property
    def raw(self) -> bytes:
        """Give the JSON object as sent, on one line."""
        return bytes(self.text)

    @property
    def members(self) -> dict[str, bytes]:
        """Give all of the row, each value as its own text."""
        return members_of(self.raw)

    @property
    def whole(self) -> dict[str, Any]:
        """Read all of the row."""
        if self.parsed is not None:
            return self.parsed
        whole: dict[str, Any] = parse(self.raw)
        self.parsed = whole
        return whole

    def only(self, names: tuple[str, ...]) -> Self:
        """Give the row with these properties alone, as if only they had been asked for."""
        members = self.members
        return self._with(joined({name: members[name] for name in names if name in members}))

    def holding(self, raw: bytes) -> Self:
        """Give a row of the same kind whose JSON object is this."""
        made = self._with(on_one_line(raw))
        members = made.members
        for name, attribute in self.read.items():
            setattr(made, attribute, json.loads(members[name]) if name in members else None)
        return made

    def _with(self, raw: bytes) -> Self:
        made = copy.copy(self)
        made.text, made.parsed = raw, None
        return made
