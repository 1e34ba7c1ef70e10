"""``uipath-odata call``: any endpoint."""

from __future__ import annotations

import sys
from typing import Unpack

import click
import orjson

from uipath_odata.cli.commands.work.json_input import json_input
from uipath_odata.cli.connection import ConnectionOptions, client_variables, connecting, connection, in_folder
from uipath_odata.cli.runner import exit_on_error, run
from uipath_odata.cli.sections import SectionedCommand
from uipath_odata.client import Orchestrator
from uipath_odata.errors import DecodeError, QueryError
from uipath_odata.transport.request import Response

__all__ = ["call"]


class _CallOptions(ConnectionOptions):
    """What else the command line says."""

    folder: str | None
    read_only: bool


@click.command(cls=SectionedCommand)
@click.argument("method")
@click.argument("path")
@click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Of the query; any number of times."
)
@click.option(
    "--json", "json_", metavar="JSON|FILE|-", help="The body: a JSON text, a file, or standard input."
)
@click.option(
    "--folder", metavar="ID|PATH|KEY", help="Digits are its id, a GUID its key, other text its path."
)
@click.option("--read-only", is_flag=True, help="Refuse all but GET and HEAD.")
@connecting
def call(
    method: str, path: str, params: tuple[str, ...], json_: str | None, **options: Unpack[_CallOptions]
) -> None:
    """Send a request below the base URL and write its answer: call GET /odata/HttpTriggers --param '$top=5'.

    GET, HEAD, PUT and DELETE are repeated where that helps; POST and PATCH never after they may have arrived.
    """
    with exit_on_error():
        body = None if json_ is None else json_input(json_, "--json")
        given = [_pair(each) for each in params]
        client = Orchestrator.from_env(
            client_variables(options), read_only=options["read_only"], **connection(options)
        )
        query = {name: [value for other, value in given if other == name] for name, _ in given}

        async def send() -> None:
            async with client:
                scope = in_folder(client, options["folder"])
                _show(await scope.request(method, path, params=query, json=body))

        sys.exit(run(send()))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise QueryError(f"--param {text!r} is not NAME=VALUE: write it such as '$top=5'")
    return name, value


def _show(answer: Response) -> None:
    """Write the body as it came, JSON with indents on a terminal."""
    if sys.stdout.isatty():
        try:
            text = orjson.dumps(answer.json(), option=orjson.OPT_INDENT_2, default=str).decode()
            click.echo(text)
        except DecodeError:
            click.echo(f"HTTP {answer.status}, {len(answer.body)} bytes that are not JSON")
        return
    click.echo(answer.body, nl=False)
