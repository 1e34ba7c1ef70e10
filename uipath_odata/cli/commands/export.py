"""``uipath-odata export``: its options, and what they ask for."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar, Unpack

import click

from uipath_odata.cli.connection import connecting
from uipath_odata.cli.exporting.report_options import REPORTS
from uipath_odata.cli.runner import exit_on_error, run
from uipath_odata.cli.sections import SectionedCommand

if TYPE_CHECKING:
    from uipath_odata.cli.exporting.export_line import ExportLine

__all__ = ["export"]

Command = TypeVar("Command", bound=Callable[..., Any])

_WHAT: Final = (
    click.option("--filter", metavar="TEXT", help="An OData $filter."),
    click.option(
        "--select",
        metavar="NAMES",
        help="Properties, by wire name, with commas between them; Robot/Name is one of a related entity.",
    ),
    click.option(
        "--expand",
        metavar="NAMES|none",
        help="Related entities whole: Robot,Machine. Jobs have the names of both; none leaves them out.",
    ),
    click.option(
        "--since",
        metavar="TIME|last",
        help="From this time on: 2024-05-14[T06:00:00Z], in UTC where it names no zone;  uipath-odata sets  names the property. last: what came or changed since "
        "the last run into the same directory, everything the first time. Rows that the server removed stay, but for sets of the mode replace; --mirror follows deletions.",
    ),
    click.option(
        "--look-back",
        type=click.IntRange(0, 36_500),
        metavar="DAYS",
        help="How far --since last looks for late and deleted rows of sets that only grow [7].",
    ),
    click.option(
        "--final-after",
        type=click.IntRange(0, 36_500),
        metavar="DAYS",
        help="Failed and abandoned queue items older than this are final for --since last, unless they are retried [30].",
    ),
    click.option(
        "--allow-shrink",
        multiple=True,
        metavar="ENTITY_SET",
        help="Let --since last lose more than 10 rows and 5 % of this set, or any row while the server shows none of the set at all, "
        "which else fails and changes nothing of it; any number of times.",
    ),
    click.option(
        "--mirror",
        is_flag=True,
        help="Follow deletions with --since last: rows that the server removed leave sets of the modes append and replace, and come once "
        "more with _deleted in those of the modes modified and open. Else they stay, but for sets of the mode replace.",
    ),
    click.option("--until", metavar="TIME", help="Before this time, of the same property."),
    click.option(
        "--folder",
        multiple=True,
        metavar="ID|PATH|KEY",
        help="Digits are a folder's id, a GUID its key, other text its path; any number of times. Finance/** is Finance "
        "and all below it. More than one folder adds columns that name them.",
    ),
    click.option(
        "--all-folders", is_flag=True, help="Every folder that the account sees, with columns that name it."
    ),
    click.option(
        "--accept-lost-folders",
        is_flag=True,
        help="Exit with 0, not 3, if the account no longer sees a folder that earlier runs read.",
    ),
    click.option(
        "--with-details", is_flag=True, help="Also read each row by its Id: lists leave arguments out."
    ),
    click.option(
        "--sweep", is_flag=True, help="Also the Ids that exist, as SET_ids: what is not there was deleted."
    ),
)
_HOW: Final = (
    click.option(
        "--format", type=click.Choice(["jsonl", "csv", "parquet"]), help="[that of the name, else jsonl]"
    ),
    click.option(
        "--single-file", is_flag=True, help="Write one JSONL or CSV file, whatever its name ends in."
    ),
    click.option(
        "--partition-by",
        metavar="date,folder",
        help="One directory per day, folder or both, named as Hive does.",
    ),
    click.option(
        "--state",
        metavar="DIR",
        help="A local directory for the journal of an export to a URL; on S3 it is stored with the data otherwise.",
    ),
    click.option(
        "--table",
        metavar="delta:ROOT|iceberg:CATALOG.NAMESPACE",
        help="Tables that get each run of a Parquet directory in one transaction per set, such as ROOT/Jobs.",
    ),
    click.option("--overwrite", is_flag=True, help="Replace an earlier export there."),
    click.option(
        "--raw-csv", is_flag=True, help="Do not guard CSV texts that spreadsheets would run as formulas."
    ),
    click.option(
        "--delimiter", metavar="SIGN", help="Between the cells of CSV: ';', '|' or a tab, for example [,]."
    ),
    click.option(
        "--replace-surrogates",
        is_flag=True,
        help="Write U+FFFD for lone surrogates in JSONL, which some readers refuse.",
    ),
    click.option(
        "--mode",
        metavar="RIGHTS",
        help="Permissions of local files, as for chmod; who may read a file may enter its directory [0600].",
    ),
    click.option(
        "--timestamps",
        type=click.Choice(["us", "ns"]),
        help="The unit of date-times in Parquet; with us, a text column has further digits [us].",
    ),
    click.option(
        "--drop",
        metavar="NAMES",
        help="Leave these properties out: RawMessage.customer, SpecificContent.Email.",
    ),
    click.option("--hash", metavar="NAMES", help="Hash these values, with the key in UIPATH_ODATA_HASH_KEY."),
    click.option(
        "--include-secrets", is_flag=True, help="Keep values of assets, credentials and connections."
    ),
    click.option("--part-rows", type=click.IntRange(1), metavar="N", help="Rows per part [50000]."),
    click.option(
        "--concurrency",
        type=click.IntRange(1),
        metavar="N",
        help="Requests of one list at the same time [4].",
    ),
    click.option(
        "--parallel", type=click.IntRange(1), metavar="N", help="Lists that are read at the same time [4]."
    ),
    click.option(
        "--page-size", type=click.IntRange(1), metavar="N", help="Rows per request [1000, QueueItems 100]."
    ),
    click.option(
        "--progress", type=click.Choice(["rich", "json", "none"]), help="[rich on a terminal, else json]"
    ),
    click.option("--explain", is_flag=True, help="Show the requests without sending them, and end."),
    click.option(
        "--estimate",
        is_flag=True,
        help="Count the rows that --output does not hold yet, say how many requests and minutes they take, and end.",
    ),
)

_SECTIONS: Final = {
    "Which rows": ("filter", "since", "until", "folder", "all_folders", "accept_lost_folders"),
    "Which columns": ("select", "expand", "with_details", "drop", "hash", "include_secrets"),
    "Nights, with --since last": ("look_back", "final_after", "allow_shrink", "mirror", "sweep", "table"),
    "Where and how": (
        "output",
        "format",
        "single_file",
        "partition_by",
        "state",
        "overwrite",
        "mode",
        "part_rows",
    ),
    "Formats": ("raw_csv", "delimiter", "replace_surrogates", "timestamps"),
    "Pace": ("concurrency", "parallel", "page_size"),
    "What it says": ("explain", "estimate", "progress", "report", "metrics"),
}


def _with(options: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    return lambda command: functools.reduce(lambda each, option: option(each), reversed(options), command)


@click.command(cls=SectionedCommand, sections=_SECTIONS)
@click.argument("entity_sets", metavar="ENTITY_SET...", nargs=-1, required=True)
@click.option(
    "--output",
    metavar="FILE|DIR|URL|-",
    help="A name that ends in .jsonl or .csv is one file; else a directory of parts, also s3://bucket/path. - is standard output.",
)
@_with(_WHAT)
@_with(_HOW)
@_with(REPORTS)
@connecting
def export(entity_sets: tuple[str, ...], **options: Unpack[ExportLine]) -> None:
    """Write all rows of entity sets to files, each row once.

    If the command is killed, run it again: it resumes after the last committed part. It changes nothing in Orchestrator.

    \b
    Exit codes:
      0   complete, also if it was complete before
      1   nothing was exported
      2   usage
      3   only some lists were exported, or a list is not proven; each is named
      75  another process exports to the same destination
      130 interrupted

    Credentials come from the environment: UIPATH_ACCESS_TOKEN, or UIPATH_CLIENT_ID with UIPATH_CLIENT_SECRET and
    UIPATH_SCOPE, or UIPATH_CLIENT_ID with UIPATH_USER_KEY, or UIPATH_PAT; otherwise from  uipath-odata login.
    UIPATH_TOKEN_URL is for tokens from another address. UIPATH_ODATA_HASH_KEY is the key of --hash.
    UIPATH_ODATA_SETTINGS is the file that  uipath-odata doctor --save  wrote.
    """  # noqa: D301 - click leaves a paragraph after a backspace as it is
    with exit_on_error():
        from uipath_odata.cli.exporting.export_line import export_as_said  # noqa: PLC0415 - help needs no client

        sys.exit(run(export_as_said(entity_sets, options)))
