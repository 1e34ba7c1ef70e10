"""Call a handler for several items at the same time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.workflows.performer.outcome import Ended
from uipath_odata.workflows.performer.transaction_item import TransactionItem
from uipath_odata.workflows.performer.work import Work

__all__ = ["Handler", "Performed", "Performing"]

Handler: TypeAlias = Callable[[TransactionItem], Awaitable[Mapping[str, Any] | None]]


@attrs.frozen
class Performed:
    """How many items ended, and how."""

    successful: int = 0
    business_failures: int = 0
    application_failures: int = 0
    postponed: int = 0

    @property
    def items(self) -> int:
        """The number of all items."""
        return self.successful + self.business_failures + self.application_failures + self.postponed


@attrs.define(eq=False)
class Performing:
    """One call of ``perform``: items are taken one after the other, as long as fewer than ``concurrency`` are under way."""

    work: Work
    handler: Handler
    concurrency: int
    _running: set[asyncio.Task[None]] = attrs.field(factory=set[asyncio.Task[None]], init=False)
    _ended: Counter[Ended] = attrs.field(factory=Counter[Ended], init=False)
    _errors: list[Exception] = attrs.field(factory=list[Exception], init=False)

    async def run(self) -> Performed:
        """Work until the queue is empty or no item is to be taken; raise the first error once all items have ended."""
        with self.work.drain.listening():
            try:
                await self._dispatch()
            except Exception as error:  # noqa: BLE001 - raised once the items under way have ended
                self._errors.append(error)
            except BaseException:
                for task in self._running:
                    task.cancel()
                raise
            finally:
                await self._all_ended()
        if self._errors:
            for other in self._errors[1:]:
                self._errors[0].add_note(f"and of another item: {type(other).__name__}: {other}")
            raise self._errors[0]
        return self._performed()

    async def _dispatch(self) -> None:
        while not self.work.drain.is_set() and not self._errors:
            if len(self._running) >= self.concurrency:
                await self._one_ended()
            elif (item := await self.work.take()) is not None:
                self.work.idle.reset()
                self._running.add(asyncio.ensure_future(self._handle(item)))
            elif not self.work.until_empty:
                await self.work.idle.pause()
            elif self._running:
                # It may fail and come back into the queue.
                await self._one_ended()
            else:
                return

    async def _handle(self, item: TransactionItem) -> None:
        try:
            async with item:
                output = await self._called(item)
                if output is not None:
                    item.output = output
        except Exception as error:  # noqa: BLE001 - of ending the item; raised when all have ended
            self._errors.append(error)
        if item.ended is not None:
            self._ended[item.ended] += 1

    async def _called(self, item: TransactionItem) -> Mapping[str, Any] | None:
        """Call the handler. One that is not async would fail item after item, so that no further one is taken."""
        given = self.handler(item)
        if not isinstance(given, Awaitable):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
            error = QueryError(f"{self.handler!r} is not async: write it as async def handle(item)")
            self._errors.append(error)
            raise error
        return await given

    async def _one_ended(self) -> None:
        done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        self._running -= done

    async def _all_ended(self) -> None:
        """Wait for the items under way; a cancellation meanwhile is passed on to them."""
        cancelled: asyncio.CancelledError | None = None
        while self._running:
            try:
                await self._one_ended()
            except asyncio.CancelledError as error:
                cancelled = error
                for task in self._running:
                    task.cancel()
        if cancelled is not None:
            raise cancelled

    def _performed(self) -> Performed:
        ended = self._ended
        return Performed(
            ended["successful"], ended["business failure"], ended["application failure"], ended["postponed"]
        )
