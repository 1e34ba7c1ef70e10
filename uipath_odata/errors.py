"""Every error that this package raises, each message ending with what to do next."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

__all__ = [
    "AnswerTooLong",
    "AuthenticationFailed",
    "BadRequest",
    "BusinessError",
    "Conflict",
    "ConnectionFailed",
    "DecodeError",
    "ExportError",
    "ExportLocked",
    "FolderRequired",
    "Forbidden",
    "InvalidInput",
    "InvalidSignature",
    "ItemsFailed",
    "JobFailed",
    "JobFaulted",
    "JobStopped",
    "NoRow",
    "NotFound",
    "NotProven",
    "OrchestratorError",
    "OrderViolation",
    "OutcomeUnknown",
    "QueryError",
    "RateLimited",
    "RequestTimeout",
    "ResponseError",
    "RowsUndecided",
    "ServerError",
    "SeveralRows",
    "StartsFailed",
    "TableNotWritten",
    "Unauthorized",
    "UnknownProperty",
    "Unprovable",
    "WindowError",
    "WindowOverflow",
]

_DAY: Final = 86_400
"""Seconds: who asks for a longer wait is mistaken, and the client itself waits no longer."""


class OrchestratorError(Exception):
    """Everything that this package raises on purpose."""

    retryable: bool = False
    """Whether the same call may succeed later without a change."""

    may_have_happened: bool = False
    """Whether a write may have taken effect although it failed here."""

    public_status: ClassVar[int] = 502
    """The HTTP status with which a backend tells its own caller."""

    public_title: ClassVar[str] = "The automation service did not do what it was asked"

    @property
    def public_message(self) -> str:
        """A sentence that users of a web page may see: no URL, no tenant, no value and no text of the server."""
        doubt = ". It may have happened all the same" if self.may_have_happened else ""
        later = ". Try again later" if self.retryable else ""
        return f"{self.public_title}{doubt}{later}."

    def to_problem(self) -> dict[str, Any]:
        """Return the body of an application/problem+json answer (RFC 9457), with the status for it."""
        return {
            "type": "about:blank",
            "title": self.public_title,
            "status": self.public_status,
            "detail": self.public_message,
        }

    # Exceptions are pickled as a call with their message alone, which the attributes of most would not survive.
    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.args, dict(vars(self))))


class QueryError(OrchestratorError, ValueError):
    """The query cannot be written in OData 4.0, or this server would refuse it; raised before any request."""

    public_status = 400
    public_title = "The request is not one that can be answered"


class InvalidInput(QueryError):
    """A parameter, filter or cursor of a web page's user cannot be used; the text names only what they sent."""

    public_title = "The request has a parameter that cannot be used"

    @property
    def public_message(self) -> str:
        """The error's own text, which may be shown to whoever sent the request."""
        return f"{self}."


class UnknownProperty(QueryError, AttributeError):
    """The entity has no such property; to Python, a name that is missing like any other."""


class WindowError(QueryError):
    """The query would pass the 10,000-entry window of RobotLogs in a way that cannot be scanned."""


class ConnectionFailed(OrchestratorError):
    """No usable answer came from the server."""

    retryable = True


class RequestTimeout(ConnectionFailed, TimeoutError):
    """The server did not answer in time."""

    public_status = 504
    public_title = "The automation service did not answer in time"


class InvalidSignature(OrchestratorError):
    """A webhook was not signed with the secret, or not at all."""

    public_status = 401
    public_title = "The signature is missing or wrong"


class AuthenticationFailed(OrchestratorError):
    """The identity server, or Orchestrator with a fresh token, refused the credentials."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ResponseError(OrchestratorError):
    """Orchestrator answered with an error status.

    ``url`` carries no query values; ``error_code`` and ``trace_id`` are Orchestrator's own. ``status`` and
    ``attempts`` are 0 where this client knew the answer and sent nothing (``require_folder=True``).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        method: str = "",
        url: str = "",
        error_code: int | None = None,
        trace_id: str | None = None,
        attempts: int = 1,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.method = method
        self.url = url
        self.error_code = error_code
        self.trace_id = trace_id
        self.attempts = attempts

    def __str__(self) -> str:
        facts = [f"HTTP {self.status}" if self.status else "nothing was sent"]
        if self.error_code is not None:
            facts.append(f"errorCode {self.error_code}")
        if self.trace_id:
            facts.append(f"traceId {self.trace_id}")
        if self.attempts > 1:
            facts.append(f"{self.attempts} attempts")
        return f"{self.method} {self.url}: {self.message} ({', '.join(facts)})".lstrip()


class BadRequest(ResponseError):
    """400: the request is not what the server accepts."""


class FolderRequired(BadRequest):
    """400 with errorCode 1101, or known before sending: the operation needs a folder."""


class Unauthorized(ResponseError):
    """401: the token is missing, expired or unknown."""


class Forbidden(ResponseError):
    """403: the credentials lack a scope or a permission."""

    public_title = "The automation service does not allow this"


class NotFound(ResponseError):
    """404: the entity, the folder or the operation does not exist."""

    public_status = 404
    public_title = "There is no such thing"


class Conflict(ResponseError):
    """409, 412 or 428: the entity changed, exists already or is in use."""

    public_status = 409
    public_title = "It changed meanwhile, exists already or is in use"


