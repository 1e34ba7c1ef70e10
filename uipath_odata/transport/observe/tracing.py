"""OpenTelemetry spans, for those who ask for them: nothing else imports OpenTelemetry."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs

try:
    from opentelemetry import trace
except ImportError as error:
    raise ImportError("Spans need OpenTelemetry: pip install 'uipath-odata[otel]'") from error

if TYPE_CHECKING:
    from collections.abc import Generator

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
    from yarl import URL

    from uipath_odata.transport.request import Request, Response

__all__ = ["RequestSpan", "Tracing", "failed"]


def _tracer() -> trace.Tracer:
    return trace.get_tracer("uipath_odata")


@attrs.frozen
class Tracing:
    """Write a span for each request and each stream: ``Orchestrator(…, tracing=Tracing())``.

    Their names are operations, ``Jobs.list``; attributes follow OpenTelemetry's HTTP conventions, and ``uipath.page``,
    ``uipath.plan``, ``uipath.waited`` and the like say the rest. They hold no values, no query and no bodies.
    """

    tracer: trace.Tracer = attrs.field(factory=_tracer)

    @contextmanager
    def request(self, request: Request, url: URL) -> Generator[RequestSpan, None, None]:
        """Span one request with all its attempts; ``url`` is Orchestrator's."""
        facts: dict[str, Any] = {"http.request.method": request.method, "server.address": str(url.host)}
        if request.page:
            facts["uipath.page"] = request.page
        name = request.operation or request.method
        span = self.tracer.start_span(name, kind=trace.SpanKind.CLIENT, attributes=facts)
        with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                yield RequestSpan(span)
            except BaseException as error:
                failed(span, error)
                raise

    def stream(self, operation: str, plan: str) -> trace.Span:
        """Span a stream; whoever asks for it ends it."""
        return self.tracer.start_span(f"{operation} stream", attributes={"uipath.plan": plan})


@attrs.define(eq=False)
class RequestSpan:
    """The span of a request, and the innermost middleware but the wire: it counts what is sent."""

    span: trace.Span
    sent: int = 0

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        self.sent += 1
        self.span.set_attribute("http.request.resend_count", self.sent - 1)
        response = await handler(request)
        self.span.set_attribute("http.response.status_code", response.status)
        return response

    def answered(self, response: Response) -> None:
        """Note what the request as a whole took."""
        self.span.set_attributes({"uipath.attempts": response.attempts, "uipath.waited": response.waited})


def failed(span: trace.Span, error: BaseException) -> None:
    """Note which error ended it; messages stay out, they may name keys."""
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(trace.StatusCode.ERROR)
