"""Where a list is read and entities are written: a path of one client, in one folder or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, MutableSet
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs
from yarl import URL

from uipath_odata.errors import DecodeError, FolderRequired, QueryError
from uipath_odata.odata.limits import URL_CHARACTERS, check_url
from uipath_odata.odata.payload import collection_of, parse, value_of
from uipath_odata.odata.percent import query_string
from uipath_odata.operation import Operation
from uipath_odata.paging.checkpoint import fingerprint
from uipath_odata.paging.limits import Limits
from uipath_odata.paging.next_link import follow
from uipath_odata.paging.plan import Fetch, Page
from uipath_odata.settings import Settings
from uipath_odata.transport.request import Request, Response, Sender
from uipath_odata.transport.retry_policy import writes
from uipath_odata.transport.sink import Sink

if TYPE_CHECKING:
    from uipath_odata.transport.budgets import Use
    from uipath_odata.transport.tracing import Tracing

__all__ = ["Channel", "Source"]

T = TypeVar("T")

TOTAL_COUNT: Final = "UiPath.Server.Configuration.OData.GetTotalCount"


@attrs.frozen(eq=False)
class Channel:
    """A client's connection to its tenant, seen from one folder or from none."""

    sender: Sender
    base_url: URL
    settings: Settings = attrs.field(factory=Settings)
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    tracing: Tracing | None = None
    budget: Callable[[], Mapping[str, Use]] = dict
    """The rate budget of each class of endpoints."""
    refused: defaultdict[str, set[str]] = attrs.field(factory=lambda: defaultdict(set), repr=False)
    """What the server was seen to refuse, by operation: ``in``, or the requests of a plan; one for all folders."""

    def refuse_write(self, operation: str) -> None:
        """Raise QueryError where the settings allow no writes."""
        if self.settings.read_only:
            raise QueryError(f"{operation} writes and this client is read_only: use one that may write")

    async def send(self, request: Request, into: Sink | None = None) -> Response:
        """Send a request in this folder, unless the settings refuse it: QueryError for a write, FolderRequired.

        With ``into`` the body of a 200 answer goes there.
        """
        if writes(request):
            self.refuse_write(request.operation)
        if self.settings.require_folder and request.needs_folder and not self.headers:
            raise FolderRequired(
                f'{request.operation} needs a folder: use orchestrator.folder("Shared/Finance")',
                status=0,
                method=request.method,
                url=f"{self.base_url}{request.path}",
                attempts=0,
            )
        check_url(f"{self.base_url}{request.path}?{request.query}")
        in_folder = attrs.evolve(request, headers={**self.headers, **request.headers})
        if into is None:
            return await self.sender.send(in_folder)
        return await self.sender.send(in_folder, into)

    async def read(self, request: Request, make: Callable[[Response], T]) -> T:
        """Send a request and make something of its answer; an answer that cannot be read is asked for once more."""
        response = await self.send(request)
        try:
            return _made(request, make, response)
        except DecodeError:
            if not request.repeatable:
                raise
        return _made(request, make, await self.send(request))


@attrs.frozen(eq=False, kw_only=True)
class Source:
    """One list of Orchestrator: an entity set, or a function that lists entities."""

    channel: Channel
    operation: Operation
    keys: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    """What the operation's path is made with."""
    parameters: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    """What goes with every request beside OData's own options."""
    page_cap: int = 1_000
    paged: bool = True
    """Whether it takes ``$top`` and ``$skip``; where not, the whole list is one answer."""
    in_window: bool = False
    """Whether the list is kept in Elasticsearch, which lets nobody skip beyond its window."""

    @property
    def limits(self) -> Limits:
        settings = self.channel.settings
        return Limits(
            page_cap=self.page_cap,
            paged=self.paged,
            keyed=self.operation.name.endswith(".list"),
            window=settings.window if self.in_window else None,
            tie_unit=settings.tie_unit,
            upper_bound=settings.upper_bound,
            enum_order=settings.enum_order,
            in_values=settings.in_values,
            in_characters=settings.in_characters,
            equalities=settings.equalities,
            url_room=URL_CHARACTERS - len(str(self.url({}))) - 1,
        )

    @property
    def refused(self) -> MutableSet[str]:
        """What the server was seen to refuse of this list."""
        return self.channel.refused[self.operation.name]

    def fingerprint(self, options: Mapping[str, str]) -> str:
        """Tie a checkpoint to this list, its folder and its options."""
        request = self.request(Fetch(options=options))
        return fingerprint(request.path, request.query, dict(self.channel.headers))

    def url(self, options: Mapping[str, str]) -> URL:
        """Give the URL of the list under these options."""
        request = self.request(Fetch(options=options))
        query = f"?{request.query}" if request.query else ""
        return URL(f"{self.channel.base_url}{request.path}{query}", encoded=True)

    def request(self, fetch: Fetch) -> Request:
        """Make the request of a plan's fetch."""
        request = self.operation.request(self.keys, self.parameters)
        if fetch.link is not None:
            path, query = self._linked(fetch.link)
            return attrs.evolve(request, path=path, query=query)
        path = f"{request.path}/{TOTAL_COUNT}" if fetch.total else request.path
        query = "&".join(filter(None, (request.query, query_string(fetch.options))))
        return attrs.evolve(request, path=path, query=query)

    async def fetch(self, fetch: Fetch) -> Response:
        """Ask for one page."""
        return await self.channel.send(self.request(fetch))

    def parse(self, fetch: Fetch, response: Response) -> Page:
        """Read one page, or the total that a plan asked for as its count."""
        payload = parse(response.body)
        if fetch.total:
            return Page(rows=[], count=total_of(payload))
        rows, count, link = collection_of(payload)
        return Page([*rows], count if self.paged else len(rows), link)

    def parse_sent(self, names: tuple[str, ...], fetch: Fetch, response: Response) -> Page:
        """Read one page whose rows are `SentRow`s, these properties of them read."""
        from uipath_odata.odata.sent_rows import sent_rows  # noqa: PLC0415 - msgspec is of an extra

        if fetch.total:
            return self.parse(fetch, response)
        rows, count, link = sent_rows(response.body, names)
        return Page([*rows], count if self.paged else len(rows), link)

    def _linked(self, link: str) -> tuple[str, str]:
        base = self.channel.base_url
        url = follow(base / "odata/", link)
        return url.raw_path.removeprefix(base.raw_path.rstrip("/")), url.raw_query_string


def _made(request: Request, make: Callable[[Response], T], response: Response) -> T:
    """Make something of an answer; that of a write has come, so that asking again would be doing it again."""
    try:
        return make(response)
    except DecodeError as error:
        if not writes(request):
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


def total_of(payload: Any) -> int:
    """Read the number that GetTotalCount answers with."""
    # Some servers write Int64 as a string.
    text = str(value_of(payload))
    if not text.isascii() or not text.isdigit():
        raise DecodeError("GetTotalCount answered no number: check that this Orchestrator has the function")
    return int(text)
