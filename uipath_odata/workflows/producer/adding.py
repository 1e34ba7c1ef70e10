"""Adding many rows to a queue: in chunks, several at a time, each row decided once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from uipath_odata.errors import (
    BadRequest,
    FolderRequired,
    ItemsFailed,
    OrchestratorError,
    RateLimited,
    ResponseError,
    RowsUndecided,
)
from uipath_odata.operations import EntitySets
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.patience import WAITS, is_final, maybe_happened
from uipath_odata.workflows.producer.added import AddResult, OnProgress, RowResult
from uipath_odata.workflows.producer.chunk import ChunkSize, Failure, failures_of, halves
from uipath_odata.workflows.producer.existing import Existing
from uipath_odata.workflows.producer.new_item import ItemRules, NewItem
from uipath_odata.workflows.producer.sources import Source

__all__ = ["Adding"]

_TOO_LARGE: Final = 413
_SHOWN: Final = 10
_ALREADY: Final = "the queue has an item with this Reference"


@attrs.define(eq=False)
class Adding:
    """One call of ``add_all``.

    ``existing`` is None where rows have no Reference: nothing can then be looked for. ``unique`` says that the queue
    refuses a Reference that it has, and ``read_first`` that References are read before they are sent.
    """

    sets: EntitySets
    source: Source
    rules: ItemRules
    clock: Clock
    unique: bool
    existing: Existing | None
    read_first: bool
    progress: OnProgress | None = None
    size: ChunkSize = attrs.field(factory=ChunkSize)
    result: AddResult = attrs.field(factory=AddResult, init=False)
    _turn: asyncio.Lock = attrs.field(factory=asyncio.Lock, init=False)
    _error: Exception | None = attrs.field(default=None, init=False)

    async def run(self, concurrency: int) -> AddResult:
        """Add all rows. Raise what ended it early, once the chunks under way are decided."""
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(self._work())
        self.result.sort()
        if self.result.undecided:
            raise _undecided(self.result) from self._error
        if self._error is not None:
            count = self.result.progress
            self._error.add_note(
                f"{count.added} rows were added before, {count.duplicates} were in the queue, {count.rejected} were rejected"
            )
            raise self._error
        return self.result

    async def _work(self) -> None:
        try:
            while items := await self._next():
                await self._settle(items)
        except Exception as error:  # noqa: BLE001 - raised once the others have ended what they sent
            self._error = self._error or error

    async def _next(self) -> list[NewItem]:
        """Take the next rows that can be items; an empty list is their end."""
        async with self._turn:
            items = list[NewItem]()
            while not items and self._error is None:
                rows = await self.source.take(self.size.now)
                if not rows:
                    break
                made = [self.rules.item(number, row) for number, row in rows]
                self.result.rejected.extend(each for each in made if isinstance(each, RowResult))
                items = [each for each in made if isinstance(each, NewItem)]
            return items

    async def _settle(self, items: Sequence[NewItem]) -> None:
        if self.read_first:
            items = await self._missing(items)
        refused = await self._add(items)
        if refused == len(items) > 1 and not self.result.added:
            raise BadRequest(
                f"each of the first {refused} rows is refused, the last because {self.result.rejected[-1].reason}:"
                " correct the rows",
                status=400,
            )
        if self.progress is not None:
            self.progress(self.result.progress)

    async def _add(self, items: Sequence[NewItem], *, again: bool = False) -> int:
        """Send items until each is decided, and return how many were refused as requests of their own.

        ``again``: their first answer was lost, and they were looked for since.
        """
        if not items:
            return 0
        try:
            failures = await self._send(items)
        except OrchestratorError as error:
            if _is_refusal(error):
                return await self._refused(items, error, again=again)
            if not maybe_happened(error):
                raise
            return await self._after_lost(items, error)
        self._note(items, failures, again=again)
        return 0

    async def _send(self, items: Sequence[NewItem]) -> Mapping[int, Failure]:
        """Send items once and return the failures by row; what was refused for the rate alone is sent again."""
        for wait in WAITS:
            try:
                await self.sets.queues.bulk_add_queue_items(
                    queue_name=self.rules.queue,
                    commit_type="ProcessAllIndependently",
                    queue_items=[item.fields for item in items],
                )
            except ItemsFailed as error:
                return failures_of(error.failed_items, items)
            except RateLimited as error:
                if wait == WAITS[-1]:
                    raise
                await self.clock.sleep(max(wait, error.retry_after or 0.0))
            else:
                break
        return {}

    async def _refused(self, items: Sequence[NewItem], error: OrchestratorError, *, again: bool) -> int:
        """Find out what of a refused request is refused: one item of it, or its size."""
        if len(items) == 1:
            self.result.rejected.append(items[0].result(str(getattr(error, "message", error))))
            return 1
        if getattr(error, "status", None) == _TOO_LARGE:
            self.size.refused(len(items))
        refused = sum([await self._add(half, again=again) for half in halves(items)])
        if not refused:
            self.size.refused(len(items))
        return refused

    async def _after_lost(self, items: Sequence[NewItem], error: OrchestratorError) -> int:
        """Decide items whose answer was lost: the queue has them, or, where that is safe, they are sent again."""
        for wait in WAITS if self.existing else ():
            await self.clock.sleep(wait)
            try:
                items = await self._missing(items)
                if not items:
                    return 0
                if self.unique:
                    failures = await self._send(items)
                    self._note(items, failures, again=True)
                    return 0
            except OrchestratorError as failure:
                if _is_refusal(failure):
                    return await self._refused(items, failure, again=True)
                error = failure
                if is_final(failure):
                    break
        self.result.undecided.extend(item.result(str(error)) for item in items)
        self._error = self._error or error
        return 0

    async def _missing(self, items: Sequence[NewItem]) -> Sequence[NewItem]:
        """Return the items that the queue does not have, and note the others."""
        if self.existing is None:
            return items
        found = await self.existing.read(item.reference or "" for item in items)
        missing = list[NewItem]()
        for item in items:
            there = found.get(item.reference or "", [])
            if self.existing.is_new(there):
                self.result.added.append(item.result())
            elif self.existing.counts(there):
                self.result.duplicates.append(item.result(_ALREADY))
            else:
                missing.append(item)
        return missing

    def _note(self, items: Sequence[NewItem], failures: Mapping[int, Failure], *, again: bool) -> None:
        """Note what an answer says. An item that was missing and is a duplicate now was added by the answer that was lost."""
        for item in items:
            failure = failures.get(item.row)
            if failure is None or (failure.duplicate and again):
                self.result.added.append(item.result())
            else:
                where = self.result.duplicates if failure.duplicate else self.result.rejected
                where.append(item.result(failure.reason))


def _is_refusal(error: OrchestratorError) -> bool:
    """Return whether the request itself is refused, which another one with fewer items may not be."""
    if isinstance(error, BadRequest):
        return not isinstance(error, FolderRequired)
    return isinstance(error, ResponseError) and error.status == _TOO_LARGE


def _undecided(result: AddResult) -> RowsUndecided:
    rows = result.undecided
    named = ", ".join(
        f"{each.row} ({each.reference})" if each.reference else str(each.row) for each in rows[:_SHOWN]
    )
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    references = tuple(each.reference for each in rows if each.reference)
    return RowsUndecided(
        f"the answers for rows {named}{more} were lost, and the queue does not show whether they were added: look for"
        " them before you add them again; error.result has all rows",
        result=result,
        find_by={"Reference": references} if references else None,
    )