class RateLimited(ResponseError):
    """429, and the wait asked for is longer than this client waits; ``retry_after``: seconds, or None."""

    retryable = True
    public_status = 429
    public_title = "Too many requests"

    def __init__(
        self,
        message: str,
        *,
        status: int,
        method: str = "",
        url: str = "",
        error_code: int | None = None,
        trace_id: str | None = None,
        attempts: int = 1,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(
            message,
            status=status,
            method=method,
            url=url,
            error_code=error_code,
            trace_id=trace_id,
            attempts=attempts,
        )
        self.retry_after = retry_after

    def to_problem(self) -> dict[str, Any]:
        """Return the body of an application/problem+json answer; ``retry_after`` is for the header Retry-After."""
        wait = None if self.retry_after is None else max(1, math.ceil(min(self.retry_after, _DAY)))
        return super().to_problem() | ({} if wait is None else {"retry_after": wait})


class ServerError(ResponseError):
    """408, or any 5xx except 501."""

    retryable = True


class OutcomeUnknown(OrchestratorError):
    """A write may or may not have happened: its answer was lost or was a server error.

    It was not sent again. ``response`` is the server's answer as an error, if one came. ``find_by`` has values of the request
    that its effect can be found by: ``{"Reference": ("invoice 7",)}`` of queue items and jobs, and the ``BatchExecutionKey``
    of jobs.
    """

    may_have_happened = True

    def __init__(
        self,
        message: str,
        *,
        response: ResponseError | None = None,
        find_by: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        super().__init__(message)
        self.response = response
        self.find_by = dict(find_by or {})


class RowsUndecided(OutcomeUnknown):
    """Answers were lost, and nothing shows whether these rows were added to the queue.

    ``result`` has them as ``undecided``, and all other rows.
    """

    def __init__(
        self, message: str, *, result: Any = None, find_by: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        super().__init__(message, find_by=find_by)
        self.result = result


class BusinessError(Exception):
    """Raise it for a queue item that can never succeed: the item fails and is not retried."""

    def __init__(self, reason: str, details: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.reason, self.details))


class ItemsFailed(OrchestratorError):
    """Some items of a bulk operation failed; the others were done.

    ``failed_items`` are the failed ones, in the schema's form: keys, entities with the reason, or errors by key.
    """

    may_have_happened = True

    def __init__(self, message: str, *, failed_items: Any = None) -> None:
        super().__init__(
            f"{message or 'some items failed'}: see failed_items, and send only these again once they are corrected"
        )
        self.failed_items = failed_items


class StartsFailed(ItemsFailed):
    """Some of several starts failed; no job was started twice.

    ``results`` has one value for each input, in order: its ``JobRun``, the error of its start, or None if it was not started
    because another had failed. ``failed_items`` are the errors by the number of their input, from 0.
    """

    def __init__(self, message: str, *, results: Sequence[Any] = ()) -> None:
        failed = {at: each for at, each in enumerate(results) if isinstance(each, Exception)}
        super().__init__(message, failed_items=failed)
        self.results = list(results)


class JobFailed(OrchestratorError):
    """A job ended otherwise than Successful.

    ``job`` is the finished job with its ``output``, ``logs`` its last logs of level Error or above, the newest first.
    """

    def __init__(self, message: str, *, job: Any = None, logs: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.job = job
        self.logs = list(logs)


class JobFaulted(JobFailed):
    """A job ended Faulted; the message has the first line of its ``Info``."""


class JobStopped(JobFailed):
    """A job ended Stopped: somebody stopped or killed it."""


class DecodeError(OrchestratorError):
    """The body is not what the schema says; entity, property and row are named as far as known."""

    def __init__(
        self,
        message: str,
        *,
        entity: str | None = None,
        property: str | None = None,  # noqa: A002 - OData's own word
        row: int | None = None,
    ) -> None:
        super().__init__(message)
        self.entity = entity
        self.property = property
        self.row = row


class AnswerTooLong(DecodeError):
    """The body has more bytes than ``body_limit``; lists are asked for fewer rows first."""


class NotProven(OrchestratorError):
    """The rows before ``checkpoint`` were returned exactly once; the rest cannot be proven complete."""

    def __init__(self, message: str, *, checkpoint: Any = None) -> None:
        super().__init__(message)
        self.checkpoint = checkpoint


class WindowOverflow(NotProven):
    """More RobotLogs have one TimeStamp than the 10,000-entry window lets a client read."""


class Unprovable(NotProven):
    """The rows with one key were read, but nothing proves that none is missing."""


class OrderViolation(NotProven):
    """The server's rows are not in the order asked for."""


class NoRow(OrchestratorError, LookupError):
    """``one()`` found no row."""

    public_status = 404
    public_title = "There is no such thing"


class SeveralRows(OrchestratorError, LookupError):
    """``one()`` or ``one_or_none()`` found more than one row."""


class ExportError(OrchestratorError):
    """The export stopped; the parts that it committed are complete, and it can be resumed."""


class ExportLocked(ExportError):
    """Another process exports to the same place."""


class ExportUnsound(ExportError):
    """A file of an export is not what was written; ``verify`` names each."""


class TableNotWritten(ExportError):
    """The export has all rows, but a table made from it does not have them yet: run the same export again."""


def _rebuild(kind: type[Exception], args: tuple[Any, ...], facts: dict[str, Any]) -> Exception:
    error = kind.__new__(kind, *args)
    error.args = args
    vars(error).update(facts)
    return error
