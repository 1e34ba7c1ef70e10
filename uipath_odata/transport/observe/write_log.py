"""Who changed what: an event before and after each attempt of a write."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Literal

import attrs

from uipath_odata.errors import OrchestratorError
from uipath_odata.local.log_line import log_line
from uipath_odata.transport.errors.problem import read_problem
from uipath_odata.transport.retry.exception_map import failure_of

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

    from uipath_odata.transport.retry.progress import Progress

__all__ = ["WriteEvent", "WriteLog"]

logger = logging.getLogger("uipath_odata.writes")

_CLIENT_ERROR = 400
_FOLDER_HEADERS = ("X-UIPATH-OrganizationUnitId", "X-UIPATH-FolderPath", "X-UIPATH-FolderPath-Encoded", "X-UIPATH-FolderKey")  # fmt: skip


@attrs.frozen(kw_only=True)
class WriteEvent:
    """One attempt of a write, when it goes out and when it ended; it holds no values and no bodies.

    The logger ``uipath_odata.writes`` gives it at level INFO as ``record.event``.
    """

    when: Literal["before", "after"]
    operation: str
    """``Robots.delete``, or the method where the operation has no name."""
    path: str
    """Below the base URL, with the entity's key: ``/odata/Robots(79)``; of a bucket's file, its path at the storage."""
    folder: str | None
    """The folder header as sent: ``X-UIPATH-OrganizationUnitId: 36886``."""
    tenant: str
    """``cloud.uipath.com/acme/Default``."""
    attempt: int
    """1 for the first."""
    outcome: str | None = None
    """``HTTP 204``, or the name of what came instead of an answer; None before."""
    trace_id: str | None = None
    """Orchestrator's own, of an error."""


@attrs.frozen(eq=False, repr=False)
class WriteLog:
    """Log the attempts of one write, each as it goes out."""

    progress: Progress

    @classmethod
    def of(cls, progress: Progress) -> tuple[WriteLog, ...]:
        """Return one for a write that somebody listens to, none where nobody does."""
        return (cls(progress),) if logger.isEnabledFor(logging.INFO) else ()

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        before = self._before()
        self._log(before)
        try:
            response = await handler(request)
        except BaseException as error:
            self._log(attrs.evolve(before, when="after", outcome=self._outcome(error)))
            raise
        trace_id = read_problem(await response.read()).trace_id if response.status >= _CLIENT_ERROR else None
        self._log(attrs.evolve(before, when="after", outcome=f"HTTP {response.status}", trace_id=trace_id))
        return response

    def _before(self) -> WriteEvent:
        request = self.progress.request
        headers = request.headers
        return WriteEvent(
            when="before",
            operation=request.operation or request.method,
            path=request.path,
            folder=next((f"{name}: {headers[name]}" for name in _FOLDER_HEADERS if name in headers), None),
            tenant=self.progress.place.tenant,
            attempt=self.progress.attempts,
        )

    def _outcome(self, error: BaseException) -> str:
        match error:
            case asyncio.CancelledError():
                return "Cancelled"
            case OrchestratorError():
                return type(error).__name__
            case _:
                return type(failure_of(error, self.progress.url).error).__name__

    def _log(self, event: WriteEvent) -> None:
        facts = (event.operation, event.path, event.attempt, event.outcome or "goes out")
        log_line(logger, logging.INFO, self.progress.place, "%s %s, attempt %d: %s", *facts, event=event)
