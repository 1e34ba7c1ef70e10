"""Run several requests of one list ahead of the consumer, as the plan and ``concurrency`` allow."""

from __future__ import annotations

import asyncio
import enum
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final, Generic, Protocol, TypeVar

import attrs

from uipath_odata.errors import (
    AnswerTooLong,
    BadRequest,
    DecodeError,
    NotFound,
    OrchestratorError,
    OrderViolation,
    ResponseError,
    ServerError,
)
from uipath_odata.execution.page_room import PageRoom
from uipath_odata.local.event_loop import no_loop
from uipath_odata.paging.plan import Fetch, Page, Plan, Row

__all__ = ["CLOSED", "Answer", "Prefetcher", "Setback", "classify"]

CLOSED: Final = "The stream is closed: open another with query.stream()"


class Setback(enum.Enum):
    """What an error of one request means for its stream."""

    DISPENSABLE = "the plan can do without the answer"
    GARBLED = "the same request may be answered better"
    REFUSED = "the plan may read another way; else the stream ends here"


def classify(error: Exception, *, refusable: bool, repeated: bool) -> Setback:
    """Judge the error of a request that its plan calls ``refusable``, and that may have been ``repeated`` already."""
    if refusable and isinstance(error, BadRequest | NotFound | ServerError):
        return Setback.DISPENSABLE
    is_garbled = isinstance(error, DecodeError | OrderViolation) and not isinstance(error, AnswerTooLong)
    return Setback.GARBLED if is_garbled and not repeated else Setback.REFUSED


class Answer(Protocol):
    """What a fetch brings back, still to be parsed."""

    @property
    def attempts(self) -> int: ...
    @property
    def waited(self) -> float: ...


_A = TypeVar("_A", bound=Answer)


