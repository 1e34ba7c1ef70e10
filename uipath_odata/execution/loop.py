"""One ``async for`` over a stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, Self, TypeVar

__all__ = ["Loop", "Ready", "RowLoop"]

_T = TypeVar("_T")


class Loop(Generic[_T]):
    """An async iterator that tells when nobody refers to it any more.

    An async generator would not do: asyncio ends one that was dropped in a task of its own, later.
    """

    __slots__ = ("_close", "_leave", "_next")

    def __init__(
        self,
        following: Callable[[], Awaitable[_T]],
        *,
        leave: Callable[[], None],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        self._next = following
        self._leave = leave
        self._close = close

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _T:
        return await self._next()  # the loop is in use until then

    async def aclose(self) -> None:
        """End what is read, and await it."""
        await self._close()

    def __del__(self) -> None:
        self._leave()


class Ready(Generic[_T]):
    """The rows of a page that were not yet given out."""

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: Iterator[_T] = iter(())


class RowLoop(Loop[_T]):
    """A loop over rows: those of the page that came take one call each."""

    __slots__ = ("_ready",)

    def __init__(
        self,
        ready: Ready[_T],
        following: Callable[[], Awaitable[_T]],
        *,
        leave: Callable[[], None],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(following, leave=leave, close=close)
        self._ready = ready

    async def __anext__(self) -> _T:
        for row in self._ready.rows:
            return row
        return await self._next()
