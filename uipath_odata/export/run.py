"""Write the rows of a query into a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias

import attrs
import orjson

from uipath_odata.bound_query import BoundQuery
from uipath_odata.errors import ExportError, OrchestratorError, QueryError
from uipath_odata.export.new_file import NewFile
from uipath_odata.paging.plan import Row
from uipath_odata.stream import Report, Stream

__all__ = ["Format", "Run", "export", "exporting"]

Format: TypeAlias = Literal["jsonl"]


@attrs.define(eq=False)
class Run:
    """An export while it runs: ``async for report in run`` drives it, one report for each page that was written."""

    _stream: Stream[Row]
    _file: NewFile
    _is_complete: bool = attrs.field(default=False, init=False)
    partial: Path | None = attrs.field(default=None, init=False)
    """Where the rows before an error are."""

    @property
    def report(self) -> Report:
        """Say what was read so far and, behind the last page, whether that is proven to be everything."""
        return self._stream.report

    @property
    def is_complete(self) -> bool:
        """Whether the last page was written."""
        return self._is_complete

    async def __aiter__(self) -> AsyncIterator[Report]:
        async for page in self._stream.pages():
            self._file.write(_lines(page))
            yield self.report
        self._is_complete = True


async def export(
    query: BoundQuery[Any, Any],
    destination: str | PathLike[str],
    format: Format = "jsonl",  # noqa: A002 - the word of every exporter
    *,
    overwrite: bool = False,
    concurrency: int | None = None,
    page_size: int | None = None,
) -> Report:
    """Write all rows of a query as sent, one JSON object a line, and give the report of how they were read.

    The file appears under its name when it is whole and on the disk, mode 0600. A read that fails behind the first
    row raises its own error and leaves the rows before it in ``{destination}.partial``; every other failure leaves
    nothing. Raises ExportError for a destination that exists or cannot be written.
    """
    options: dict[str, Any] = {"overwrite": overwrite, "concurrency": concurrency, "page_size": page_size}
    async with exporting(query, destination, format, **options) as run:
        async for _ in run:
            pass
    return run.report


@asynccontextmanager
async def exporting(
    query: BoundQuery[Any, Any],
    destination: str | PathLike[str],
    format: Format = "jsonl",  # noqa: A002 - the word of every exporter
    *,
    overwrite: bool = False,
    concurrency: int | None = None,
    page_size: int | None = None,
) -> AsyncGenerator[Run, None]:
    """Do what ``export`` does, watched and driven by iterating over the run.

    ``async with exporting(…) as run: async for report in run``. The file gets its name at the end of the block; leaving the block before the last page leaves no file.
    """
    if format != "jsonl":
        raise QueryError(f"format={format!r} is not known: write 'jsonl'")
    stream = query.dicts().stream(concurrency=concurrency, page_size=page_size)
    file = NewFile(Path(destination), overwrite)
    run = Run(stream, file)
    try:
        async with stream:
            yield run
        if run.is_complete:
            await _commit(file)
    except ExportError:
        raise
    except OrchestratorError as error:
        _keep_partial(run, file, error)
        raise
    finally:
        file.discard()


async def _commit(file: NewFile) -> None:
    """Commit without holding up the loop; a thread cannot be cancelled, so it is waited for."""
    thread = asyncio.ensure_future(asyncio.to_thread(file.commit))
    try:
        await asyncio.shield(thread)
    finally:
        await asyncio.wait([thread])


def _keep_partial(run: Run, file: NewFile, error: OrchestratorError) -> None:
    if run.report.rows:
        file.commit_partial()
        run.partial = file.partial_path
        error.add_note(f"the {run.report.rows} rows before it are in {file.partial_path}")


def _lines(rows: Sequence[Row]) -> bytes:
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
