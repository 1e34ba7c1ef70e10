"""Run any plan, a limited number of pages ahead of the consumer."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import attrs

from uipath_odata.errors import (
    DecodeError,
    NotProven,
    QueryError,
)
from uipath_odata.execution.loop import Loop, Ready, RowLoop
from uipath_odata.execution.prefetch import Answer, Prefetcher
from uipath_odata.local.frames import HIDDEN, bare
from uipath_odata.paging.plan import Fetch, Page, Plan, ProofKind, Row

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Report", "Stream"]


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
    waits: float
    """Seconds that requests waited for the rate budget and for pauses that the server asked for, added up."""
    proof: ProofKind
    """What shows that the rows are all, each once: the weakest of what was used."""
    reason: str
    notes: tuple[str, ...]
    late: int
    """Rows that appeared in what was read already: they came late, and a later reading gives them."""
    guarantee: str
    """What the plan promises, in words."""

    @property
    def proven(self) -> bool:
        """Whether anything shows that the rows are all, each once."""
        return self.proof != "none"


def _unsealed(position: Any) -> Any:
    return position


class Stream(Generic[_T]):
    """The rows of a query; ``concurrency`` counts requests under way and pages that wait, beside the page in your hand.

    ``async with query.stream() as rows: async for row in rows``, or ``rows.pages()`` for lists. Leaving the block,
    an error and a cancellation end and await every request that is still running. The error is that of the first
    page that failed, with a note that says which; the rows before it were given out. Inside the block a loop that was
    left may be taken up again; without the block, leaving it ends the stream.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        fetch: Callable[[Fetch, int], Coroutine[Any, Any, _A]],
        parse: Callable[[Fetch, _A], Page],
        decode: Callable[[list[Row]], Sequence[_T]],
        concurrency: int = 4,
        exact: bool = False,
        seal: Callable[[Any], Any] = _unsealed,
        name: Callable[[], str] = lambda: "a stream",
    ) -> None:
        if type(concurrency) is not int or concurrency < 1:
            raise QueryError(f"concurrency={concurrency!r} would fetch nothing: give 1 or more")
        self._reader = Prefetcher(plan=plan, fetch=fetch, parse=parse, concurrency=concurrency)
        self._plan = plan
        self._decode = decode
        self._exact = exact
        self._seal = seal
        self._name = name
        self._ready = Ready[_T]()
        self._row_count = 0
        self._page_count = 0
        self._position = plan.checkpoint
        self._is_entered = False
        self._is_read = False

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
            waits=self._reader.waits,
            proof=proof.kind,
            reason=proof.reason,
            notes=self._plan.notes,
            late=self._plan.late,
            guarantee=self._plan.guarantee,
        )

    @property
    def checkpoint(self) -> Any:
        """Return the position after the last page that was handed out completely, as a small JSON value for ``resume``.

        None for rows by offset that come in order of arrival, and for what one request answers.
        """
        return self._seal(self._position)

    def pages(self) -> Loop[Sequence[_T]]:
        """Return the rows as they were fetched, a list for each page."""
        return Loop(self._next_page, leave=self._leave, close=self.aclose)

    def __aiter__(self) -> AsyncIterator[_T]:
        return RowLoop(self._ready, self.__anext__, leave=self._leave, close=self.aclose)

    async def __anext__(self) -> _T:
        while True:
            for row in self._ready.rows:
                return row
            self._position = self._plan.checkpoint
            if (page := await self._turn()) is None:
                raise StopAsyncIteration
            self._ready.rows = iter(page)
            del page  # gone before the next is parsed, or the garbage collector walks over both

    async def __aenter__(self) -> Self:
        self._is_entered = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End and await every running request; closing again changes nothing."""
        await self._reader.aclose()

    def __del__(self) -> None:
        if hasattr(self, "_reader"):
            self._abandon()

    def _leave(self) -> None:
        """Let go of a loop: outside of ``async with`` nobody else ends its requests."""
        if not self._is_entered:
            self._abandon()

    def _abandon(self) -> None:
        if self._reader.abandon():
            advice = "use 'async with query.stream() as rows'"
            warnings.warn(
                f"A stream was dropped while it was open: {advice}",
                ResourceWarning,
                stacklevel=2,
                source=self,
            )

    async def _next_page(self) -> Sequence[_T]:
        page: Sequence[_T] | None = [*self._ready.rows]  # of a page that was begun row by row
        while page is not None and not page:
            page = await self._turn()
        if page is None:
            raise StopAsyncIteration
        self._position = self._plan.checkpoint
        return page

    async def _turn(self) -> Sequence[_T] | None:
        """Return the next page, None after the last; whatever else happens closes the stream."""
        if self._is_read:
            return None
        try:
            page = await self._read()
        except BaseException as error:
            await self._reader.aclose()
            if isinstance(error, HIDDEN):
                bare(error)
            raise
        if page is None:
            self._is_read = True
            await self._reader.aclose()
        return page

    async def _read(self) -> Sequence[_T] | None:
        try:
            rows = await self._reader.next_rows()
        except asyncio.CancelledError as error:
            error.add_note(f"page {self._page_count + 1} of {self._name()} was under way")
            raise
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
