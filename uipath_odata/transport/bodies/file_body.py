"""A request's body that is read from a file while it is sent."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import attrs

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FileBody", "opened"]

# aiohttp writes longer bytes in one go and warns of it; a file object is written in pieces.
_LONG_BODY = 2**20


@attrs.frozen
class FileBody:
    """The bytes of a file, between others where a form wraps it; each attempt reads them anew."""

    path: Path
    before: bytes = b""
    after: bytes = b""
    size: int = attrs.field(default=attrs.Factory(lambda self: self._measured(), takes_self=True), init=False)

    def __len__(self) -> int:
        return self.size

    def open(self) -> BinaryIO:
        """Open all of it as one file that can be rewound. Raise OSError."""
        parts = (io.BytesIO(self.before), self.path.open("rb"), io.BytesIO(self.after))
        return cast("BinaryIO", _Joined(parts))

    def _measured(self) -> int:
        return len(self.before) + self.path.stat().st_size + len(self.after)


def opened(body: bytes | FileBody) -> AbstractContextManager[bytes | BinaryIO]:
    """Open what aiohttp sends; it is closed at the end."""
    if isinstance(body, FileBody):
        return body.open()
    return nullcontext(io.BytesIO(body) if len(body) > _LONG_BODY else body)


class _Joined(io.RawIOBase):
    """Files one after another. It has no name of its own, so aiohttp tells nobody the local file's."""

    def __init__(self, parts: Sequence[BinaryIO]) -> None:
        self._parts = parts
        self._current = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while self._current < len(self._parts):
            if chunk := self._parts[self._current].read(len(buffer)):
                buffer[: len(chunk)] = chunk
                return len(chunk)
            self._current += 1
        return 0

    def tell(self) -> int:
        return sum(part.tell() for part in self._parts)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if (offset, whence) != (0, io.SEEK_SET):
            raise io.UnsupportedOperation("a body is only rewound")
        for part in self._parts:
            part.seek(0)
        self._current = 0
        return 0

    def close(self) -> None:
        for part in self._parts:
            part.close()
        super().close()
