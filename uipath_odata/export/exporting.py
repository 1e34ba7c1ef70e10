"""Export lists: where to, in which format, and how often."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from os import PathLike
from typing import Any, TypeAlias, Unpack

import attrs

from uipath_odata.errors import OrchestratorError, QueryError
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.events import Summary
from uipath_odata.export.folders import with_folders
from uipath_odata.export.formats import Format
from uipath_odata.export.incremental.known_changes import with_known_modes
from uipath_odata.export.incremental.run_start import RunStart
from uipath_odata.export.lists import ExportList, name_of, with_privacy
from uipath_odata.export.open_export import OpenExport, held_sets
from uipath_odata.export.options import ExportOptions, Options
from uipath_odata.export.places.place import place_of
from uipath_odata.export.privacy.privacy import Privacy
from uipath_odata.export.run import ExportRun
from uipath_odata.export.validation import validate_files, validate_shrinking, validate_table
from uipath_odata.local.threads import in_thread

__all__ = [
    "DestinationOptions",
    "Exported",
    "export",
    "exporting",
    "lists_at",
    "named_lists",
    "run_starts",
    "running",
]

Exported: TypeAlias = BoundQuery[Any, Any] | ExportList | Sequence[BoundQuery[Any, Any] | ExportList]


class DestinationOptions(ExportOptions, total=False):
    """The options of an export, and those of its destination.

    ``single_file`` says whether the destination is one file, whatever its name ends in. ``state`` is a local
    directory that keeps the journal of an export to a URL, which else lies beside the data (S3). ``overwrite`` replaces what an export left there.
    """

    single_file: bool | None
    state: str | PathLike[str] | None
    overwrite: bool


async def export(
    queries: Exported,
    destination: str | PathLike[str],
    format: Format | None = None,  # noqa: A002 - the word of every exporter
    **options: Unpack[DestinationOptions],
) -> Summary:
    """Export all rows of these queries and return a summary. A killed export resumes when it is run again.

    Takes the options of `exporting`, and raises what its run raises.
    """
    async with exporting(queries, destination, format, **options) as run:
        async for _ in run:
            pass
    return run.summary


@asynccontextmanager
async def exporting(
    queries: Exported,
    destination: str | PathLike[str],
    format: Format | None = None,  # noqa: A002 - the word of every exporter
    **options: Unpack[DestinationOptions],
) -> AsyncGenerator[ExportRun, None]:
    """Open an export. Iterating over the run does the work and yields an event for each step.

    ``destination`` is a directory, which gets a file for each part and a manifest; a file whose name ends in .jsonl or
    .csv; or a URL that fsspec reaches, whose journal lies beside the data. Killed, stopped or failed, the same export
    resumes from what is committed. Raises QueryError for options that do not go together, ExportError for a
    destination that cannot be used, ExportLocked while another process exports there.
    """
    lists = await lists_at(queries, destination, format, **options)
    async with running(_opened(lists, destination, format, **options)) as run:
        yield run


async def lists_at(
    queries: Exported,
    destination: str | PathLike[str],
    format: Format | None = None,  # noqa: A002 - the word of every exporter
    **options: Unpack[DestinationOptions],
) -> list[ExportList]:
    """Return the lists of an export, told apart by folder as the destination knows them."""
    named = named_lists(queries)
    place = place_of(destination, format, single_file=options.get("single_file"), state=options.get("state"))
    is_new = place.file is not None or options.get("overwrite")
    chosen = _chosen(**options)
    validate_files(place, chosen)
    validate_shrinking(
        {each.entity_set if isinstance(each, ExportList) else name_of(each) for each in named}, chosen
    )
    validate_table(place, chosen, overwrite=bool(options.get("overwrite")))
    is_nightly = chosen.since is not None and place.file is None
    held = {} if is_new else await in_thread(lambda: held_sets(place))
    lists = await with_folders(named, held)
    return await with_known_modes(lists, held) if is_nightly else lists


def _chosen(
    *,
    single_file: bool | None = None,
    state: str | PathLike[str] | None = None,
    overwrite: bool = False,
    **options: Unpack[ExportOptions],
) -> Options:
    del single_file, state, overwrite
    return Options.of(options)


def run_starts(
    queries: Exported,
    destination: str | PathLike[str],
    format: Format | None = None,  # noqa: A002 - the word of every exporter
    **options: Unpack[DestinationOptions],
) -> list[RunStart]:
    """Return how the same call of `exporting` would begin with each list."""
    return _opened(queries, destination, format, **options).run_starts()


@asynccontextmanager
async def running(opened: OpenExport) -> AsyncGenerator[ExportRun, None]:
    """Hold the destination of an export, and finish it once every list was read to its end."""
    async with opened.opened() as target:
        run = ExportRun(opened.list_exports(target), opened.options.parallel, opened.not_asked)
        try:
            yield run
        except OrchestratorError as error:
            if rows := sum(each.committed for each in run.summary.lists):
                error.add_note(
                    f"{rows:,} rows are safe in {opened.place.journal_name}: the same export resumes after them"
                )
            raise
        finally:
            await run.aclose()
        if run.is_complete:
            await in_thread(lambda: opened.write_tables(target))
            await in_thread(target.finish)


def _opened(
    queries: Exported,
    destination: str | PathLike[str],
    format: Format | None,  # noqa: A002 - the word of every exporter
    *,
    single_file: bool | None = None,
    state: str | PathLike[str] | None = None,
    overwrite: bool = False,
    **options: Unpack[ExportOptions],
) -> OpenExport:
    chosen = Options.of(options)
    place = place_of(destination, format, single_file=single_file, state=state)
    place = attrs.evolve(place, mode=chosen.mode)
    return OpenExport(place, _lists(queries, chosen.privacy), chosen, overwrite)


def named_lists(queries: Exported) -> list[BoundQuery[Any, Any] | ExportList]:
    """Return what was named, in a list. Raise QueryError for nothing, and for what is not a query of a client."""
    named: list[Any] = (
        [*queries] if isinstance(queries, Iterable) and not isinstance(queries, str) else [queries]
    )
    if others := [each for each in named if not isinstance(each, BoundQuery | ExportList)]:
        raise QueryError(f"{others[0]!r} is not a query of a client: name one, such as orchestrator.jobs")
    if not named:
        raise QueryError("nothing was named to export: name a query, such as orchestrator.jobs")
    return named


def _lists(queries: Exported, privacy: Privacy) -> list[ExportList]:
    named = named_lists(queries)
    lists = [each if isinstance(each, ExportList) else ExportList(name_of(each), each) for each in named]
    if wrong := next((each for each in lists if not re.fullmatch(r"\w+", each.entity_set)), None):
        raise QueryError(f"{wrong.entity_set!r} cannot name files: use letters, digits and underscores")
    keys = [each.key for each in lists]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise QueryError(f"{twice} is named twice: export each query of a set to a directory of its own")
    return with_privacy(lists, privacy)
