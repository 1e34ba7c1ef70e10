"""One loop over what is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, Self, TypeVar

__all__ = ["Loop"]

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
