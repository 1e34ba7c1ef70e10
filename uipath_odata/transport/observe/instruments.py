"""What is measured, by OpenTelemetry's names where it has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import attrs

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter

__all__ = ["Instruments"]


@attrs.frozen
class Instruments:
    """The metrics of a client."""

    requests: Any
    """Seconds of each attempt on the wire; its count is that of the attempts."""
    operations: Any
    """Seconds of each request with all its attempts and waits."""
    waits: Any
    retries: Any
    refusals: Any
    budget: Any
    tokens: Any
    rows: Any

    @classmethod
    def of(cls, meter: Meter) -> Self:
        """Make the instruments."""
        return cls(
            requests=meter.create_histogram(
                "http.client.request.duration", "s", "Duration of HTTP client requests."
            ),
            operations=meter.create_histogram(
                "uipath.client.operation.duration", "s", "A request with its attempts and waits."
            ),
            waits=meter.create_histogram(
                "uipath.client.wait", "s", "Waiting of a request for the rate budget."
            ),
            retries=meter.create_counter("uipath.client.retries", "{attempt}", "Attempts after the first."),
            refusals=meter.create_counter("uipath.client.refusals", "{answer}", "Answers with HTTP 429."),
            budget=meter.create_gauge(
                "uipath.client.budget.used", "{request}", "Requests of the class in the last minute."
            ),
            tokens=meter.create_gauge(
                "uipath.client.tokens", "{token}", "Tokens that the client had so far."
            ),
            rows=meter.create_counter("uipath.client.rows", "{row}", "Rows that streams gave out."),
        )
