"""Where a list is read and entities are written: a path of one client, in one folder or none."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, MutableSet
from collections.abc import Set as AbstractSet
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

import attrs
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.calls.hidden import hide_secrets
from uipath_odata.calls.operation import Operation
from uipath_odata.errors import DecodeError, OrderViolation
from uipath_odata.local.garbage_collection import uncollected
from uipath_odata.odata.bounds import URL_CHARACTERS
from uipath_odata.odata.rows.json_body import Listed, int64, parse, read_list, value_of
from uipath_odata.odata.url import query_string
from uipath_odata.paging.checkpoint import fingerprint
from uipath_odata.paging.limits import Limits
from uipath_odata.paging.plan import Feature, Fetch, Page
from uipath_odata.transport.request import Request, Response

if TYPE_CHECKING:
    from uipath_odata.transport.rate.budgets import RateUsage

__all__ = ["ListSource"]

_LIST: Final = ".list"
_LONG: Final = 100_000
"""Bytes of an answer of many rows."""
LINKED: Final = "QueueItems.list"
TOTAL_COUNT: Final = "UiPath.Server.Configuration.OData.GetTotalCount"
# OData 4.0 JSON Format, 10: the part after "#" names the set, up to its select list or "/$entity". Orchestrator writes
# it first, before any row. The URL before it is that of the public host, with or without the tenant: it tells nothing.
_CONTEXT: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"@odata\.context"\s*:\s*"[^"#]*#(\w+)[(/"]')


@attrs.frozen(eq=False, kw_only=True)
class ListSource:
    """One list of Orchestrator: an entity set, or a function that lists entities."""

    channel: TenantChannel
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

    @functools.cached_property
    def limits(self) -> Limits:
        settings = self.channel.settings
        return Limits(
            page_cap=self.page_cap,
            paged=self.paged,
            keyed=self.operation.name.endswith(_LIST),
            linked=self.operation.name == LINKED,
            window=settings.window if self.in_window else None,
            tie_unit=settings.tie_unit,
            upper_bound=settings.upper_bound,
            enum_order=settings.enum_order,
            in_values=settings.in_values,
            in_characters=settings.in_characters,
            equalities=settings.equalities,
            url_room=URL_CHARACTERS - len(f"{self.channel.base_url}{self._bare.path}?{self._bare.query}"),
        )

    @property
    def budget(self) -> RateUsage | None:
        """The rate budget of the list, None where nothing limits it."""
        use = self.channel.budget_of(self.operation.rate_class)
        return use if use and use.share else None

    @property
    def refused(self) -> MutableSet[Feature]:
        """What the server was seen to refuse of this list."""
        return self.channel.refused[self.operation.name]

    def fingerprint(self, options: Mapping[str, str]) -> str:
        """Tie a checkpoint to this list, its folder and its options."""
        path, query = self._target(Fetch(options=options))
        return fingerprint(path, query, dict(self.channel.headers))

    def url(self, options: Mapping[str, str]) -> URL:
        """Return the URL of the list under these options."""
        path, query = self._target(Fetch(options=options))
        return URL(f"{self.channel.base_url}{path}{f'?{query}' if query else ''}", encoded=True)

    def request(self, fetch: Fetch, page: int = 0) -> Request:
        """Return the request for a plan's fetch; pages after the first are bulk, so that interactive requests go ahead."""
        path, query = self._target(fetch)
        return attrs.evolve(self._bare, path=path, query=query, page=page, bulk=page > 1)

    @functools.cached_property
    def _bare(self) -> Request:
        """What is the same in all requests of the list."""
        return self.operation.request(self.keys, self.parameters)

    def _target(self, fetch: Fetch) -> tuple[str, str]:
        """Return the path and the query of a fetch."""
        bare = self._bare
        path = f"{bare.path}/{TOTAL_COUNT}" if fetch.total else bare.path
        return path, "&".join(filter(None, (bare.query, query_string(fetch.options), fetch.continuation)))

    async def fetch(self, fetch: Fetch, page: int = 0) -> Response:
        """Ask for one page."""
        return await self.channel.send(self.request(fetch, page))

    def parse(self, fetch: Fetch, response: Response, read: Callable[[bytes], Listed] = read_list) -> Page:
        """Read one page, its rows by ``read``, or the total that a plan asked for as its count."""
        try:
            return self._page(fetch, response.body, read)
        except DecodeError as error:
            hide_secrets(error, response)
            raise

    def _page(self, fetch: Fetch, body: bytes, read: Callable[[bytes], Listed]) -> Page:
        if fetch.total:
            return Page(rows=[], count=total_of(parse(body)))
        if self.operation.name.endswith(_LIST):
            _refuse_other_set(body, self._bare.path.rpartition("/")[2], self.channel.known_sets)
        with uncollected() if len(body) > _LONG else nullcontext():
            rows, count, link = read(body)
        return Page([*rows], len(rows) if count is None and not self.paged else count, link)


def total_of(payload: Any) -> int:
    """Read the number that GetTotalCount answers with."""
    total = int64(value_of(payload))
    if total is None or total < 0:
        raise DecodeError(
            "GetTotalCount did not answer with a number: check that this Orchestrator has the function"
        )
    return total


def _refuse_other_set(body: bytes, entity_set: str, known: AbstractSet[str]) -> None:
    """Raise OrderViolation where an answer for ``entity_set`` names another one of the ``known`` sets, in lower case."""
    if (named := _CONTEXT.match(body)) is None:
        return
    other = named[1].decode(errors="replace")
    if other.casefold() != entity_set.casefold() and other.casefold() in known:
        raise OrderViolation(
            f"The server answered with {other} where {entity_set} were asked for, twice: read again, and if it stays so "
            "ask the administrator of the proxy before it"
        )
