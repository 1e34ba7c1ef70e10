"""Refuse options that do not go together, before anything is touched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from uipath_odata.errors import QueryError
from uipath_odata.export.incremental.details import has_details
from uipath_odata.export.lists import ExportList
from uipath_odata.export.options import Options
from uipath_odata.export.parts.file_layout import FileLayout
from uipath_odata.export.places.place import Place

__all__ = ["validate", "validate_files", "validate_one_query_a_set", "validate_shrinking", "validate_table"]


def validate(place: Place, lists: Sequence[ExportList], options: Options) -> None:
    """Raise QueryError where the place or the options do not go with the lists."""
    validate_files(place, options)
    if place.file is not None and (len(lists) > 1 or options.since or options.partition_by):
        raise QueryError(
            f"{place.file} is one file: several sets or folders, since=last and partition_by take a directory, name one"
        )
    if options.with_details and not any(has_details(each.query) for each in lists):
        names = ", ".join(dict.fromkeys(each.entity_set for each in lists))
        raise QueryError(f"{names} have no Id to ask for each row by: export them without details")
    if "folder" in options.partition_by and not any(each.folder for each in lists):
        raise QueryError(
            "partition_by 'folder' needs lists that know their folder: take those of all folders"
        )


def validate_files(place: Place, options: Options) -> None:
    """Raise QueryError for an option that is for files of another format, or for those of another place."""
    options.check_format(place.format)
    if options.mode is not None and place.url is not None:
        raise QueryError(
            f"mode= is for local files, and {place.name} has rights of its own: set them there, and leave it out"
        )


def validate_shrinking(sets: Collection[str], options: Options) -> None:
    """Raise QueryError for a set that may shrink and is not exported."""
    if unknown := [name for name in options.allow_shrink if name not in sets]:
        raise QueryError(
            f"allow_shrink={unknown[0]} is not exported here: name one of {', '.join(sorted(sets))}"
        )


def validate_table(place: Place, options: Options, *, overwrite: bool = False) -> None:
    """Raise QueryError where tables cannot be made of what is exported, or their library is not installed."""
    table = options.table
    if table is None:
        return
    if place.file is not None or place.format != "parquet":
        raise QueryError(
            f"table={table} is made of the parts of a lake: take format=parquet and name a directory"
        )
    if options.timestamps != "us":
        raise QueryError("timestamps=ns are more than a table holds: leave it out, or table=")
    if overwrite:
        raise QueryError(
            "overwrite and table exclude each other: overwrite the lake, remove its tables, then export without it"
        )
    if table.kind == "delta" and _is_within(table.root, place):
        raise QueryError(f"table={table} lies in the lake {place.name}: name a place outside of it")
    table.require()


def _is_within(root: str, place: Place) -> bool:
    if place.url is not None or "://" in root:
        return f"{root}/".startswith(f"{place.url or place.state}/")
    return Path(root).resolve().is_relative_to(place.state.resolve())


def validate_one_query_a_set(layouts: Sequence[FileLayout]) -> None:
    """Raise QueryError where the lists of a set ask for other things, which a job would not tell apart."""
    described = dict[str, Any]()
    for layout in layouts:
        each, facts = layout.each, layout.describe()
        if described.setdefault(each.entity_set, facts) != facts:
            raise QueryError(
                f"{each.entity_set} are asked for in several ways: export each to a directory of its own"
            )
