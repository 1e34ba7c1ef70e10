"""Cut lists into partitions: one clock for all, and an end that later rows do not move."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any, Final, TypeAlias, TypedDict, Unpack, cast

import attrs

from uipath_odata.client import FolderClient, Orchestrator
from uipath_odata.errors import QueryError
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.exporting import Exported, named_lists
from uipath_odata.export.folders import in_all_folders, with_folders
from uipath_odata.export.incremental.run_start import date_of
from uipath_odata.export.incremental.settle import settled_until
from uipath_odata.export.lists import ExportList
from uipath_odata.export.run_files.entity_sets import entity_set
from uipath_odata.export.run_files.selection import Selection, instant_in, refuse_no_time_between
from uipath_odata.local.option_names import refuse_unknown
from uipath_odata.odata.instant import Instant
from uipath_odata.operations import EntitySets
from uipath_odata.partitions.connection import Connection
from uipath_odata.partitions.lanes import laned
from uipath_odata.partitions.lists.list_plan import ListPlan
from uipath_odata.partitions.partition import Partition
from uipath_odata.partitions.process_loop import process_loop
from uipath_odata.partitions.query_text import condition_of
from uipath_odata.settings import chosen_in

__all__ = ["Moment", "PlanOptions", "partitions", "partitions_of"]

Moment: TypeAlias = Instant | dt.datetime | str
"""An instant; a text is a date or a date-time with its zone."""

_TARGET_ROWS: Final = 500_000


class PlanOptions(TypedDict, total=False):
    """How lists are cut.

    A partition has about ``target_rows``, never more than 1.25 times as many as far as counts tell. Lists with a rate limit are read in
    ``lanes``, each with its part of the tenant's share; one lane loses nothing. ``since`` is included and ``until`` is not: the
    time of RobotLogs, else that at which rows came to be. RobotLogs end at the server's clock less the settings'
    ``settle_lag`` in any case.
    """

    target_rows: int
    lanes: int
    since: Moment | None
    until: Moment | None


@attrs.frozen(kw_only=True)
class _Options:
    target_rows: int = _TARGET_ROWS
    lanes: int = 1
    since: Moment | None = None
    until: Moment | None = None

    def __attrs_post_init__(self) -> None:
        for name, number in (("target_rows", self.target_rows), ("lanes", self.lanes)):
            if type(number) is not int or number < 1:
                raise QueryError(f"{name}={number!r} is not a number of 1 or more: give one, or leave it out")
        refuse_no_time_between(self.start, self.end)

    @property
    def start(self) -> Instant | None:
        return _instant("since", self.since)

    @property
    def end(self) -> Instant | None:
        return _instant("until", self.until)


def _chosen(given: PlanOptions) -> _Options:
    refuse_unknown("a plan of partitions", given, PlanOptions.__annotations__)
    return _Options(**given)


async def partitions_of(
    orchestrator: Orchestrator,
    queries: Exported,
    *,
    connection: str = "env",
    **options: Unpack[PlanOptions],
) -> list[Partition]:
    """Cut the lists of these queries of a client into partitions that meet; the options are those of `PlanOptions`.

    ``connection`` names how the processes that read them reach the same tenant. A list in an order of its own, with ``top`` or
    ``skip`` is one partition, best effort. Raises QueryError for a query that another process could not ask again.
    """
    chosen = _chosen(options)
    Connection(connection)
    lists = await with_folders(named_lists(queries))
    for each in lists:
        _check(orchestrator, each)
    date = await date_of(lists[0], lambda: dt.datetime.now(dt.UTC))
    settings = orchestrator._channel.settings  # noqa: SLF001 - one package
    end = settled_until(date, lag=settings.settle_lag, tie_unit=settings.tie_unit)
    settled = end if chosen.end is None else min(end, chosen.end)
    read_at = str(settled_until(date, lag=dt.timedelta(0), tie_unit=1))
    own = chosen_in(attrs.evolve(settings, read_only=False))
    planned: list[Partition] = []
    for each in lists:
        plan = ListPlan(
            each=each,
            target=chosen.target_rows,
            since=chosen.start,
            until=chosen.end,
            settled=settled,
            facts={"connection": connection, "settings": own, "read_at": read_at},
        )
        of_list = await plan.partitions()
        if of_list[0].list_id in {other.list_id for other in planned}:
            raise QueryError(f"{each.query!r} is named twice, and its rows would be too: name it once")
        planned += of_list
    return laned(planned, chosen.lanes)


def partitions(
    connection: Connection | str,
    sets: str | Sequence[str],
    *,
    filter: str | None = None,  # noqa: A002 - the word of OData
    select: Sequence[str] = (),
    all_folders: bool = False,
    **options: Unpack[PlanOptions],
) -> list[Partition]:
    """Cut sets, by the names of the API, into partitions; in any thread, with or without a loop.

    ``filter`` and ``select`` hold wire names. ``all_folders`` reads each folder that the account sees, and adds
    ``_folder_id`` and ``_folder_path`` to the rows. The other options are those of `PlanOptions`. Raises what `partitions_of`
    raises, and QueryError for a name that is not known.
    """
    place = Connection.named(connection)
    names = _names_in(sets)
    if filter is not None and not isinstance(cast("object", filter), str):
        raise QueryError(f"filter is a text, not {filter!r}: give partitions_of() a query for expressions")
    _chosen(options)
    selection = Selection(select=(select,) if isinstance(select, str) else tuple(select), expand=_AS_IT_IS)
    process = process_loop()
    client = process.client(place)

    def query_in(name: str, folder: FolderClient) -> BoundQuery[Any, Any]:
        found = entity_set(EntitySets.of(folder), name)
        query = selection.of(found)
        return query if filter is None else query.filter(condition_of(found.__entity__, filter))

    for name in names:
        query_in(name, client)

    async def planned() -> list[Partition]:
        if all_folders:
            lists = await in_all_folders(client, [functools.partial(query_in, name) for name in names])
        else:
            lists = [ExportList(name, query_in(name, client)) for name in names]
        return await partitions_of(client, lists, connection=place.name, **options)

    return process.run(planned())


def _names_in(sets: str | Sequence[str]) -> list[str]:
    names = [sets] if isinstance(sets, str) else [*(sets or ())]
    if not names or not all(isinstance(cast("object", name), str) for name in names):
        raise QueryError(f"no set is named by {sets!r}: name one or several, such as RobotLogs")
    return names


_AS_IT_IS: Final = ("none",)


def _check(orchestrator: Orchestrator, each: ExportList) -> None:
    """Refuse what another process could not ask again."""
    source = each.query.__source__
    if source.channel.sender is not orchestrator._channel.sender:  # noqa: SLF001 - one package
        raise QueryError(f"{each.query!r} is of another client: plan the lists of each tenant with its own")
    if not source.operation.name.endswith(".list") or source.keys or source.parameters:
        raise QueryError(
            f"{source.operation.name} is a function and not an entity set: read it in this process, or plan the set that it lists"
        )
    if each.privacy != type(each.privacy)():
        raise QueryError("what an export keeps from others does not travel: select the columns instead")
    entity_set(EntitySets(source.channel), source.operation.name.removesuffix(".list"))


def _instant(name: str, given: Any) -> Instant | None:
    if given is None or isinstance(given, Instant):
        return given
    if isinstance(given, dt.datetime):
        return Instant.from_datetime(given)
    found = instant_in(name, given)
    if ":" in given and not Instant.has_zone(given):
        raise QueryError(f"{name}={given!r} has no time zone: add one, for example {given}Z")
    return found
