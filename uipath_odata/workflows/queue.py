"""A queue by its name."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal, overload
from uuid import UUID, uuid4

import attrs

from uipath_odata.calls.amounts import count, seconds
from uipath_odata.entities import QueueDefinition, QueueItem, QueueItemPriority
from uipath_odata.errors import QueryError
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.handle import Handle
from uipath_odata.workflows.performer.draining import Drain
from uipath_odata.workflows.performer.perform import Handler, Performed, Performing
from uipath_odata.workflows.performer.taking import Taker
from uipath_odata.workflows.performer.transaction_item import ALIVE_EVERY, OnCancel, TransactionItem
from uipath_odata.workflows.performer.work import Work
from uipath_odata.workflows.producer.add_one import add_one
from uipath_odata.workflows.producer.added import AddResult, OnProgress
from uipath_odata.workflows.producer.adding import Adding
from uipath_odata.workflows.producer.chunk import CLIENTS_SEND, ChunkSize
from uipath_odata.workflows.producer.existing import Existing
from uipath_odata.workflows.producer.new_item import ItemRules, Moment, PerRow, Row, item_fields
from uipath_odata.workflows.producer.sources import Rows, Source, open_source
from uipath_odata.workflows.to_the_end import to_the_end

if TYPE_CHECKING:
    from uipath_odata.execution.bound_query import BoundQuery

__all__ = ["QueueHandle"]

_UNSAID = object()
_OFTEN = 0.001


@attrs.frozen(eq=False, repr=False)
class QueueHandle(Handle[QueueDefinition]):
    """One queue of a folder."""

    _kind: ClassVar[str] = "queue"

    def _entities(self) -> BoundQuery[QueueDefinition, QueueDefinition]:
        return self._sets.queue_definitions.select(
            QueueDefinition.id, QueueDefinition.key, QueueDefinition.name
        )

    async def add(
        self,
        content: Row,
        *,
        reference: str | None = None,
        priority: QueueItemPriority | None = None,
        due: Moment | None = None,
        defer: Moment | None = None,
    ) -> QueueItem:
        """Add one item and return it.

        ``due`` and ``defer`` are aware datetimes, Instants or texts with a time zone. On a queue with unique References, a
        Reference makes a lost answer harmless: the item is looked for, and added if it is missing. Raises Conflict if such a
        queue has the Reference already, QueryError before sending for a wrong value, and OutcomeUnknown if nothing shows
        whether the item was added.
        """
        fields = item_fields(self.name, content, reference=reference, priority=priority, due=due, defer=defer)
        self._channel.refuse_write("Queues.AddQueueItem")
        return await self._calling(
            lambda _: add_one(self._sets, fields, self.definition, self._channel.kept(Clock))
        )

    @overload
    async def add_all(
        self,
        rows: Rows,
        *,
        reference_column: str,
        priority: PerRow[QueueItemPriority] = None,
        due: PerRow[Moment] = None,
        defer: PerRow[Moment] = None,
        check: Literal["read"] | None = None,
        concurrency: int = 4,
        chunk_size: int = CLIENTS_SEND,
        progress: OnProgress | None = None,
    ) -> AddResult: ...

    @overload
    async def add_all(
        self,
        rows: Rows,
        *,
        reference: Callable[[Row], object] | None,
        priority: PerRow[QueueItemPriority] = None,
        due: PerRow[Moment] = None,
        defer: PerRow[Moment] = None,
        check: Literal["read"] | None = None,
        concurrency: int = 4,
        chunk_size: int = CLIENTS_SEND,
        progress: OnProgress | None = None,
    ) -> AddResult: ...

    async def add_all(
        self,
        rows: Rows,
        *,
        reference_column: str | None = None,
        reference: object = _UNSAID,
        priority: PerRow[QueueItemPriority] = None,
        due: PerRow[Moment] = None,
        defer: PerRow[Moment] = None,
        check: Literal["read"] | None = None,
        concurrency: int = 4,
        chunk_size: int = CLIENTS_SEND,
        progress: OnProgress | None = None,
    ) -> AddResult:
        """Add rows of an iterable, an async iterable, a .csv or .jsonl file or an Arrow table; return the result of each row.

        Each row's Reference is in a column, or is returned by a function of the row. On a queue with unique References it is
        safe to run again: missing rows are added, and none twice. On other queues ``check="read"`` first reads which
        References exist; other producers may still add the same one meanwhile. ``reference=None`` adds rows without
        References, and promises nothing. ``priority``, ``due`` and ``defer`` are a value for all rows or a function of the
        row. Up to ``concurrency`` chunks are sent at the same time: 1 keeps the order of the rows.

        Raises QueryError before the first row if this would not be safe. Raises RowsUndecided, an OutcomeUnknown with the
        whole result, if nothing shows whether some rows were added.
        """
        rules = ItemRules(self.name, _column_or_function(reference_column, reference), priority, due, defer)
        _check_options(check, concurrency, chunk_size)
        self._channel.refuse_write("Queues.BulkAddQueueItems")
        adding = await _adding(self, open_source(rows), rules, check, chunk_size)
        adding.progress = progress
        return await adding.run(concurrency)

    def work(
        self,
        *,
        until_empty: bool = False,
        on_cancel: OnCancel = "fail",
        robot: UUID | str | None = None,
        sole_worker: bool = False,
        alive_every: float | None = ALIVE_EVERY,
        drain: asyncio.Event | None = None,
    ) -> Work:
        """Take items one at a time and yield them: ``async for item in queue.work()``.

        ``until_empty`` ends when the queue is empty; otherwise the queue is asked again after 1 to 30 seconds.
        ``on_cancel`` says what becomes of an item whose task is cancelled: it fails, so that the queue may retry it, or stays
        InProgress. ``robot`` is the key of the robot that takes the items. ``sole_worker=True`` promises that nothing else
        takes items of this queue. Then an item whose answer was lost is found again, instead of OutcomeUnknown. A long item
        reports progress every ``alive_every`` seconds. After SIGTERM, or once ``drain`` is set, no further item is taken.
        """
        self._channel.refuse_write("Queues.StartTransaction")
        stop = Drain.of(drain)
        taker = Taker(self._sets, self.entity, self._channel.kept(Clock), robot, sole_worker)
        return Work(taker, self._maker(on_cancel, alive_every, stop), stop, until_empty=until_empty)

    async def perform(
        self,
        handler: Handler,
        *,
        concurrency: int = 1,
        until_empty: bool = False,
        on_cancel: OnCancel = "fail",
        robot: UUID | str | None = None,
        sole_worker: bool = False,
        alive_every: float | None = ALIVE_EVERY,
        drain: asyncio.Event | None = None,
    ) -> Performed:
        """Call a handler for each item, several at the same time; what it returns is the item's output. Return the counts.

        The other arguments are those of ``work``. If taking or ending an item fails, the error is raised when the current
        items have ended.
        """
        count("concurrency", concurrency, least=1)
        if not callable(handler):
            raise QueryError(f"{handler!r} is not a handler: give an async function of the item")
        work = self.work(
            until_empty=until_empty,
            on_cancel=on_cancel,
            robot=robot,
            sole_worker=sole_worker,
            alive_every=alive_every,
            drain=drain,
        )
        return await Performing(work, handler, concurrency).run()

    async def add_and_take(
        self,
        content: Row,
        *,
        reference: str | None = None,
        due: Moment | None = None,
        on_cancel: OnCancel = "fail",
        robot: UUID | str | None = None,
        alive_every: float | None = ALIVE_EVERY,
    ) -> TransactionItem:
        """Add an item and take it in one step: ``async with await queue.add_and_take({…}) as item``.

        Without a Reference it gets a new one, by which it is found again if the answer is lost. With your Reference, a lost
        answer is OutcomeUnknown, because other items may have the same.
        """
        own = f"uipath-odata {uuid4()}" if reference is None else None
        fields = item_fields(self.name, content, reference=own or reference, due=due)
        self._channel.refuse_write("Queues.StartTransaction")
        make = self._maker(on_cancel, alive_every, None)
        taker = Taker(self._sets, self.entity, self._channel.kept(Clock), robot)

        async def taken() -> TransactionItem:
            return make(await taker.add_and_take(fields, own))

        return await to_the_end(taken(), TransactionItem.give_up)

    def _maker(
        self, on_cancel: OnCancel, alive_every: float | None, drain: Drain | None
    ) -> Callable[[QueueItem], TransactionItem]:
        if on_cancel not in {"fail", "leave"}:
            raise QueryError(f'on_cancel={on_cancel!r} is unknown: "fail" or "leave"')
        if alive_every is not None:
            seconds(
                "alive_every",
                alive_every,
                least=_OFTEN,
                advice="give more than 0, or None for no sign of life",
            )
        return functools.partial(
            TransactionItem,
            self._sets,
            clock=self._channel.kept(Clock),
            on_cancel=on_cancel,
            alive_every=alive_every,
            drain=drain,
        )

    async def definition(self) -> QueueDefinition:
        """Read the queue as it is now."""
        return await self._calling(lambda queue: self._sets.queue_definitions.get(queue.id or 0))


async def _adding(
    handle: QueueHandle, source: Source, rules: ItemRules, check: Literal["read"] | None, chunk_size: int
) -> Adding:
    """Return the adding of rows as this queue takes them; raise QueryError where that would not be safe."""
    queue, sets = await handle.definition(), handle._sets  # noqa: SLF001 - one module
    by_reference = rules.reference is not None
    if by_reference and check is None:
        _require_unique(queue)
    rules.check_column(await source.ahead(chunk_size))
    return Adding(
        sets,
        source,
        rules,
        handle._channel.kept(Clock),  # noqa: SLF001 - one module
        unique=by_reference and bool(queue.enforce_unique_reference),
        existing=await Existing.since_now(sets, queue.id or 0) if by_reference else None,
        read_first=check == "read",
        size=ChunkSize(chunk_size),
    )


def _column_or_function(column: str | None, reference: object) -> str | Callable[[Row], object] | None:
    if (column is None) == (reference is _UNSAID):
        raise QueryError(
            'name where the Reference of a row is: reference_column="Invoice", reference=lambda row: …, or'
            " reference=None for items without one; one of them"
        )
    if column is not None:
        return column
    if reference is not None and not callable(reference):
        raise QueryError(
            f'reference={reference!r} is not a function of the row: name a column with reference_column="Invoice"'
        )
    return reference


def _require_unique(queue: QueueDefinition) -> None:
    if not queue.enforce_unique_reference:
        raise QueryError(
            f"the queue {queue.name!r} takes the same Reference twice, so that adding again would repeat items: use a queue"
            ' with EnforceUniqueReference, check="read" to read what it has first, or reference=None'
        )


def _check_options(check: str | None, concurrency: int, chunk_size: int) -> None:
    if check not in {None, "read"}:
        raise QueryError(f'check={check!r} is unknown: leave it out, or give "read"')
    count("concurrency", concurrency, least=1)
    count("chunk_size", chunk_size, least=1)
