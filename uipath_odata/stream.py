"""The one reader of lists: it drives any plan, a bounded number of pages ahead of its consumer."""

from __future__ import annotations

import asyncio
import sys
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, Self, TypeVar

import attrs

from uipath_odata.errors import (
    BadRequest,
    DecodeError,
    NotProven,
    OrchestratorError,
    QueryError,
    ResponseError,
)
from uipath_odata.paging.guarantee import guarantee
from uipath_odata.paging.plan import Fetch, Page, Plan, Row

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Answer", "Report", "Stream", "never"]


class Answer(Protocol):
    """What a fetch brings back, still to be parsed."""

    @property
    def attempts(self) -> int: ...


_A = TypeVar("_A", bound=Answer)
_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class Report:
    """What a stream did so far, and whether its rows are proven to be all, each once."""

    plan: str
    added: tuple[str, ...]
    """What went on the wire beyond the user's query."""
    rows: int
    pages: int
    requests: int
    """All that were sent, ``retries`` of them again."""
    retries: int
    proven: bool
    reason: str
    notes: tuple[str, ...]
    guarantee: str
    """What the plan promises, in words."""


_CLOSED: Final = "The stream is closed: open another with query.stream()"


def _unsealed(position: Any) -> Any:
    return position


def never(fetch: Fetch, error: Exception) -> bool:
    """Go no other way because a fetch failed."""
    del fetch, error
    return False


class Stream(Generic[_T]):
    """The rows of a query; at most ``concurrency`` pages exist at once, the one in the consumer's hand included.

    ``async with query.stream() as rows: async for row in rows``, or ``rows.pages()`` for lists. Leaving the block,
    an error and a cancellation end and await every request that is still running. The error is that of the first
    page that failed, with a note that says which; the rows before it were given out.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        fetch: Callable[[Fetch], Coroutine[Any, Any, _A]],
        parse: Callable[[Fetch, _A], Page],
        decode: Callable[[list[Row]], Sequence[_T]],
        concurrency: int = 4,
        exact: bool = False,
        refuse: Callable[[Fetch, Exception], bool] = never,
        seal: Callable[[Any], Any] = _unsealed,
    ) -> None:
        if type(concurrency) is not int or concurrency < 1:
            raise QueryError(f"concurrency={concurrency!r} would fetch nothing: give 1 or more")
        self._reader = _Reader(plan=plan, fetch=fetch, parse=parse, refuse=refuse, concurrency=concurrency)
        self._plan = plan
        self._decode = decode
        self._exact = exact
        self._seal = seal
        self._rows = self._each_row()
        self._iterators: list[AsyncGenerator[Any, None]] = [self._rows]
        self._rest: Iterator[_T] = iter(())
        self._row_count = 0
        self._page_count = 0
        self._position = plan.checkpoint

    @property
    def report(self) -> Report:
        """Say what happened so far; also after an error."""
        proof = self._plan.proof
        return Report(
            plan=self._plan.name,
            added=self._plan.added,
            rows=self._row_count,
            pages=self._page_count,
            requests=self._reader.started + self._reader.retries,
            retries=self._reader.retries,
            proven=proof.proven,
            reason=proof.reason,
            notes=self._plan.notes,
            guarantee=guarantee(self._plan),
        )

    @property
    def checkpoint(self) -> Any:
        """Give the position behind the last page that was given out whole, as a small JSON value for ``resume``.

        None where there is none: of rows that come as they arrive, and of what one request answers.
        """
        return self._seal(self._position)

    def pages(self) -> AsyncGenerator[Sequence[_T], None]:
        """Give the rows as they were fetched, a list for each page."""
        self._iterators.append(pages := self._each_page())
        return pages

    def __aiter__(self) -> AsyncIterator[_T]:
        if self._reader.is_closed and not self._reader.started:
            raise RuntimeError(_CLOSED)
        return self._rows

    def __anext__(self) -> Awaitable[_T]:
        return anext(self._rows)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End and await every running request; closing again changes nothing."""
        await self._reader.aclose()
        for iterator in self._iterators:
            if not getattr(iterator, "ag_running", False):  # its own task ends it
                await iterator.aclose()

    def __del__(self) -> None:
        if hasattr(self, "_reader") and self._reader.abandon():
            advice = "use 'async with query.stream() as rows'"
            warnings.warn(
                f"A stream was dropped while it was open: {advice}",
                ResourceWarning,
                stacklevel=2,
                source=self,
            )

    async def _each_page(self) -> AsyncGenerator[Sequence[_T], None]:
        try:
            page: Sequence[_T] | None = [*self._rest]  # of a page that was begun row by row
            while page is not None:
                if page:
                    self._position = self._plan.checkpoint
                    yield page
                page = await self._turn()
        finally:
            await self._reader.aclose()

    async def _each_row(self) -> AsyncGenerator[_T, None]:
        try:
            while (page := await self._turn()) is not None:
                self._rest = iter(page)
                for row in self._rest:
                    yield row
                self._position = self._plan.checkpoint
        finally:
            await self._reader.aclose()

    async def _turn(self) -> Sequence[_T] | None:
        try:
            rows = await self._reader.next_rows()
        except NotProven as error:
            error.checkpoint = self._seal(self._plan.checkpoint or error.checkpoint)
            raise
        if rows is None:
            self._prove()
            return None
        try:
            page = self._decode(rows)
        except DecodeError as error:
            error.add_note(f"in page {self._page_count + 1} of those given out")
            raise
        self._page_count += 1
        self._row_count += len(page)
        return page

    def _prove(self) -> None:
        proof = self._plan.proof
        if self._exact and not proof.proven:
            advice = "read without exact() to take the rows as they are, or leave order_by, top and skip out"
            raise NotProven(
                f"The rows are not proven to be all ({proof.reason}): {advice}", checkpoint=self.checkpoint
            )


