"""An item of a queue that was taken."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeAlias

import orjson

from uipath_odata.entities import QueueDefinition, QueueItem
from uipath_odata.errors import BadRequest, BusinessError, OrchestratorError, QueryError
from uipath_odata.local.log_line import log_line
from uipath_odata.odata.rows.json_body import as_object
from uipath_odata.operations import EntitySets
from uipath_odata.resources.entity_sets import log_place
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.patience import is_final
from uipath_odata.workflows.performer import outcome as ends
from uipath_odata.workflows.performer.draining import Drain
from uipath_odata.workflows.performer.ending import end_item
from uipath_odata.workflows.performer.outcome import Ended, ItemOutcome
from uipath_odata.workflows.producer.new_item import Moment
from uipath_odata.workflows.to_the_end import to_the_end

__all__ = ["ALIVE_EVERY", "OnCancel", "TransactionItem"]

OnCancel: TypeAlias = Literal["fail", "leave"]

ALIVE_EVERY: Final = 300.0
_LOG: Final = logging.getLogger("uipath_odata.workflows")
_ALIVE: Final = "in progress"


class TransactionItem:
    """An item that was taken. ``async with item`` processes it and reports its result.

    A block that ends without an error is a success, with ``output`` and ``analytics`` if set. ``BusinessError`` is a business
    failure. Any other exception is an application failure; the queue may retry the item. Both are sent and logged, not raised.
    A cancellation fails the item or leaves it InProgress, as ``on_cancel`` says, and is raised.
    """

    def __init__(
        self,
        sets: EntitySets,
        entity: QueueItem,
        *,
        clock: Clock,
        on_cancel: OnCancel = "fail",
        alive_every: float | None = ALIVE_EVERY,
        drain: Drain | None = None,
    ) -> None:
        self.entity = entity
        """The item as the server sent it when it was taken."""
        self.output: Mapping[str, Any] | None = None
        self.analytics: Mapping[str, Any] | None = None
        self.ended: Ended | None = None
        """How it ended; None before."""
        self._sets, self._clock, self._on_cancel = sets, clock, on_cancel
        self._alive_every, self._drain = alive_every, drain
        self._progress = ""
        self._resources = contextlib.ExitStack()
        self._keeper: asyncio.Task[None] | None = None
        self._is_entered = False

    @property
    def id(self) -> int:
        """The Id of the item."""
        return self.entity.id or 0

    @property
    def reference(self) -> str | None:
        """The Reference of the item."""
        return self.entity.reference

    @property
    def content(self) -> dict[str, Any]:
        """What the item holds, by name."""
        given: Any = self.entity.specific_content
        if given is None and self.entity.specific_data:
            given = orjson.loads(self.entity.specific_data)["DynamicProperties"]
        return {name: value for name, value in (as_object(given) or {}).items() if "@odata." not in name}

    @property
    def is_entered(self) -> bool:
        """Whether somebody works on it, or has."""
        return self._is_entered or self.ended is not None

    async def progress(self, text: str) -> None:
        """Show how far the work is; the same text is sent again from time to time, as a sign of life.

        An answer that is lost is logged, and does not end the work.
        """
        self._require_open()
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
            raise QueryError(f"progress is a text, not {type(text).__name__}: give one")
        self._progress = text
        try:
            await self._send_progress(text)
        except OrchestratorError as error:
            if is_final(error):
                raise
            self._log(logging.WARNING, "item %d: its progress may not have arrived: %s", error)

    async def postpone(self, until: Moment, *, due: Moment | None = None) -> None:
        """End this attempt and let the queue try the item again from a point in time on.

        Orchestrator counts it as a retry. Raises QueryError where the queue has none left for this item, because the item
        would fail instead.
        """
        self._require_open()
        outcome = ends.postponement(until, due)
        queue: QueueDefinition = await self._sets.queue_definitions.get(self.entity.queue_definition_id or 0)
        if not queue.accept_automatically_retry or (self.entity.retry_number or 0) >= (
            queue.max_number_of_retries or 0
        ):
            raise QueryError(
                f"item {self.id} cannot be postponed: its queue {queue.name!r} grants it no further retry; raise"
                " MaxNumberOfRetries of the queue, or add a new item with defer="
            )
        await to_the_end(self._end(outcome))

    async def __aenter__(self) -> Self:
        if self.is_entered:
            raise QueryError(f"item {self.id} is worked on already, or has ended: take another one")
        self._is_entered = True
        if self._drain is not None:
            self._resources.enter_context(self._drain.listening())
        if self._alive_every is not None:
            self._keeper = asyncio.ensure_future(self._keep_alive(self._alive_every))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        had_ended = self.ended is not None
        with self._resources:
            if self._keeper is not None:
                self._keeper.cancel()
            try:
                if not had_ended:
                    await to_the_end(self._finish(error))
            finally:
                if self._keeper is not None:
                    await asyncio.gather(self._keeper, return_exceptions=True)
        return isinstance(error, Exception) and not had_ended

    async def _finish(self, error: BaseException | None) -> None:
        if error is None:
            await self._succeed()
        elif isinstance(error, Exception):
            level = logging.INFO if isinstance(error, BusinessError) else logging.WARNING
            log_line(_LOG, level, log_place(self._sets), "item %d failed", self.id, error=error)
            await self._end(ends.failure(error))
        else:
            await self.give_up()

    async def give_up(self) -> None:
        """Fail the item or leave it InProgress, as ``on_cancel`` says; what prevents that is logged, because a cancellation counts more."""
        if self._on_cancel == "leave":
            self.ended = "left"
            return
        try:
            await self._end(ends.CANCELLED)
        except OrchestratorError as error:
            self._log(
                logging.ERROR, "the work on item %d was cancelled, and it may still be InProgress: %s", error
            )

    async def _succeed(self) -> None:
        """Send success. A result that is refused ends the item nevertheless, and is raised."""
        try:
            await self._end(ends.success(self.output, self.analytics))
        except (BadRequest, QueryError) as error:
            await self._end(ends.refused_result(error))
            raise

    async def _end(self, outcome: ItemOutcome) -> None:
        await end_item(self._sets, self.entity, outcome, self._clock)
        self.ended = outcome.ended

    async def _send_progress(self, text: str) -> None:
        await self._sets.queue_items.set_transaction_progress(self.id, progress=text)

    async def _keep_alive(self, seconds: float) -> None:
        while True:
            await self._clock.sleep(seconds)
            try:
                await self._send_progress(self._progress or _ALIVE)
            except OrchestratorError as error:
                self._log(logging.WARNING, "item %d: its progress was not taken: %s", error)
                if is_final(error):
                    return

    def _log(self, level: int, message: str, error: OrchestratorError) -> None:
        log_line(_LOG, level, log_place(self._sets), message, self.id, error)

    def _require_open(self) -> None:
        if self.ended is not None:
            raise QueryError(f"item {self.id} has ended already ({self.ended}): work on another one")

    def __repr__(self) -> str:
        return f"<TransactionItem {self.id} {self.reference or ''} {self.ended or 'in progress'}>"
