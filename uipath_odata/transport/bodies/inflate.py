"""Decompress the body of an answer, up to a limit, and check that it is complete."""

from __future__ import annotations

import functools
import importlib
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiohttp import ClientPayloadError

from uipath_odata.errors import AnswerTooLong, DecodeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

__all__ = ["Inflate", "Plain", "decoder", "whole"]

_GZIP: Final = 31
_MAGIC: Final = b"\x1f"
# What zlib allocates first: it grows by blocks so large that the kernel maps each anew, which took half of the time.
_BLOCK: Final = 32 * 1024


@functools.cache
def _fastest() -> Any:
    """Choose zlib-ng where the extra ``speed`` has brought it: it takes a third of the time."""
    with suppress(ModuleNotFoundError):
        return importlib.import_module("zlib_ng.zlib_ng")
    return zlib


class Decoder(Protocol):
    def feed(self, chunk: bytes, room: int) -> bytes:
        """Decode at most ``room`` bytes of the next chunk."""
        ...

    def finish(self) -> None:
        """Raise unless the body has come to its end."""
        ...


class Plain:
    """No coding: aiohttp has checked the length."""

    def feed(self, chunk: bytes, room: int) -> bytes:
        return chunk[:room]

    def finish(self) -> None:
        """End anywhere."""


class Inflate:
    """Whole gzip members, one or several (RFC 1952 §2.2), each with its checksum and length, and nothing after them.

    aiohttp 3.14 takes a gzip body that is cut where the Content-Length says so for a whole one.
    """

    def __init__(self, library: Any = None) -> None:
        self._library = library or _fastest()
        self._stream = self._library.decompressobj(_GZIP)

    def feed(self, chunk: bytes, room: int) -> bytes:
        parts = list[bytes]()
        try:
            while room and (chunk or not self._stream.eof):
                if self._stream.eof:
                    _check_member(chunk)
                    self._stream = self._library.decompressobj(_GZIP)
                size = min(room, _BLOCK)
                parts.append(self._stream.decompress(chunk, size))
                room -= len(parts[-1])
                if self._stream.eof:
                    chunk = self._stream.unused_data
                elif len(parts[-1]) < size:
                    break
                else:
                    chunk = self._stream.unconsumed_tail
        except self._library.error:
            advice = "look for a proxy that changes bodies"
            raise DecodeError(f"The body is not the gzip that its header says: {advice}") from None
        return b"".join(parts)

    def finish(self) -> None:
        if not self._stream.eof:
            raise ClientPayloadError("the gzip body is cut")


def _check_member(chunk: bytes) -> None:
    if not chunk.startswith(_MAGIC):
        raise DecodeError("Bytes follow the gzip body: look for a proxy that changes bodies")


def decoder(coding: str) -> Decoder:
    """Choose by ``Content-Encoding``; only gzip is ever asked for."""
    match coding.strip().lower():
        case "" | "identity":
            return Plain()
        case "gzip" | "x-gzip":
            return Inflate()
        case other:
            raise DecodeError(
                f"The body has Content-Encoding {other[:40]!r} though only gzip was asked for: look for a proxy"
            )


async def whole(chunks: AsyncIterable[bytes], coding: str, limit: int) -> bytes:
    """Read all chunks; at most ``limit`` decoded bytes are ever held."""
    decode, parts, room = decoder(coding), list[bytes](), limit
    async for chunk in chunks:
        part = decode.feed(chunk, room + 1)
        room -= len(part)
        if room < 0:
            raise AnswerTooLong(
                f"The body is longer than {limit} bytes: ask for fewer rows, or raise body_limit"
            )
        parts.append(part)
    decode.finish()
    return b"".join(parts)
