"""A stream with a span of its own, above those of its requests."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from opentelemetry.trace import Span, use_span

from uipath_odata.execution.prefetch import Answer
from uipath_odata.execution.stream import Stream
from uipath_odata.paging.plan import Fetch, Plan
from uipath_odata.transport.observe.tracing import Tracing, failed

__all__ = ["TracedStream"]

_A = TypeVar("_A", bound=Answer)
_T = TypeVar("_T")


class TracedStream(Stream[_T]):
    """Write a span from the first page asked for to the end of the stream, with what its report says."""

    def __init__(
        self,
        plan: Plan,
        *,
        tracing: Tracing,
        operation: str,
        fetch: Callable[[Fetch], Coroutine[Any, Any, _A]],
        **options: Any,
    ) -> None:
        self._tracing = tracing
        self._operation = operation
        self._span: Span | None = None
        super().__init__(plan, fetch=self._under_span(fetch), **options)

    async def aclose(self) -> None:
        try:
            await super().aclose()
        finally:
            self._end()

    def _under_span(
        self, fetch: Callable[[Fetch], Coroutine[Any, Any, _A]]
    ) -> Callable[[Fetch], Coroutine[Any, Any, _A]]:
        async def fetch_under_span(asked: Fetch) -> _A:
            with use_span(self._started(), record_exception=False, set_status_on_exception=False):
                return await fetch(asked)

        return fetch_under_span

    def _started(self) -> Span:
        if self._span is None:
            self._span = self._tracing.stream(self._operation, self._plan.name)
        return self._span

    async def _turn(self) -> Sequence[_T] | None:
        try:
            page = await super()._turn()
        except BaseException as error:
            failed(self._started(), error)
            self._end()
            raise
        if page is None:
            self._end()
        return page

    def _end(self) -> None:
        if self._span is not None and self._span.is_recording():
            report = self.report
            self._span.set_attributes(
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
            self._span.end()
