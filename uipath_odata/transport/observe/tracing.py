"""OpenTelemetry spans, for those who ask for them: nothing else imports OpenTelemetry."""

from __future__ import annotations

import time
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import attrs

try:
    from opentelemetry import metrics, trace
except ImportError as error:
    raise ImportError("Spans need OpenTelemetry: pip install 'uipath-odata[otel]'") from error

from uipath_odata.transport.observe.instruments import Instruments

if TYPE_CHECKING:
    from collections.abc import Generator

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
    from yarl import URL

    from uipath_odata.local.log_line import LogPlace
    from uipath_odata.transport.request import Request, Response

_CLIENT_ERROR = 400

__all__ = ["RequestSpan", "Tracing", "failed"]


def _tracer() -> trace.Tracer:
    return trace.get_tracer("uipath_odata")


def _meter() -> metrics.Meter:
    return metrics.get_meter("uipath_odata")


def _instruments(tracing: Tracing) -> Instruments:
    return Instruments.of(tracing.meter)


@attrs.frozen
class Tracing:
    """Write spans and metrics: ``Orchestrator(…, tracing=Tracing())``.

    A request is a span by its operation, ``Jobs.list``, with one below it for each attempt, ``GET /odata/Jobs``, by OpenTelemetry's
    HTTP conventions; a stream is one above its requests. ``uipath.tenant``, ``uipath.folder``, ``uipath.page``, ``uipath.waited`` and the like
    say the rest. They hold no values, no query and no bodies. Metrics are by tenant, folder and operation, those of what
    a tenant's folders share by tenant alone.
    """

    tracer: trace.Tracer = attrs.field(factory=_tracer)
    meter: metrics.Meter = attrs.field(factory=_meter)
    instruments: Instruments = attrs.field(init=False, default=attrs.Factory(_instruments, takes_self=True))

    @contextmanager
    def request(self, request: Request, url: URL, place: LogPlace) -> Generator[RequestSpan, None, None]:
        """Span one request with all its attempts; ``url`` is Orchestrator's."""
        operation = request.operation or request.method
        labels = labels_of(operation, place)
        page: dict[str, Any] = {"uipath.page": request.page} if request.page else {}
        span = self.tracer.start_span(operation, attributes=labels | page)
        began, made = time.perf_counter(), RequestSpan(self, span, request, url, labels)
        with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                yield made
            except BaseException as error:
                failed(span, error)
                labels = labels | {"error.type": type(error).__name__}
                raise
            finally:
                self.instruments.operations.record(time.perf_counter() - began, labels)
                made.count_retries()

    def stream(self, operation: str, plan: str, place: LogPlace) -> trace.Span:
        """Span a stream; whoever asks for it ends it."""
        facts = labels_of(operation, place) | {"uipath.plan": plan}
        return self.tracer.start_span(f"{operation} stream", attributes=facts)

    def rows(self, operation: str, count: int, place: LogPlace) -> None:
        """Count the rows of a stream."""
        self.instruments.rows.add(count, labels_of(operation, place))


def labels_of(operation: str, place: LogPlace) -> dict[str, Any]:
    """Return what spans and metrics are told apart by."""
    folder = {"uipath.folder": place.folder} if place.folder else {}
    return {"uipath.operation": operation, "uipath.tenant": place.tenant, **folder}


@attrs.define(eq=False)
class RequestSpan:
    """The span of a request, and the innermost middleware but the wire: each attempt is a span of its own."""

    tracing: Tracing
    span: trace.Span
    request: Request
    url: URL
    labels: dict[str, Any]
    sent: int = 0

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        facts: dict[str, Any] = {
            "http.request.method": self.request.method,
            "server.address": str(self.url.host),
        }
        if self.url.port is not None:
            facts["server.port"] = self.url.port
        if self.request.template:
            facts["url.template"] = self.request.template
        labels = facts | self.labels
        name = f"{self.request.method} {self.request.template}".strip()
        own = dict(labels)
        if self.sent:
            own["http.request.resend_count"] = self.sent
        self.sent += 1
        began = time.perf_counter()
        with self.tracing.tracer.start_as_current_span(
            name,
            kind=trace.SpanKind.CLIENT,
            attributes=own,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                response = await handler(request)
            except BaseException as error:
                failed(span, error)
                labels["error.type"] = type(error).__name__
                raise
            else:
                self._answered(span, response.status, labels)
                return response
            finally:
                self.tracing.instruments.requests.record(time.perf_counter() - began, labels)

    def _answered(self, span: trace.Span, status: int, labels: dict[str, Any]) -> None:
        """Note the status; OpenTelemetry's HTTP conventions call 400 and above an error of the client's span."""
        span.set_attribute("http.response.status_code", status)
        labels["http.response.status_code"] = status
        if status >= _CLIENT_ERROR:
            labels["error.type"] = str(status)
            span.set_attribute("error.type", str(status))
            span.set_status(trace.StatusCode.ERROR)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self.tracing.instruments.refusals.add(1, self.labels)

    def answered(self, response: Response) -> None:
        """Note what the request as a whole took."""
        self.span.set_attributes({"uipath.attempts": response.attempts, "uipath.waited": response.waited})
        self.tracing.instruments.waits.record(response.waited, self.labels)

    def used(self, budget: int, tokens: int) -> None:
        """Note what the last minute took of the budget, and how many tokens the client had so far."""
        shared = {name: value for name, value in self.labels.items() if name != "uipath.folder"}
        self.tracing.instruments.budget.set(budget, shared)
        self.tracing.instruments.tokens.set(tokens, {"uipath.tenant": self.labels["uipath.tenant"]})

    def count_retries(self) -> None:
        """Count the attempts after the first."""
        if self.sent > 1:
            self.tracing.instruments.retries.add(self.sent - 1, self.labels)


def failed(span: trace.Span, error: BaseException) -> None:
    """Note which error ended it; messages stay out, they may name keys."""
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(trace.StatusCode.ERROR)
