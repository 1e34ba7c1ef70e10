"""The bytes of a file with all rows of a list, as they come: for standard output, and for the body of an answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Unpack

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.execution.stream import Report
from uipath_odata.export.formats import Format
from uipath_odata.export.lists import ExportList, with_privacy
from uipath_odata.export.options import ExportOptions, Options
from uipath_odata.export.parts.file_layout import FileLayout, with_needed_columns
from uipath_odata.export.places.place import Place

__all__ = ["FileBytes", "file_bytes"]


@attrs.define(eq=False)
class FileBytes:
    """``async for piece in file_bytes(…)``: pieces of a file, one for each page.

    Nothing is kept and nothing resumes. A list that cannot be read to its end raises, as reading it does: what came
    before is then a part of the file.
    """

    _layouts: Sequence[FileLayout]
    _options: Options
    reports: list[Report] = attrs.field(factory=list[Report], init=False)
    """What was read, and whether it is proven; one for each list."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        writer = self._layouts[0].writer()
        for layout in self._layouts:
            row_bytes = layout.rows_read_at(None)
            stream = layout.each.query.raw(foreseen=layout.foreseen).stream(
                concurrency=self._options.concurrency, page_size=self._options.page_size
            )
            async with stream:
                async for page in stream.pages():
                    yield b"".join(writer.write(row_bytes.of(page)))
            self.reports.append(stream.report)
        yield writer.close()

    @property
    def proven(self) -> bool:
        """Whether all rows came, each once."""
        return len(self.reports) == len(self._layouts) and all(each.proven for each in self.reports)


def file_bytes(
    query: BoundQuery[Any, Any] | Sequence[ExportList],
    format: Format = "jsonl",  # noqa: A002 - the word of every exporter
    **options: Unpack[ExportOptions],
) -> FileBytes:
    """Return the bytes of one file with all rows of a query, or of one set's lists in several folders.

    Takes the options of an export, but for those of parts and nights. Raises QueryError where they do not go together.
    """
    chosen = Options.of(options)
    if chosen.since or chosen.partition_by or chosen.with_details:
        raise QueryError("since, partition_by and with_details need a directory: export to one")
    chosen.check_format(format)
    if chosen.mode is not None:
        raise QueryError("mode= is for local files, and these rows go elsewhere: leave it out")
    lists = [ExportList("rows", query)] if isinstance(query, BoundQuery) else [*query]
    place = Place(format=format, state=Path())
    layouts = [
        FileLayout(with_needed_columns(each, chosen), place, chosen)
        for each in with_privacy(lists, chosen.privacy)
    ]
    if len({(each.each.entity_set, str(each.shape.describe())) for each in layouts}) != 1:
        sets = dict.fromkeys(each.entity_set for each in lists)
        names = ", ".join(sets if len(sets) > 1 else (each.key for each in lists))
        raise QueryError(f"{names or 'nothing'} cannot be one file: name one set, or a directory")
    return FileBytes(layouts, chosen)
