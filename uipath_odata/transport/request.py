"""Requests and answers as frozen values."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uipath_odata.auth.secret import Secret
    from uipath_odata.transport.bodies.file_body import FileBody
    from uipath_odata.transport.bodies.sink import Sink
    from uipath_odata.transport.retry.policy import RetryPolicy
    from uipath_odata.transport.storage.address import StorageAddress

__all__ = ["Request", "Response", "Sender"]


_VERSION = re.compile(r"(?:^|,)\s*([0-9]{1,4}(?:\.[0-9]{1,4})?)\s*(?=$|,)")


def _frozen(headers: Mapping[str, str]) -> Mapping[str, str]:
    return headers if isinstance(headers, MappingProxyType) else MappingProxyType(dict(headers))


@attrs.frozen(kw_only=True)
class Request:
    """One call to Orchestrator, below the base URL; ``path`` and ``query`` are already percent-encoded."""

    method: str = "GET"
    path: str
    """Below the base URL: ``/odata/Jobs(5)``."""
    query: str = ""
    """Without ``?``."""
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], converter=_frozen, hash=False)
    """Folder headers and the like, never ``Authorization``."""
    body: bytes | FileBody | None = attrs.field(default=None, repr=False)
    content_type: str | None = None
    """Of the body; ``application/json`` unless given."""
    repeatable: bool
    """Whether it may be sent again after it may have reached the server."""
    operation: str = ""
    """``Jobs.StartJobs``, for messages and events."""
    template: str = ""
    """The path without the values in it, ``/odata/Jobs({key})``; empty: it is not known."""
    rate_class: str = "default"
    """The class of endpoints that share one rate limit."""
    bulk: bool = False
    """Whether it yields to interactive requests."""
    policy: RetryPolicy | None = None
    """How patient it is; None: as its client."""
    page: int = 0
    """Which request of a stream it is, from 1; 0: of none."""
    needs_folder: bool = False
    """Whether the schema requires a folder header."""
    scopes: tuple[str, ...] = ()
    """OAuth scopes of which the token needs one."""
    permissions: tuple[str, ...] = ()
    """Permissions of the account's roles, all of them needed."""

    @property
    def writes(self) -> bool:
        """Whether it changes anything; a POST that may be repeated is one that is known to be harmless."""
        return self.method in {"PUT", "DELETE"} or not self.repeatable

    @property
    def size(self) -> int:
        """The bytes of the body."""
        return 0 if self.body is None else len(self.body)


@attrs.frozen
class Response:
    """A whole answer: the body is decompressed and checked to be complete."""

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    """Case-insensitive."""
    body: bytes = attrs.field(repr=False)
    attempts: int = 1
    waited: float = 0.0
    """Seconds that it waited for the rate budget and for pauses that the server asked for."""
    secrets: tuple[Secret, ...] = attrs.field(default=(), repr=False)
    """What it was asked with, which no error about its body may show."""

    @property
    def is_success(self) -> bool:
        """Whether the server did what was asked (RFC 9110 §15.3)."""
        return self.status // 100 == 2  # noqa: PLR2004 - the class of its status

    def json(self) -> Any:
        """Read the body as JSON; raises DecodeError for anything else."""
        from uipath_odata.odata.rows.json_body import parse  # noqa: PLC0415 - rows have their own readers

        return parse(self.body)

    @property
    def api_version(self) -> float | None:
        """The newest of ``api-supported-versions``, such as 20.0; None where the answer does not say."""
        versions = _VERSION.findall(self.headers.get("api-supported-versions", ""))
        return max(map(float, versions), default=None)


class Sender(Protocol):
    """Whatever answers a request; statuses of 400 and above are raised as ``ResponseError``."""

    async def send(self, request: Request, /, into: Sink | None = None) -> Response: ...
    async def send_to_storage(
        self,
        address: StorageAddress,
        request: Request,
        /,
        into: Sink | None = None,
        *,
        folder: str | None = None,
    ) -> Response: ...
