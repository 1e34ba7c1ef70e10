"""What one export is asked for by names and texts: its lists, its options, its place."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from typing import TYPE_CHECKING, Any, Final

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.export.folders import in_folders
from uipath_odata.export.formats import Shape
from uipath_odata.export.formats.delimiter import DELIMITER
from uipath_odata.export.lists import ExportList, mode_of
from uipath_odata.export.options import Options
from uipath_odata.export.places.mode import mode_in
from uipath_odata.export.places.place import place_of, without_login
from uipath_odata.export.privacy.privacy import Privacy
from uipath_odata.export.reports.report_files import ReportFiles
from uipath_odata.export.run_files.entity_sets import entity_set, name_of
from uipath_odata.export.run_files.selection import Selection
from uipath_odata.export.run_files.tables import ExportTable
from uipath_odata.export.validation import validate_files, validate_table
from uipath_odata.local.log_line import log_line
from uipath_odata.resources.entity_sets import log_place
from uipath_odata.workflows.seen_folders import folder_named

if TYPE_CHECKING:
    from uipath_odata.client import FolderClient, Orchestrator
    from uipath_odata.export.exporting import DestinationOptions

__all__ = ["HASH_KEY", "ExportChoice"]

_log: Final = logging.getLogger("uipath_odata.export")
HASH_KEY: Final = "UIPATH_ODATA_HASH_KEY"
"""The variable that holds the key of ``hash``."""

_SWEEP: Final = "_ids"
_OF_FILES: Final = ("state", "single_file", "overwrite", "table", "mode", "report", "metrics")
_PASSED_ON: Final = [
    "with_details",
    "mirror",
    "state",
    "table",
    "single_file",
    "raw_csv",
    "timestamps",
    "delimiter",
    "replace_surrogates",
    "part_rows",
    "concurrency",
    "parallel",
    "page_size",
    "overwrite",
]


@attrs.frozen
class ExportChoice:
    """One export, as a run file or a command writes it; ``hash_key`` is the key of ``hash``."""

    table: ExportTable
    hash_key: bytes | None = attrs.field(default=None, repr=False)

    @property
    def selection(self) -> Selection:
        """The rows and columns of each set. Raise QueryError where they do not go together."""
        table = self.table
        return Selection(
            filter=table.filter,
            select=_names(table.select),
            expand=_names(table.expand),
            since=None if table.since == "last" else table.since,
            until=table.until,
        )

    @property
    def report_files(self) -> ReportFiles:
        """The files that the run leaves of itself."""
        return ReportFiles(self.table.report, self.table.metrics)

    @property
    def finds_folders(self) -> bool:
        """Whether the folders are those that the account sees, and not named one by one."""
        return bool(self.table.all_folders) or any("*" in folder for folder in self._folders)

    async def lists(self, orchestrator: Orchestrator) -> list[ExportList]:
        """Return the lists, after asking for the folders where several are wanted. Raise QueryError for unknown names."""
        folders = self._folders
        selection, sets = self.selection, dict.fromkeys(self.table.sets)
        if self.finds_folders or len(folders) > 1:
            makers = [functools.partial(_selected, selection, name) for name in sets]
            lists = await in_folders(orchestrator, makers, folders or ("**",))
        else:
            scope = _scope(orchestrator, folders[0] if folders else None)
            lists = [
                ExportList(name_of(entity_set(scope, name)), _selected(selection, name, scope))
                for name in sets
            ]
        swept = [each for each in lists if self.table.sweep and _is_merged(each)]
        if self.table.sweep and not swept:
            names, place = ", ".join(sets), log_place(orchestrator)
            log_line(
                _log,
                logging.WARNING,
                place,
                "sweep adds nothing to %s: it is for Jobs, Tasks and QueueItems",
                names,
            )
        ids = [
            attrs.evolve(each, entity_set=f"{each.entity_set}{_SWEEP}", query=selection.ids_of(each.query))
            for each in swept
        ]
        return [*lists, *ids]

    @staticmethod
    def check_place(output: str) -> None:
        """Raise QueryError for a place that ends with the process, which a command has no use for."""
        if output.partition("://")[0].rpartition("::")[2] == "memory" and "://" in output:
            raise QueryError(
                f"{without_login(output)} is gone when the command ends: name a directory or a bucket"
            )

    def check_table(self, output: str) -> None:
        """Raise QueryError where tables do not go with a place or the options."""
        table = self.table
        if table.table is not None:
            place = place_of(output, table.format, single_file=table.single_file, state=table.state)
            options = Options(table=table.table, timestamps=table.timestamps or "us")
            validate_table(place, options, overwrite=bool(table.overwrite))

    def check_format(self, output: str) -> None:
        """Raise QueryError where an option is for another format than that of the place."""
        table = self.table
        place = place_of(output or "-", table.format, single_file=table.single_file, state=table.state)
        options = Options(
            delimiter=DELIMITER if table.delimiter is None else table.delimiter,
            replace_surrogates=bool(table.replace_surrogates),
            raw_csv=bool(table.raw_csv),
            timestamps=table.timestamps or "us",
            mode=self._mode,
        )
        validate_files(place, options)
        for name in _OF_FILES if output == "-" else ():
            if getattr(table, name):
                raise QueryError(
                    f"{name}= is for exports to files, and standard output has none: leave it out"
                )

    def check(self, orchestrator: Orchestrator) -> None:
        """Raise QueryError for what is wrong with the sets, their rows or the options, without asking anything."""
        table, shapes = self.table, list[Shape]()
        for folder in self._folders or (None,):
            scope = _scope(orchestrator, None if folder and "*" in folder else folder)
            for name in table.sets:
                query = _selected(self.selection, name, scope)
                query.stream(concurrency=table.concurrency, page_size=table.page_size)
                shapes.append(Shape.of(query.query))
        self._privacy.among(shapes)
        places = {"state", "single_file", "overwrite"}
        options: Any = {name: value for name, value in self.options().items() if name not in places}
        Options(**options)

    def options(self) -> DestinationOptions:
        """Return the options of the export. Raise QueryError where they do not go together."""
        table = self.table
        chosen: Any = {name: getattr(table, name) for name in _PASSED_ON if getattr(table, name) is not None}
        if table.since == "last":
            chosen["since"] = "last"
        for name in ("look_back", "final_after"):
            days = getattr(table, name)
            if days is not None and days < 0:
                raise QueryError(f"{name}={days} is not a number of days: give 0 or more")
            if days is not None and table.since != "last":
                raise QueryError(f"{name}= needs since=last: without it everything is read")
            chosen |= {} if days is None else {name: dt.timedelta(days=days)}
        if table.mode is not None:
            chosen["mode"] = self._mode
        if table.allow_shrink:
            if table.since != "last":
                raise QueryError("allow_shrink= needs since=last: without it nothing shrinks")
            chosen["allow_shrink"] = self._allowed
        chosen["partition_by"] = _names(table.partition_by)
        chosen["privacy"] = self._privacy
        options: DestinationOptions = chosen
        return options

    @property
    def _folders(self) -> tuple[str, ...]:
        folders = _several(self.table.folders)
        if self.table.all_folders and folders:
            raise QueryError("folder= and all_folders= exclude each other: name one of them")
        return folders

    @property
    def _allowed(self) -> tuple[str, ...]:
        allowed = _names(self.table.allow_shrink)
        for name in allowed:
            if name.removesuffix(_SWEEP) not in self.table.sets:
                raise QueryError(
                    f"allow_shrink={name} is not exported here: name one of {', '.join(self.table.sets)}"
                )
        return allowed

    @property
    def _mode(self) -> int | None:
        return None if self.table.mode is None else mode_in(self.table.mode)

    @property
    def _privacy(self) -> Privacy:
        table = self.table
        if table.hash and not self.hash_key:
            raise QueryError(
                f"hash= needs a key, without which anyone finds a value by trying: set {HASH_KEY} to a long "
                "random text, and to the same one in later runs"
            )
        return Privacy(
            drop=_names(table.drop),
            hash=_names(table.hash),
            key=self.hash_key,
            include_secrets=bool(table.include_secrets),
        )


def _scope(orchestrator: Orchestrator, folder: str | None) -> FolderClient:
    return orchestrator if folder is None else orchestrator.folder(**folder_named(folder))


def _selected(selection: Selection, name: str, scope: FolderClient) -> Any:
    return selection.of(entity_set(scope, name))


def _is_merged(each: ExportList) -> bool:
    """Whether rows of later runs stand next to older ones of the same Id, which may be gone since."""
    return mode_of(each.query, each.entity_set) in {"modified", "open"}


def _several(named: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else tuple(named or ())


def _names(named: Any) -> tuple[str, ...]:
    """Return names that are one text, with commas between them, or several."""
    return tuple(name.strip() for text in _several(named) for name in text.split(",") if name.strip())
