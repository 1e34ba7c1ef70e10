"""The options of a data source, given as texts: only known ones, each with its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import attrs
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import QueryError
from uipath_odata.export.parts.row_bytes import FOLDER
from uipath_odata.export.run_files.entity_sets import entity_set, nearest
from uipath_odata.export.run_files.selection import Selection
from uipath_odata.odata.query import Query
from uipath_odata.operations import EntitySets
from uipath_odata.partitions import Partition, partitions, schema_of
from uipath_odata.partitions.query_text import described
from uipath_odata.transport.request import Sender

__all__ = ["SourceOptions"]

_NOWHERE: Final = "http://127.0.0.1"


@attrs.frozen(kw_only=True)
class SourceOptions:
    """Which rows a data source has.

    ``set`` is the name of the API, such as RobotLogs; ``connection`` that of a `Connection`. ``filter`` is the text of a ``$filter``,
    ``select`` wire names with commas between. ``target_rows``, ``lanes`` and ``since`` are those of ``partitions()``;
    ``all_folders`` reads each folder that the account sees. ``pushdown`` sends what it can of Spark's own filters, where each of
    its queries has a plan of its own.
    """

    set: str
    connection: str = "env"
    filter: str | None = None
    select: tuple[str, ...] = ()
    target_rows: int = 500_000
    lanes: int = 1
    all_folders: bool = False
    since: str | None = None
    pushdown: bool = False

    @classmethod
    def of(cls, options: Mapping[str, str]) -> SourceOptions:
        """Read them. Raise QueryError for an option that there is not, naming the nearest, and for a value of another type."""
        known = {field.name for field in attrs.fields(cls)}
        for name in options:
            if name.lower() not in known:
                meant = nearest(name, known)
                hint = f"did you mean {meant}?" if meant else f"there are {', '.join(sorted(known))}"
                raise QueryError(f"uipath_orchestrator has no option {name!r}: {hint}")
        given = {
            name.lower(): _READERS.get(name.lower(), _text)(name, text) for name, text in options.items()
        }
        if not given.get("set"):
            raise QueryError(
                'the option set is missing: name an entity set, as in .option("set", "RobotLogs")'
            )
        return cls(**given)

    @property
    def query(self) -> Query[Any]:
        """The rows and columns, without the filter. Raise QueryError for a set or a property that there is not."""
        nobody = TenantChannel(cast("Sender", None), URL(_NOWHERE))
        found = entity_set(EntitySets(nobody), self.set)
        return Selection(select=self.select, expand=("none",)).of(found).query

    @property
    def schema(self) -> Any:
        """The pyarrow schema of the rows; no request is made."""
        folder = {column.name: "" for column in FOLDER} if self.all_folders else {}
        like = Partition(
            url=_NOWHERE, tenant="", entity_set=self.set, folder=folder, query=described(self.query),
            plan="whole", exact=False, read_at="", list_id="",
        )  # fmt: skip
        return schema_of(like)

    def partitions(self, since: str | None = None, until: str | None = None) -> list[Partition]:
        """Plan the rows, or those of an interval."""
        return partitions(
            self.connection,
            self.set,
            filter=self.filter,
            select=self.select,
            all_folders=self.all_folders,
            target_rows=self.target_rows,
            lanes=self.lanes,
            since=since or self.since,
            until=until,
        )

    def narrowed(self, pushed: str | None) -> SourceOptions:
        """Return these with a further filter."""
        both = f"({self.filter}) and {pushed}" if self.filter and pushed else self.filter or pushed
        return attrs.evolve(self, filter=both)


def _text(_name: str, text: str) -> str:
    return text


def _names(_name: str, text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise QueryError(f"the option {name} is {text!r}: give a whole number") from None


def _truth(name: str, text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise QueryError(f"the option {name} is {text!r}: write true or false")
    return text.lower() == "true"


_READERS: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "select": _names,
    "target_rows": _number,
    "lanes": _number,
    "all_folders": _truth,
    "pushdown": _truth,
}
