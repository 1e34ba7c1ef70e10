"""How many attempts are on the wire at the same time, and of which tenant."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

__all__ = ["Slots"]

_Turn = asyncio.Future[None]
_SHARE: Final = 2


@attrs.define(eq=False)
class _Line:
    """Who waits of one tenant."""

    interactive: deque[_Turn] = attrs.field(factory=deque[_Turn])
    bulk: deque[_Turn] = attrs.field(factory=deque[_Turn])

    @property
    def first(self) -> deque[_Turn]:
        return self.interactive or self.bulk


class Slots:
    """Share the slots of a pool among its tenants: each in turn, and interactive attempts of one ahead of its bulk.

    Where several tenants share a pool, none holds more than twice as many slots as are free, so that one whose server
    hangs leaves room for the others (Choudhury and Hahne, *Dynamic queue length thresholds*, 1998).
    """

    def __init__(self, total: int) -> None:
        self.free = total
        self._held = Counter[str]()
        self._lines = OrderedDict[str, _Line]()
        self._tenants = Counter[str]()

    def join(self, tenant: str) -> None:
        """Count one more client of a tenant."""
        self._tenants[tenant] += 1

    def leave(self, tenant: str) -> None:
        """Count one client of a tenant less."""
        self._tenants[tenant] -= 1
        self._tenants += Counter[str]()  # without those of which none is left
        self._call_next()

    def slot(self, tenant: str, *, bulk: bool) -> AbstractAsyncContextManager[None]:
        """Hold one slot; waits until it is free."""
        return self._slot(tenant, bulk)

    @asynccontextmanager
    async def _slot(self, tenant: str, bulk: bool) -> AsyncGenerator[None, None]:
        if tenant in self._lines or not self._may_have(tenant):
            await self._wait(tenant, bulk)
        else:
            self._take(tenant)
        try:
            yield
        finally:
            self._give(tenant)

    async def _wait(self, tenant: str, bulk: bool) -> None:
        line = self._lines.setdefault(tenant, _Line())
        kind = line.bulk if bulk else line.interactive
        turn = asyncio.get_running_loop().create_future()
        kind.append(turn)
        try:
            await turn
        except BaseException:
            if turn in kind:
                kind.remove(turn)
                self._forget(tenant, line)
            elif not turn.cancelled():  # its slot came just before the cancellation
                self._give(tenant)
            raise

    def _may_have(self, tenant: str) -> bool:
        alone = len(self._tenants) <= 1
        return self.free > 0 and (alone or self._held[tenant] < _SHARE * self.free)

    def _take(self, tenant: str) -> None:
        self.free -= 1
        self._held[tenant] += 1

    def _give(self, tenant: str) -> None:
        self.free += 1
        self._held[tenant] -= 1
        if not self._held[tenant]:
            del self._held[tenant]
        self._call_next()

    def _call_next(self) -> None:
        while (tenant := next(filter(self._may_have, self._lines), None)) is not None:
            line = self._lines[tenant]
            turn = line.first.popleft()
            self._lines.move_to_end(tenant)
            self._forget(tenant, line)
            if not turn.done():  # it was cancelled, and its task has not run since
                self._take(tenant)
                turn.set_result(None)

    def _forget(self, tenant: str, line: _Line) -> None:
        if not line.first:
            self._lines.pop(tenant, None)
