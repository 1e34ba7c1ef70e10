"""A client's connection to its tenant, and what is checked before a request leaves through it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs
from yarl import URL

from uipath_odata.calls.hidden import hide_secrets
from uipath_odata.errors import DecodeError, FolderRequired, QueryError, ResponseError
from uipath_odata.local.log_line import LogPlace
from uipath_odata.odata.url import check_length
from uipath_odata.settings import Settings
from uipath_odata.transport.bodies.sink import Sink
from uipath_odata.transport.errors.advice import FOLDER_UNKNOWN
from uipath_odata.transport.folder_header import place_of
from uipath_odata.transport.request import Request, Response, Sender

if TYPE_CHECKING:
    from uipath_odata.calls.operation import Operation
    from uipath_odata.paging.plan import Feature
    from uipath_odata.transport.observe.tracing import Tracing
    from uipath_odata.transport.rate.budgets import RateUsage
    from uipath_odata.transport.retry.policy import RetryPolicy

__all__ = ["TenantChannel"]

T = TypeVar("T")


def _unlimited(rate_class: str) -> None:
    del rate_class


@attrs.frozen(eq=False)
class TenantChannel:
    """A client's connection to its tenant, seen from one folder or from none."""

    sender: Sender
    base_url: URL
    settings: Settings = attrs.field(factory=Settings)
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    tenant: str = ""
    """Host and tenant, for people."""
    policy: RetryPolicy | None = None
    """How patient requests are; None: as the sender decides."""
    bulk: bool = False
    """Whether all requests yield to interactive ones."""
    tracing: Tracing | None = None
    budget_of: Callable[[str], RateUsage | None] = _unlimited
    """The rate budget of a class of endpoints."""
    known_sets: frozenset[str] = frozenset()
    """The names of entity sets, in lower case, that an answer may be about."""
    refused: defaultdict[str, set[Feature]] = attrs.field(factory=lambda: defaultdict(set), repr=False)
    """What the server was seen to refuse, by operation; one for all folders."""

    near_folders: dict[str, str] = attrs.field(factory=dict[str, str], repr=False)
    """What is said of folders that the server does not know; one for all folders."""

    memory: dict[Callable[[], Any], Any] = attrs.field(factory=dict[Callable[[], Any], Any], repr=False)
    """What packages above keep as long as the client lives, by class; shared by all folders."""

    def kept(self, kind: Callable[[], T]) -> T:
        """Return the client's only object of a class, made when it is first asked for."""
        if kind not in self.memory:
            self.memory[kind] = kind()
        return cast("T", self.memory[kind])

    @property
    def place(self) -> LogPlace:
        """Name tenant and folder: ``cloud.uipath.com/acme/Default, folder Shared/Finance``."""
        return place_of(self.tenant or str(self.base_url), self.headers)

    def page_cap(self, operation: Operation, documented: int) -> int:
        """Return the page size of a list: the schema's, unless the settings change it."""
        chosen = self.settings.queue_items_page if operation.name == "QueueItems.list" else None
        return documented if chosen is None else chosen

    def refuse_write(self, operation: str) -> None:
        """Raise QueryError where the settings allow no writes."""
        if self.settings.read_only:
            raise QueryError(f"{operation} writes and this client is read_only: use one that may write")

    async def send(self, request: Request, into: Sink | None = None) -> Response:
        """Send a request in this folder.

        Raises QueryError for a write under ``read_only``, and FolderRequired where ``require_folder`` asks for a folder.
        With ``into`` the body of a 200 answer goes there.
        """
        if request.writes:
            self.refuse_write(request.operation)
        if self.settings.require_folder and request.needs_folder and not self.headers:
            raise FolderRequired(
                f'{request.operation} needs a folder: use orchestrator.folder("Shared/Finance")',
                status=0,
                method=request.method,
                url=f"{self.base_url}{request.path}",
                attempts=0,
            )
        check_length(f"{self.base_url}{request.path}?{request.query}")
        request = self._as_here(request)
        try:
            return await (self.sender.send(request) if into is None else self.sender.send(request, into))
        except ResponseError as error:
            if error.error_code == FOLDER_UNKNOWN and self.headers:
                error.message += await self._near_folders(request)
            raise

    def _as_here(self, request: Request) -> Request:
        """Return a request with this channel's folder, patience and priority."""
        if self.headers or self.policy or self.bulk:
            return attrs.evolve(
                request,
                headers={**self.headers, **request.headers},
                policy=request.policy or self.policy,
                bulk=request.bulk or self.bulk,
            )
        return request

    async def _near_folders(self, request: Request) -> str:
        """Name folders like the unknown one, looked up once for each."""
        from uipath_odata.calls.near_folders import near_folders  # noqa: PLC0415 - few requests name an unknown folder

        folder = str(self.headers)
        if folder not in self.near_folders:
            self.near_folders[folder] = ""
            names = await near_folders(self.sender, request)
            self.near_folders[folder] = f". Similar: {', '.join(names)}" if names else ""
        return self.near_folders[folder]

    async def read(self, request: Request, make: Callable[[Response], T]) -> T:
        """Send a request and parse its answer; one that cannot be parsed is requested once more."""
        response = await self.send(request)
        try:
            return _made(request, make, response)
        except DecodeError:
            if not request.repeatable:
                raise
        return _made(request, make, await self.send(request))


def _made(request: Request, make: Callable[[Response], T], response: Response) -> T:
    """Parse an answer. That of a write is never requested again, because it would be done again."""
    try:
        return make(response)
    except DecodeError as error:
        hide_secrets(error, response)
        if not request.writes:
            raise
        what = str(error).rpartition(": ")[0]
        failure = DecodeError(
            f"{request.operation} was answered with HTTP {response.status}, but {what}:"
            " look for its effect before you repeat it",
            entity=error.entity,
            property=error.property,
            row=error.row,
        )
    failure.may_have_happened = True
    raise failure
