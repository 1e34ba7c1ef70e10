"""An entity set as a dlt resource; how far it was read is dlt's own state, which moves only together with the rows."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from uipath_odata.engines.closed_end import closed_end
from uipath_odata.errors import QueryError
from uipath_odata.partitions import Connection, partitions, read

__all__ = ["orchestrator_set"]

_dlt: Final[Any] = importlib.import_module("dlt")


def orchestrator_set(
    name: str,
    connection: Connection | str = "env",
    *,
    filter: str | None = None,  # noqa: A002 - the word of OData
    select: Sequence[str] = (),
    target_rows: int = 500_000,
) -> Any:
    """Return a ``DltResource`` of a set, by the name that the API gives it.

    RobotLogs, which never change, are appended: each run brings those since the last one, up to the settings' ``settle_lag``
    before the server's clock. Other sets are read whole and replace their table. Raises QueryError while it is extracted for
    what ``partitions`` refuses, and for another filter or tenant than the last run had.
    """
    appended = name == "RobotLogs"

    def batches() -> Iterator[Any]:
        state: dict[str, Any] = _dlt.current.resource_state() if appended else {}
        since = state.get("until")
        planned = partitions(
            connection, name, filter=filter, select=select, target_rows=target_rows, since=since
        )
        list_read = {"url": planned[0].url, "filter": filter}
        _check(state, list_read)
        for partition in planned:
            yield from read(partition)
        if appended:
            state.update(list_read, until=closed_end(planned, since))

    disposition = "append" if appended else "replace"
    return _dlt.resource(batches, name=name, write_disposition=disposition)


def _check(state: Mapping[str, Any], list_read: Mapping[str, Any]) -> None:
    """Refuse to read on from where another list ended: its earlier rows would be missing."""
    for name, now in list_read.items():
        if (before := state.get(name, now)) != now:
            raise QueryError(
                f"the last run read {name}={before!r} and this one {name}={now!r}: give the resource another name with "
                'with_name(), or load it anew with pipeline.run(…, refresh="drop_resources")'
            )