@attrs.frozen(eq=False)
class _Request:
    fetch: Fetch
    number: int
    repeated: bool = False

    @property
    def turn(self) -> tuple[int, int]:
        return self.fetch.position, self.number

    def __str__(self) -> str:
        skip = self.fetch.options.get("$skip")
        return f"page {self.number}" + (f" ($skip={skip})" if skip else "")


@attrs.frozen
class _Failure:
    position: int
    error: Exception
    note: str


@attrs.define(eq=False, kw_only=True)
class _Reader(Generic[_A]):
    """Keep requests running as the plan says; parse each answer when the consumer comes for rows.

    Measured: parsing there, one turn of the loop after new requests were started, takes two thirds of the time
    of parsing in the tasks, and a third of its lag.
    """

    plan: Plan
    fetch: Callable[[Fetch], Coroutine[Any, Any, _A]]
    parse: Callable[[Fetch, _A], Page]
    refuse: Callable[[Fetch, Exception], bool]
    concurrency: int
    started: int = 0
    retries: int = 0

    _running: dict[asyncio.Task[_A], _Request] = attrs.field(
        init=False, factory=dict[asyncio.Task[Any], _Request]
    )
    _failure: _Failure | None = attrs.field(default=None, init=False)
    is_closed: bool = attrs.field(default=False, init=False)

    async def next_rows(self) -> list[Row] | None:
        """Wait for the next page of rows in the plan's order; None after the last."""
        while (rows := self._give()) is None:
            self._start(self.concurrency)
            if not self._running:
                self._raise_failure()
                return None
            done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(0)
            if not self.is_closed:
                self._receive(min(done, key=lambda task: self._running[task].turn))
        self._start(self.concurrency - 1)
        return rows

    async def aclose(self) -> None:
        self.is_closed = True
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def abandon(self) -> bool:
        """Stop without waiting; tell whether that was needed."""
        was_open = self.started > 0 and not self.is_closed
        self.is_closed = True
        for task in self._running:
            task.cancel()
        return was_open

    def _give(self) -> list[Row] | None:
        if self.is_closed:
            raise RuntimeError(_CLOSED)
        return self.plan.give()

    def _start(self, room: int) -> None:
        try:
            while len(self._running) + self.plan.held < room and (fetch := self.plan.next_fetch()):
                if self._is_behind_failure(fetch):
                    return
                self.started += 1
                self._send(_Request(fetch, self.started))
        except OrchestratorError as error:
            self._failure = self._failure or _Failure(sys.maxsize, error, "before the next page")

    def _send(self, request: _Request) -> None:
        self._running[asyncio.create_task(self.fetch(request.fetch))] = request

    def _receive(self, task: asyncio.Task[_A]) -> None:
        request = self._running.pop(task)
        if self._is_behind_failure(request.fetch):
            _ = task.cancelled() or task.exception()  # seen, or asyncio would report it
            return
        page = self._page_of(request, task)
        if page is None:
            return
        try:
            self.plan.receive(request.fetch, page)
        except OrchestratorError as error:
            self._fail(request, error)

    def _page_of(self, request: _Request, task: asyncio.Task[_A]) -> Page | None:
        try:
            answer = task.result()
            self.retries += answer.attempts - 1
            return self.parse(request.fetch, answer)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised behind the rows before it
            self.retries += error.attempts - 1 if isinstance(error, ResponseError) else 0
            if isinstance(error, BadRequest) and request.fetch.refusable:
                return Page([])
            if isinstance(error, DecodeError) and not request.repeated:
                self._send(attrs.evolve(request, repeated=True))
                self.retries += 1
            elif not self.refuse(request.fetch, error):
                self._fail(request, error)
            return None

    def _is_behind_failure(self, fetch: Fetch) -> bool:
        return self._failure is not None and fetch.position >= self._failure.position

    def _fail(self, request: _Request, error: Exception) -> None:
        self._failure = _Failure(request.fetch.position, error, f"while reading {request}")
        for task, other in self._running.items():
            if self._is_behind_failure(other.fetch):
                task.cancel()

    def _raise_failure(self) -> None:
        """Raise the first failure in order, now that every row before it was given out."""
        if self._failure is not None:
            self._failure.error.add_note(self._failure.note)
            raise self._failure.error
