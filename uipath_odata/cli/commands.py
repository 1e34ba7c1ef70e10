"""The commands and their options."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from uipath_odata.cli.connection import connecting, connection, in_folder, variables
from uipath_odata.cli.doctor import doctor
from uipath_odata.cli.entity_sets import entity_set, name_of
from uipath_odata.cli.exports import FAILED, Task, export_all, files_for
from uipath_odata.cli.login_commands import login, logout, whoami
from uipath_odata.cli.progress import Mode, showing
from uipath_odata.cli.running import complain, failing, run
from uipath_odata.cli.selection import Selection
from uipath_odata.client import Orchestrator

__all__ = ["uipath_odata"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="uipath-odata")
def uipath_odata() -> None:
    """Read UiPath Orchestrator: every row, once."""


@uipath_odata.command()
@click.argument("entity_sets", metavar="ENTITY_SET...", nargs=-1, required=True)
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="A file that ends in .jsonl for one set; else a directory, with a file for each set.",
)
@click.option(
    "--format", type=click.Choice(["jsonl"]), default="jsonl", help="One JSON object a line, as sent."
)
@click.option("--overwrite", is_flag=True, help="Replace existing files.")
@click.option("--filter", metavar="TEXT", help="An OData $filter.")
@click.option("--select", metavar="NAMES", help="Properties, by wire name, with commas between them.")
@click.option(
    "--since", metavar="TIME", help="From this TimeStamp or CreationTime on (UTC): 2024-05-14[T06:00:00Z]."
)
@click.option("--until", metavar="TIME", help="Before this TimeStamp or CreationTime.")
@click.option(
    "--folder", metavar="ID|PATH|KEY", help="Digits are a folder's id, a GUID its key, other text its path."
)
@click.option(
    "--concurrency", type=click.IntRange(1), metavar="N", help="Pages at once, where a plan can [4]."
)
@click.option(
    "--page-size", type=click.IntRange(1), metavar="N", help="Rows a request [1000, QueueItems 100]."
)
@click.option(
    "--progress", type=click.Choice(["rich", "json", "none"]), help="[rich on a terminal, else json]"
)
@connecting
def export(entity_sets: tuple[str, ...], **options: Any) -> None:
    """Write all rows of entity sets into files, one JSON object a line.

    A file appears under its name when it is whole. Exit codes: 0 complete, 1 nothing was exported, 3 only a part
    was (a set failed beside others, or FILE.partial holds the rows before an error), 130 interrupted.

    Credentials come from the environment: UIPATH_ACCESS_TOKEN, or UIPATH_CLIENT_ID with UIPATH_CLIENT_SECRET and
    UIPATH_SCOPE, or UIPATH_CLIENT_ID with UIPATH_USER_KEY, or UIPATH_PAT (UIPATH_TOKEN_URL where the tokens are
    elsewhere); or else from uipath-odata login.
    UIPATH_ODATA_SETTINGS names what  uipath-odata doctor --save  wrote.
    """
    with failing():
        sys.exit(run(_export(entity_sets, options)))


@uipath_odata.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=0, metavar="N", help="[any free one]")
@click.option("--seed", type=click.Choice(["demo", "none"]), default="demo", help="What it holds [demo].")
@click.option("--samples", is_flag=True, help="Answer what has no behaviour with samples, instead of 501.")
def emulator(port: int, seed: str, samples: bool) -> None:
    """Serve a local Orchestrator on 127.0.0.1 until Ctrl-C."""
    from uipath_odata.cli.emulator import serve_until_interrupted  # noqa: PLC0415 - the emulator is another extra

    try:
        run(serve_until_interrupted(port, seed, samples=samples))
    except OSError as error:
        complain(f"Port {port} cannot be served, {error.strerror}: name another --port")
        sys.exit(FAILED)


@uipath_odata.command()
@click.option("--rows", type=click.IntRange(1), hidden=True)
def demo(rows: int | None) -> None:
    """See 50,000 RobotLogs read in three ways, from a local Orchestrator whose tokens expire."""
    from uipath_odata.cli.demo import demonstrate  # noqa: PLC0415 - the emulator is another extra

    sys.exit(run(demonstrate(rows)))


async def _export(names: tuple[str, ...], options: dict[str, Any]) -> int:
    select = tuple(name.strip() for name in (options["select"] or "").split(",") if name.strip())
    selection = Selection(
        filter=options["filter"], select=select, since=options["since"], until=options["until"]
    )
    mode: Mode = options["progress"] or ("rich" if sys.stderr.isatty() else "json")
    client = Orchestrator.from_env(variables(options), read_only=True, **connection(options))
    async with client as orchestrator:
        scope = in_folder(orchestrator, options["folder"])
        sets = [entity_set(scope, name) for name in dict.fromkeys(names)]
        files = files_for([name_of(each) for each in sets], options["output"])
        tasks = [
            Task(name_of(each), selection.of(each), file) for each, file in zip(sets, files, strict=True)
        ]
        chosen = {name: options[name] for name in ("overwrite", "concurrency", "page_size", "format")}
        with showing(mode) as show:
            return await export_all(tasks, show, complain, **chosen)


for each in (doctor, login, logout, whoami):
    uipath_odata.add_command(each)
