"""An export while it runs: its lists, several at once, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, Final, cast

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.events import Event, Summary
from uipath_odata.export.list_export import ListExport

__all__ = ["ExportRun"]

_READ_AHEAD: Final = 4
_PATIENCE: Final = 1.0
"""Seconds without an event after which a run looks whether its lists wait."""


@attrs.define(eq=False)
class ExportRun:
    """``async for event in run`` drives the export; what fails in one list does not stop the others.

    After the last event, raises the error of the list that failed; of several lists, ExportError that names those that
    failed.
    """

    _lists: Sequence[ListExport]
    _parallel: int
    not_asked: tuple[str, ...] = ()
    """Lists that earlier runs gave and this one does not ask for: their folder is gone, or is not seen any more."""
    _last: dict[int, Event] = attrs.field(factory=dict[int, Event], init=False)
    _reading: set[int] = attrs.field(factory=set[int], init=False)
    _working: asyncio.Task[None] | None = attrs.field(default=None, init=False)
    is_stopped: bool = attrs.field(default=False, init=False)
    was_whole: bool = attrs.field(init=False)
    """Whether an earlier run read every list to its end, so that nothing is asked."""

    def __attrs_post_init__(self) -> None:
        self.was_whole = all(each.start.is_over for each in self._lists)

    @property
    def summary(self) -> Summary:
        """Say where each list stands, as its last event did."""
        events = tuple(event for _, event in sorted(self._last.items()))
        return Summary(events, len(self._lists) - len(events))

    @property
    def is_complete(self) -> bool:
        """Whether every list was read to its end."""
        return self.summary.is_complete

    def stop(self) -> None:
        """End after the pages that are being written; the next run resumes from there."""
        self.is_stopped = True
        for each in self._lists:
            each.is_stopped = True

    async def __aiter__(self) -> AsyncGenerator[Event, None]:
        events = asyncio.Queue[Event](_READ_AHEAD)
        self._working = work = asyncio.create_task(self._work(events))
        while not work.done() or not events.empty():
            event = await _next_of(events, work)
            for each in (event,) if event is not None else self._waiting():
                yield each
        _raise_of(work)
        self._raise()

    def _waiting(self) -> list[Event]:
        """Return an event for each list that reads and that the rate budget holds back."""
        said = {number: self._lists[number].waiting for number in sorted(self._reading)}
        waiting = {number: event for number, event in said.items() if event is not None}
        self._last |= waiting
        return [*waiting.values()]

    async def aclose(self) -> None:
        """End what is still running, and leave nothing of parts that are not committed."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    async def _work(self, events: asyncio.Queue[Event]) -> None:
        slots = asyncio.Semaphore(self._parallel)
        for work in (ListExport.look, ListExport.run):
            async with asyncio.TaskGroup() as group:
                for number, each in enumerate(self._lists):
                    group.create_task(self._drive(number, work(each), slots, events))

    async def _drive(
        self,
        number: int,
        work: AsyncGenerator[Event, None],
        slots: asyncio.Semaphore,
        events: asyncio.Queue[Event],
    ) -> None:
        async with slots, aclosing(work):
            if self.is_stopped:
                return
            self._reading.add(number)
            async for event in work:
                self._last[number] = event
                if event.is_last:
                    self._reading.discard(number)
                await events.put(event)
            self._reading.discard(number)

    def _raise(self) -> None:
        failed = {each.start.each.key: each.error for each in self._lists if each.error is not None}
        for first in failed.values():
            if len(self._lists) == 1:
                raise first
            names = ", ".join(failed)
            raise ExportError(
                f"{len(failed)} of {len(self._lists)} lists were not exported whole ({names}; the first: {first}): "
                "correct that, then run the same export again"
            )


def _raise_of(work: asyncio.Task[None]) -> None:
    """Raise what ended the work of all lists, which no list's own error does."""
    error: Any = work.exception()
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    if error is not None:
        raise error


async def _next_of(events: asyncio.Queue[Event], work: asyncio.Task[None]) -> Event | None:
    """Wait for an event; None at the end of the work, or where none comes for a second."""
    if not events.empty():
        return events.get_nowait()
    coming = asyncio.create_task(events.get())
    try:
        await asyncio.wait({coming, work}, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        return coming.result() if coming.done() else None
    finally:
        coming.cancel()
