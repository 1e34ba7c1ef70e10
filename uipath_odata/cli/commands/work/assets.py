"""``uipath-odata assets``: values of assets."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any, Unpack

import click
import orjson

from uipath_odata.cli.commands.work.rows_shown import Form
from uipath_odata.cli.connection import ConnectionOptions, client_variables, connecting, connection, in_folder
from uipath_odata.cli.printable import form_of
from uipath_odata.cli.runner import exit_on_error, run
from uipath_odata.cli.sections import SectionedGroup
from uipath_odata.client import Orchestrator
from uipath_odata.errors import QueryError
from uipath_odata.workflows.asset import AssetHandle
from uipath_odata.workflows.asset_values import CREDENTIALS, AssetValue

__all__ = ["assets"]

_TRUTHS = {"true": True, "false": False}


@click.group(cls=SectionedGroup)
def assets() -> None:
    """Read and set values of assets."""


def _owned(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which folder's asset and whose value is meant."""
    for option in (
        click.option("--robot", metavar="ROBOT", help="The value of this robot's own, by id or name."),
        click.option("--machine", metavar="MACHINE", help="With --user: their value on this machine."),
        click.option("--user", metavar="USER", help="The value of this user's own, by id or name."),
        click.option(
            "--folder", metavar="FOLDER", help="Digits are its id, a GUID its key, other text its path."
        ),
        connecting,
    ):
        command = option(command)
    return command


class _Owned(ConnectionOptions):
    """What the options say that every command on an asset has."""

    user: str | None
    machine: str | None
    robot: str | None


@assets.command("get", short_help="Show the value of an asset.")
@click.argument("name")
@_owned
@click.option(
    "--robot-key", metavar="KEY", help="What the robot with this licence key gets, secrets included."
)
@click.option("--secrets", is_flag=True, help="Show passwords and secrets.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), help="[table on a terminal, else json]"
)
def get_(
    name: str,
    folder: str | None,
    robot_key: str | None,
    secrets: bool,
    form: Form | None,
    **options: Unpack[_Owned],
) -> None:
    """Show the value of the asset NAME, by its kind; of a credential, user name and password."""
    owner = _owner(options)

    async def shown(asset: AssetHandle) -> None:
        kind = (await asset.details()).value_type
        if (kind in CREDENTIALS or kind == "Secret") and not secrets:
            raise QueryError(f"{name} is a {kind}: --secrets shows it")
        value: Any = await asset.value(robot_key=robot_key, **owner) if kind not in CREDENTIALS else None
        if kind in CREDENTIALS:
            credential = await asset.credential(robot_key=robot_key)
            value = {"username": credential.username, "password": credential.password}
        click.echo(
            value if form_of(form) == "table" and isinstance(value, str) else orjson.dumps(value).decode()
        )

    _with_asset(name, folder, options, shown)


@assets.command("set", short_help="Set the value of an asset.")
@click.argument("name")
@click.argument("value", required=False)
@_owned
@click.option("--username", metavar="TEXT", help="Of a credential.")
def set_(
    name: str,
    value: str | None,
    folder: str | None,
    username: str | None,
    **options: Unpack[_Owned],
) -> None:
    """Set the asset NAME to VALUE, read by the asset's kind: a text, a whole number, true or false, pairs as JSON.

    Secrets and passwords are no arguments, which others on this machine can see: they are asked for, or read from standard
    input.
    """
    owner = _owner(options)

    async def change(asset: AssetHandle) -> None:
        kind = (await asset.details()).value_type
        if kind in CREDENTIALS:
            if value is not None or username is None:
                raise QueryError(
                    f"{name} is a credential: give --username, and the password when it is asked for"
                )
            await asset.set_credential(username, _secret("Password"), **owner)
        elif kind == "Secret":
            if value is not None:
                raise QueryError(f"{name} is a secret: give it when it is asked for, or on standard input")
            await asset.set(_secret("Secret"), **owner)
        elif value is None:
            raise QueryError(f"{name} takes a value: write it after the name")
        else:
            await asset.set(_typed(kind, value), **owner)

    _with_asset(name, folder, options, change)


def _with_asset(
    name: str, folder: str | None, options: ConnectionOptions, act: Callable[[AssetHandle], Awaitable[None]]
) -> None:
    with exit_on_error():
        client = Orchestrator.from_env(client_variables(options), **connection(options))

        async def acted() -> None:
            async with client:
                await act(in_folder(client, folder).asset(name))

        sys.exit(run(acted()))


def _owner(options: _Owned) -> dict[str, int | str | None]:
    said = {"user": options["user"], "machine": options["machine"], "robot": options["robot"]}
    return {
        name: int(text) if text and text.isascii() and text.isdigit() else text for name, text in said.items()
    }


def _typed(kind: str | None, text: str) -> AssetValue:
    """Read a value as the kind has it; return other text as it is, for the asset to refuse."""
    if kind == "Integer":
        try:
            return int(text)
        except ValueError:
            return text
    if kind == "Bool":
        return _TRUTHS.get(text.lower(), text)
    if kind == "KeyValueList":
        try:
            pairs: AssetValue = orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
        return pairs
    return text


def _secret(what: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(what, hide_input=True, err=True))
    secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise QueryError(f"{what}: nothing came on standard input; write it there")
    return secret
