"""A query of a client, which can be read."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, TypedDict, TypeVar, Unpack, cast, get_args

import attrs
from yarl import URL

from uipath_odata.calls.operation import Operation
from uipath_odata.errors import NoRow, QueryError, SeveralRows
from uipath_odata.execution.count import count
from uipath_odata.execution.explain import Estimate, Explanation, estimate, explain
from uipath_odata.execution.list_source import ListSource
from uipath_odata.execution.row_form import DICTS, ENTITIES, RowForm
from uipath_odata.execution.stream import Stream
from uipath_odata.local.frames import without_frames
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.expr.expression import path
from uipath_odata.odata.query import Composable, Query, is_bare, options_of
from uipath_odata.odata.rows.columns import Foreseen
from uipath_odata.odata.rows.raw_row import RawRow
from uipath_odata.paging.checkpoint import decode_checkpoint, encode_checkpoint
from uipath_odata.paging.checks.answer_check import checked_properties
from uipath_odata.paging.plan import Plan
from uipath_odata.paging.plan_kinds import Paging
from uipath_odata.paging.planner import choose

if TYPE_CHECKING:
    from uipath_odata.execution.cursor.list_page import ListPage

__all__ = ["BoundQuery"]

E = TypeVar("E", bound=Entity)
R = TypeVar("R")

_READ: Final = ("Id", "TimeStamp")
"""What plans look at in each row."""


_PAGE_SIZE: Final = 50
_NOT_PICKLED: Final = (
    "A query of a client is not pickled: send its .query, or pieces of its rows, partitions_of(orchestrator, query) of"
    " uipath_odata.partitions"
)


class _ReadOptions(TypedDict, total=False):
    paging: Paging
    page_size: int | None
    ordered: bool
    workers: int
    resume: Mapping[str, Any] | None


@attrs.frozen(repr=False, eq=False)
class BoundQuery(Composable[E], Generic[E, R]):
    """A query of one client: compose it further, or read its rows.

    ``async for`` streams them; pages are fetched concurrently and given in order.
    """

    _source: ListSource
    _query: Query[E]
    _form: RowForm = ENTITIES
    _exact: bool = False

    def _with(self, query: Query[Any], /) -> Any:
        return type(self)(self._source, query, self._form, self._exact)

    def dicts(self) -> BoundQuery[E, dict[str, Any]]:
        """Return this query with rows as dicts, exactly as sent: wire names, date-times as exact text."""
        return BoundQuery(self._source, self._query, DICTS, self._exact)

    def exact(self) -> BoundQuery[E, R]:
        """Return this query so that reading raises NotProven unless the rows are proven complete."""
        return BoundQuery(self._source, self._query, self._form, True)

    def raw(self, *names: str, foreseen: Foreseen | None = None) -> BoundQuery[E, RawRow]:
        """Return this query with rows as bytes: ``names`` can be read, and rows asked for others than are ``foreseen``."""
        read = tuple(dict.fromkeys((*_READ, *checked_properties(self._query), *names)))
        return BoundQuery(self._source, self._query, RowForm(True, read, foreseen), self._exact)

    # Named like this, completion leaves it out; exports, counts and commands ask for it.
    @property
    def __source__(self) -> ListSource:
        return self._source

    @property
    def query(self) -> Query[E]:
        """The query by itself, of no client."""
        return self._query

    @property
    def options(self) -> dict[str, str]:
        """The system query options as asked for, not encoded; a plan may add its own while reading."""
        return options_of(self._query, self._source.channel.settings.enum_order)

    @property
    def url(self) -> URL:
        """The URL that asks what the user asked, nothing added."""
        return self._source.url(self.options)

    def stream(
        self,
        *,
        concurrency: int | None = None,
        page_size: int | None = None,
        ordered: bool = True,
        paging: Paging = "auto",
        resume: object = None,
    ) -> Stream[R]:
        """Read with options: ``async with query.stream() as rows: async for row in rows``; ``rows.report`` says what was proven.

        ``concurrency`` counts requests under way and pages that wait; the page in your hand comes on top.
        ``ordered=False`` returns pages in order of arrival. ``resume`` is what ``rows.checkpoint`` of a stream of the
        same query was, in this process or another; QueryError for any other.
        """
        source = self._source
        fingerprint = functools.cache(lambda: source.fingerprint(self.options))
        workers = source.channel.settings.concurrency if concurrency is None else concurrency
        if paging not in get_args(Paging):
            raise QueryError(f"paging={paging!r} is not a plan: give one of {', '.join(get_args(Paging))}")
        plan = self._plan(
            paging=paging,
            page_size=page_size,
            ordered=ordered,
            workers=workers,
            resume=None if resume is None else decode_checkpoint(resume, fingerprint()),
        )
        return _stream_of(source)(
            plan,
            fetch=source.fetch,
            parse=functools.partial(source.parse, read=self._form.reader(self._query.entity)),
            decode=self._form.of(self._query, plan),
            concurrency=workers,
            exact=self._exact,
            seal=_sealed_with(fingerprint),
            name=lambda: f"{source.operation.name} ({source.channel.place})",
        )

    async def __aiter__(self) -> AsyncIterator[R]:
        # A generator of its own: nothing else refers to it, so that a bare break closes the stream at once.
        async for page in self.pages():
            for row in page:
                yield row

    async def pages(self) -> AsyncIterator[Sequence[R]]:
        """Stream the rows in lists, as they are fetched."""
        async with self.stream() as rows:
            async for page in rows.pages():
                yield page

    @without_frames
    async def to_list(self) -> list[R]:
        """Read all rows."""
        async with self.stream() as rows:
            return [row async for page in rows.pages() for row in page]

    @without_frames
    async def first(self) -> R | None:
        """Read the first row, None where there is none."""
        rows = await self._at_most(1)
        return rows[0] if rows else None

    @without_frames
    async def one(self) -> R:
        """Read the only row; raises NoRow or SeveralRows, both a LookupError."""
        row = await self.one_or_none()
        if row is None:
            raise NoRow(
                f"{self!r} found no row where one was expected: widen the filter or use one_or_none()"
            )
        return row

    @without_frames
    async def one_or_none(self) -> R | None:
        """Read the only row, None where there is none; raises SeveralRows."""
        rows = await self._at_most(2)
        if len(rows) > 1:
            raise SeveralRows(
                f"{self!r} found several rows where one was expected: narrow the filter or use first()"
            )
        return rows[0] if rows else None

    def using(self, query: Query[E]) -> BoundQuery[E, R]:
        """Return this list, asked with a query of no client: ``orchestrator.jobs.using(query_from(Job, params, …))``."""
        if not issubclass(self._query.entity, query.entity):
            wanted = self._query.entity.__name__
            raise QueryError(
                f"{self!r} holds {wanted} and the query asks for {query.entity.__name__}: use Query({wanted})"
            )
        if query.entity is not self._query.entity:
            query = attrs.evolve(query, entity=self._query.entity)
        return cast("BoundQuery[E, R]", self._with(query))

    async def page(
        self, size: int | None = None, after: str | None = None, *, total: bool = False
    ) -> ListPage[R]:
        """Read one page for a user interface: ``size`` rows, fewer on the last, and cursors to its neighbours.

        ``page.next`` and ``page.previous`` are texts, for ``after``; they fit this query in this folder of this tenant.
        The size is the query's ``top``, or 50, unless it is given. ``total=True`` counts what meets the filter. Without an order, rows come by ``Id``, RobotLogs newest first.
        Raises QueryError for a cursor that was altered or belongs elsewhere, and for ``skip`` and ``exact()``.
        """
        from uipath_odata.execution.cursor.page import Pager  # noqa: PLC0415 - only who shows pages pays

        own = self._query.limit
        _check_page(size, own, self._form, exact=self._exact)
        query = self._query if own is None else attrs.evolve(self._query, limit=None)
        read = self._form.page_reader(query.entity, self._source.channel)
        pager = Pager[R](self._source, query, read, functools.partial(self._form.rows, query), self.count)
        return await pager.page(size if size is not None else own or _PAGE_SIZE, after, total=total)

    @without_frames
    async def count(self) -> int:
        """Ask the server how many rows meet the filter, whatever ``top`` and ``skip`` say.

        Assets by name are read and counted: their server counts names that only contain the one asked for.
        """
        bare = Query(self._query.entity, condition=self._query.condition)
        if _read_widely(bare, self._source.operation) is None:
            return await count(bare, self._source)
        named = BoundQuery[E, Any](self._source, bare, DICTS).select(path("Name"))
        return sum([len(page) async for page in named.pages()])

    def explain(self) -> Explanation:
        """Say, without asking the server, how the query will be read and what its first request is."""
        return explain(self._plan(), self._source)

    @without_frames
    async def estimate(self) -> Estimate:
        """Count the rows, one request, and say how many requests and minutes reading them takes."""
        plan = self._plan()  # what is refused is refused before the count
        count = await self.count()
        wanted = count if self._query.limit is None else min(count, self._query.limit)
        return estimate(wanted, self._source, plan, exact=self._exact)

    def __reduce__(self) -> NoReturn:
        raise TypeError(_NOT_PICKLED)

    def __repr__(self) -> str:
        return f"<{self._source.operation.name} {self._query!r} of {self._source.channel.place}>"

    def _plan(self, **options: Unpack[_ReadOptions]) -> Plan:
        source, query = self._source, self._query
        widely = _read_widely(query, source.operation)
        plan = choose(widely or query, source.limits, refused=source.refused, exact=self._exact, **options)
        return plan if widely is None else _narrowed(plan, query, widely)

    async def _at_most(self, count: int) -> list[R]:
        limit = self._query.limit
        return await self.top(count if limit is None else min(count, limit)).to_list()


def _check_page(size: int | None, top: int | None, form: RowForm, *, exact: bool) -> None:
    if exact:
        raise QueryError("a page by itself proves nothing: leave exact() out, or read the list")
    if form.names is not None:
        raise QueryError("a page holds entities or dicts: use dicts(), whose to_json() is what was sent")
    if size is not None and top is not None:
        raise QueryError("the query has a top and the page a size: leave one of them out")


# Reading filter texts takes a while to import, and most queries are not of assets.
def _read_widely(query: Query[Any], operation: Operation) -> Query[Any] | None:
    if is_bare(query) or not operation.lists_assets:
        return None
    from uipath_odata.execution.asset_names import read_widely  # noqa: PLC0415

    return read_widely(query)


def _narrowed(plan: Plan, query: Query[Any], widely: Query[Any]) -> Plan:
    from uipath_odata.execution.asset_names import narrowed  # noqa: PLC0415

    return narrowed(plan, query, widely)


def _sealed_with(fingerprint: Callable[[], str]) -> Callable[[Any], Any]:
    return lambda position: encode_checkpoint(position, fingerprint())


def _stream_of(source: ListSource) -> Callable[..., Stream[Any]]:
    tracing = source.channel.tracing
    if tracing is None:
        return Stream
    from uipath_odata.execution.traced_stream import TracedStream  # noqa: PLC0415 - OpenTelemetry is an extra

    return functools.partial(
        TracedStream[Any], tracing=tracing, operation=source.operation.name, place=source.channel.place
    )
