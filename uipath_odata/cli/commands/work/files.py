"""``uipath-odata files``: files of storage buckets."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, Unpack

import click

from uipath_odata.cli.commands.work.rows_shown import Form, row_shown
from uipath_odata.cli.connection import ConnectionOptions, client_variables, connecting, connection, in_folder
from uipath_odata.cli.printable import form_of
from uipath_odata.cli.runner import exit_on_error, run
from uipath_odata.cli.sections import SectionedGroup
from uipath_odata.client import Orchestrator
from uipath_odata.workflows.bucket import BucketHandle

__all__ = ["files"]

_WIDTHS: Final = (48, 12, 0)
_FOLDER = click.option(
    "--folder", metavar="FOLDER", help="Digits are its id, a GUID its key, other text its path."
)


@click.group(cls=SectionedGroup)
def files() -> None:
    """List, read and write files of buckets."""


@files.command(short_help="List the files of a bucket.")
@click.argument("bucket")
@click.argument("prefix", default="")
@connecting
@_FOLDER
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), help="[table on a terminal, else json]"
)
def ls(
    bucket: str, prefix: str, folder: str | None, form: Form | None, **options: Unpack[ConnectionOptions]
) -> None:
    """List the files of BUCKET whose names begin with PREFIX."""

    async def listed(handle: BucketHandle) -> None:
        chosen = form_of(form)
        async for file in handle.files(prefix):
            facts = {"name": file.name, "size": file.size, "last_modified": file.last_modified}
            row_shown(chosen, facts, _WIDTHS)

    _with_bucket(bucket, folder, options, listed)


@files.command("get", short_help="Write a file of a bucket to the disk.")
@click.argument("bucket")
@click.argument("name")
@click.argument("to", type=click.Path(path_type=Path), default=".")
@connecting
@_FOLDER
@click.option("--overwrite", is_flag=True, help="Take the place of a file that is there.")
def get_(
    bucket: str,
    name: str,
    to: Path,
    folder: str | None,
    overwrite: bool,
    **options: Unpack[ConnectionOptions],
) -> None:
    """Write the file NAME of BUCKET to the disk, into this directory unless TO is given."""

    async def got(handle: BucketHandle) -> None:
        done = await handle.download(name, to, overwrite=overwrite)
        click.echo(str(done.path))

    _with_bucket(bucket, folder, options, got)


@files.command(short_help="Write a file into a bucket.")
@click.argument("bucket")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("name", required=False)
@connecting
@_FOLDER
@click.option(
    "--content-type", metavar="TYPE", help="Such as application/pdf; guessed from the name unless given."
)
def put(
    bucket: str,
    source: Path,
    name: str | None,
    folder: str | None,
    content_type: str | None,
    **options: Unpack[ConnectionOptions],
) -> None:
    """Write the file SOURCE into BUCKET, under its own name unless NAME is given, in the place of what is there."""

    async def stored(handle: BucketHandle) -> None:
        await handle.upload(name or source.name, source, content_type=content_type)

    _with_bucket(bucket, folder, options, stored)


def _with_bucket(
    bucket: str,
    folder: str | None,
    options: ConnectionOptions,
    act: Callable[[BucketHandle], Awaitable[None]],
) -> None:
    with exit_on_error():
        client = Orchestrator.from_env(client_variables(options), **connection(options))

        async def acted() -> None:
            async with client:
                await act(in_folder(client, folder).bucket(bucket))

        sys.exit(run(acted()))
