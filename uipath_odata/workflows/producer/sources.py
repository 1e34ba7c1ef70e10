"""Read rows from anything that has rows, one chunk at a time."""

from __future__ import annotations

import importlib
import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

from uipath_odata.errors import QueryError
from uipath_odata.local.threads import in_thread
from uipath_odata.workflows.producer.files import read_csv, read_jsonl
from uipath_odata.workflows.producer.new_item import Row

__all__ = ["ArrowTable", "Rows", "Source", "open_source"]


@runtime_checkable
class ArrowTable(Protocol):
    """Whatever gives an Arrow stream: tables and readers of pyarrow, frames of polars, pandas and DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


Rows: TypeAlias = Iterable[Row] | AsyncIterable[Row] | ArrowTable | str | os.PathLike[str]
"""Rows as dicts, the path of a .csv or .jsonl file, or an Arrow table."""

_READERS: Mapping[str, Callable[[Path], Iterator[Row]]] = {
    ".csv": read_csv,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
}


class Source:
    """Rows with their numbers, from 1."""

    def __init__(self, take: Callable[[int], Any]) -> None:
        self._take = take
        self._given = 0
        self._ahead: list[Row] = []

    async def ahead(self, count: int) -> list[Row]:
        """Return the next rows, at most ``count``, which stay to be taken."""
        self._ahead += await self._take(count - len(self._ahead))
        return self._ahead[:count]

    async def take(self, count: int) -> list[tuple[int, Row]]:
        """Return the next rows, at most ``count``; an empty list is their end."""
        rows, self._ahead = self._ahead[:count], self._ahead[count:]
        if not rows:
            rows = await self._take(count)
        first = self._given + 1
        self._given += len(rows)
        return list(enumerate(rows, first))


def open_source(rows: Rows) -> Source:
    """Return the rows of a source. Raise QueryError for what has none."""
    if isinstance(rows, str | os.PathLike):
        return Source(_beside_the_loop(_file(Path(rows))))
    if isinstance(rows, ArrowTable):
        return Source(_beside_the_loop(_arrow(rows)))
    if isinstance(rows, AsyncIterable):
        return Source(_awaited(aiter(rows)))
    if _has_rows(rows):
        return Source(_at_once(iter(rows)))
    raise QueryError(
        f"{type(rows).__name__} has no rows: give dicts, the path of a .csv or .jsonl file, or an Arrow table"
    )


def _has_rows(rows: object) -> bool:
    return isinstance(rows, Iterable) and not isinstance(rows, Mapping | bytes)


def _file(path: Path) -> Iterator[Row]:
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise QueryError(f"{path.name} is not a .csv or .jsonl file: name one, or give its rows as dicts")
    return read(path)


def _arrow(table: ArrowTable) -> Iterator[Row]:
    try:
        pyarrow: Any = importlib.import_module("pyarrow")
    except ModuleNotFoundError:
        raise QueryError('Arrow tables need pyarrow: pip install "uipath-odata[export]"') from None
    reader: Any = pyarrow.RecordBatchReader.from_stream(table)
    return (row for batch in reader for row in batch.to_pylist())


def _beside_the_loop(rows: Iterator[Row]) -> Callable[[int], Any]:
    async def take(count: int) -> list[Row]:
        return await in_thread(lambda: list(islice(rows, count)))

    return take


def _at_once(rows: Iterator[Row]) -> Callable[[int], Any]:
    async def take(count: int) -> list[Row]:
        return list(islice(rows, count))

    return take


def _awaited(rows: AsyncIterator[Row]) -> Callable[[int], Any]:
    async def take(count: int) -> list[Row]:
        taken = list[Row]()
        while len(taken) < count:
            try:
                taken.append(await anext(rows))
            except StopAsyncIteration:
                break
        return taken

    return take