@attrs.frozen(eq=False)
class _Request:
    fetch: Fetch
    number: int
    sent: Fetch
    """The fetch, or the same for fewer rows."""
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
class Prefetcher(Generic[_A]):
    """Keep requests running as the plan says; parse each answer when the consumer comes for rows.

    Measured: parsing there, one turn of the loop after new requests were started, takes two thirds of the time
    of parsing in the tasks, and a third of its lag.
    """

    plan: Plan
    fetch: Callable[[Fetch, int], Coroutine[Any, Any, _A]]
    """Sends a fetch; the number tells which request of the stream it is, from 1."""
    parse: Callable[[Fetch, _A], Page]
    concurrency: int
    started: int = 0
    retries: int = 0
    waits: float = 0.0

    _running: dict[asyncio.Task[_A], _Request] = attrs.field(
        init=False, factory=dict[asyncio.Task[Any], _Request]
    )
    _arrival: asyncio.Event = attrs.field(init=False, factory=asyncio.Event)
    _room: PageRoom = attrs.field(init=False, factory=PageRoom)
    _failure: _Failure | None = attrs.field(default=None, init=False)
    is_closed: bool = attrs.field(default=False, init=False)

    async def next_rows(self) -> list[Row] | None:
        """Wait for the next page of rows in the plan's order; None after the last."""
        while (rows := self._give()) is None:
            # Pages that wait may all come after the one that is lacking: a request for it is always let through.
            self._start(max(self.concurrency, self.plan.buffered_pages + 1))
            if not self._running:
                self._raise_failure()
                return None
            done = min(await self._first_done(), key=lambda task: self._running[task].turn)
            # A page that will be in the consumer's hand leaves its place to a request, which goes out before it is parsed.
            self._start(self.concurrency + self._is_next(done))
            await asyncio.sleep(0)
            if not self.is_closed:
                self._receive(done)
        await self._start_and_send()
        return rows

    async def _start_and_send(self) -> None:
        """Let the requests that are started go out before the consumer decodes rows and works with them."""
        started = self.started
        self._start(self.concurrency)
        if self.started > started:
            await asyncio.sleep(0)
            if self.is_closed:
                raise RuntimeError(CLOSED)

    def _is_next(self, task: asyncio.Task[_A]) -> bool:
        """Tell whether nothing that was asked for comes before the page of a request."""
        turn = self._running[task].turn
        return not self.plan.buffered_pages and all(turn <= each.turn for each in self._running.values())

    async def _first_done(self) -> list[asyncio.Task[_A]]:
        # asyncio.wait puts a callback on each task and takes it off again, for every page.
        while not (done := [task for task in self._running if task.done()]):
            self._arrival.clear()
            await self._arrival.wait()
        return done

    async def aclose(self) -> None:
        self.is_closed = True
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    def abandon(self) -> bool:
        """Stop without waiting; tell whether that was needed."""
        was_open = self.started > 0 and not self.is_closed
        self.is_closed = True
        for task in self._running:
            loop = task.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(task.cancel)  # the garbage collector may run in any thread
        return was_open

    def _give(self) -> list[Row] | None:
        if self.is_closed:
            raise RuntimeError(CLOSED)
        return self.plan.next_rows()

    def _start(self, room: int) -> None:
        try:
            while len(self._running) + self.plan.buffered_pages < room and (fetch := self.plan.next_fetch()):
                if self._is_after_failure(fetch):
                    return
                self._send(_Request(fetch, self.started + 1, self._room.fitting(fetch)))
                self.started += 1
        except OrchestratorError as error:
            self._failure = self._failure or _Failure(sys.maxsize, error, "before the next page")

    def _send(self, request: _Request) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise no_loop() from None
        task = loop.create_task(self.fetch(request.sent, request.number))
        task.add_done_callback(self._arrived)
        self._running[task] = request

    def _arrived(self, task: asyncio.Task[_A]) -> None:
        if self.is_closed:
            _ = task.cancelled() or task.exception()  # seen, or asyncio would report it
        self._arrival.set()

    def _receive(self, task: asyncio.Task[_A]) -> None:
        request = self._running.pop(task)
        if self._is_after_failure(request.fetch):
            _ = task.cancelled() or task.exception()  # seen, or asyncio would report it
            return
        page = self._page_of(request, task)
        if page is None:
            return
        try:
            self.plan.on_page(request.fetch, page)
        except OrchestratorError as error:
            self._fail(request, error)

    def _page_of(self, request: _Request, task: asyncio.Task[_A]) -> Page | None:
        try:
            answer = task.result()
            self.retries += answer.attempts - 1
            self.waits += answer.waited
            page = self.parse(request.fetch, answer)
            top = self._room.take(request.fetch, request.sent)
            return page if top is None else attrs.evolve(page, top=top)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised after the rows before it
            self.retries += error.attempts - 1 if isinstance(error, ResponseError) else 0
            if isinstance(error, AnswerTooLong) and self._room.halve(request.sent):
                self._send(attrs.evolve(request, sent=self._room.fitting(request.fetch)))
                self.retries += 1
                return None
            match classify(error, refusable=request.fetch.refusable, repeated=request.repeated):
                case Setback.DISPENSABLE:
                    return Page([], refused=True)
                case Setback.GARBLED:
                    self._send(attrs.evolve(request, repeated=True))
                    self.retries += 1
                case Setback.REFUSED:
                    if not self.plan.refuse(request.fetch, error):
                        self._fail(request, error)
            return None

    def _is_after_failure(self, fetch: Fetch) -> bool:
        return self._failure is not None and fetch.position >= self._failure.position

    def _fail(self, request: _Request, error: Exception) -> None:
        self._failure = _Failure(request.fetch.position, error, f"while reading {request}")
        for task, other in self._running.items():
            if self._is_after_failure(other.fetch):
                task.cancel()

    def _raise_failure(self) -> None:
        """Raise the first failure in order, now that every row before it was given out."""
        if self._failure is not None:
            self._failure.error.add_note(self._failure.note)
            raise self._failure.error
