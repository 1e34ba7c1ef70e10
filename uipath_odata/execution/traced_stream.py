"""A stream with a span of its own, above those of its requests."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import attrs
from opentelemetry.trace import Span, use_span

from uipath_odata.execution.prefetch import Answer
from uipath_odata.execution.stream import Stream
from uipath_odata.local.log_line import LogPlace
from uipath_odata.paging.plan import Fetch, Page, Plan, Row
from uipath_odata.transport.observe.tracing import Tracing, failed

__all__ = ["TracedStream"]

_A = TypeVar("_A", bound=Answer)
_T = TypeVar("_T")


@attrs.define
class _Trace:
    """The span of a stream; requests refer to it, and not to the stream, which could not be dropped otherwise."""

    tracing: Tracing
    operation: str
    place: LogPlace
    plan: str
    span: Span | None = None

    def started(self) -> Span:
        if self.span is None:
            self.span = self.tracing.stream(self.operation, self.plan, self.place)
        return self.span

    def under_span(
        self, fetch: Callable[[Fetch, int], Coroutine[Any, Any, _A]]
    ) -> Callable[[Fetch, int], Coroutine[Any, Any, _A]]:
        async def fetch_under_span(asked: Fetch, number: int) -> _A:
            with use_span(self.started(), record_exception=False, set_status_on_exception=False):
                return await fetch(asked, number)

        return fetch_under_span


class TracedStream(Stream[_T]):
    """Write a span from the first page asked for to the end of the stream, with what its report says."""

    def __init__(
        self,
        plan: Plan,
        *,
        tracing: Tracing,
        operation: str,
        place: LogPlace,
        fetch: Callable[[Fetch, int], Coroutine[Any, Any, _A]],
        parse: Callable[[Fetch, _A], Page],
        decode: Callable[[list[Row]], Sequence[_T]],
        concurrency: int,
        exact: bool,
        seal: Callable[[Any], Any],
        name: Callable[[], str],
    ) -> None:
        self._trace = _Trace(tracing, operation, place, plan.name)
        super().__init__(
            plan,
            fetch=self._trace.under_span(fetch),
            parse=parse,
            decode=decode,
            concurrency=concurrency,
            exact=exact,
            seal=seal,
            name=name,
        )

    async def aclose(self) -> None:
        try:
            await super().aclose()
        finally:
            self._end()

    def _abandon(self) -> None:
        super()._abandon()
        self._end()

    async def _turn(self) -> Sequence[_T] | None:
        try:
            page = await super()._turn()
        except BaseException as error:
            failed(self._trace.started(), error)
            self._end()
            raise
        if page is None:
            self._end()
        return page

    def _end(self) -> None:
        span = self._trace.span
        if span is not None and span.is_recording():
            report = self.report
            span.set_attributes(
                {
                    "uipath.plan": report.plan,
                    "uipath.rows": report.rows,
                    "uipath.pages": report.pages,
                    "uipath.requests": report.requests,
                    "uipath.retries": report.retries,
                    "uipath.waited": report.waits,
                    "uipath.proven": report.proven,
                }
            )
            span.end()
            self._trace.tracing.rows(self._trace.operation, report.rows, self._trace.place)
