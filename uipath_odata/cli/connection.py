"""Which Orchestrator a command talks to, from its options and the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypedDict, TypeVar, cast

import attrs
import click

from uipath_odata.auth.environment import Trust, credentials
from uipath_odata.errors import AuthenticationFailed, QueryError
from uipath_odata.settings import Settings, load_settings
from uipath_odata.workflows.seen_folders import folder_named

if TYPE_CHECKING:
    from uipath_odata.client import FolderClient

__all__ = [
    "CONNECTION",
    "ConnectionOptions",
    "Reach",
    "client_variables",
    "connecting",
    "connection",
    "in_folder",
    "trust",
    "variables",
]

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS: Final = (
    click.option(
        "--url",
        envvar="UIPATH_URL",
        show_envvar=True,
        help="https://host/organization/tenant, or any base URL.",
    ),
    click.option(
        "--organization", envvar="UIPATH_ORGANIZATION", show_envvar=True, help="If --url does not have it."
    ),
    click.option("--tenant", envvar="UIPATH_TENANT", show_envvar=True, help="If --url does not have it."),
    click.option(
        "--ca-file",
        type=click.Path(exists=True, dir_okay=False),
        help="Certificates to trust besides the system's.",
    ),
    click.option("--trust-env", is_flag=True, help="Go through the proxy that HTTPS_PROXY names."),
    click.option(
        "--settings",
        envvar="UIPATH_ODATA_SETTINGS",
        show_envvar=True,
        type=click.Path(exists=True, dir_okay=False),
        help="What  uipath-odata doctor --save  wrote about this tenant.",
    ),
    click.option(
        "--share",
        type=click.FloatRange(0, 1, min_open=True),
        metavar="PART",
        help="The part of the tenant's rate limit that this command may take [0.8].",
    ),
)


class ConnectionOptions(TypedDict):
    """What the options of `connecting` say."""

    url: str | None
    organization: str | None
    tenant: str | None
    ca_file: str | None
    trust_env: bool
    settings: str | None
    share: float | None


CONNECTION: Final = (*ConnectionOptions.__annotations__,)
"""The names of these options."""


class Reach(Trust, total=False):
    """How to reach Orchestrator, as options of a client."""

    settings: Settings


def connecting(command: Command) -> Command:
    """Add to a command the options that say where Orchestrator is and how to reach it."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def variables(options: ConnectionOptions, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment with what the options say in its place."""
    place = {
        "UIPATH_URL": options["url"],
        "UIPATH_ORGANIZATION": options["organization"],
        "UIPATH_TENANT": options["tenant"],
    }
    return {**environ, **{name: value for name, value in place.items() if value}}


def client_variables(options: ConnectionOptions) -> dict[str, str]:
    """Return the variables that a client is made from. Raise QueryError where credentials are there by half."""
    known = variables(options)
    try:
        credentials(known)
    except AuthenticationFailed as error:
        raise QueryError(str(error)) from None
    return known


def trust(options: ConnectionOptions) -> Trust:
    """Return how to reach a server; what is not said is left out."""
    said: Trust = {"trust_env": True} if options["trust_env"] else {}
    if options["ca_file"]:
        said["ca_file"] = options["ca_file"]
    return said


def connection(options: ConnectionOptions) -> Reach:
    """Return how to reach Orchestrator; what is not said is left out."""
    said = cast("Reach", trust(options))
    if options["settings"]:
        said["settings"] = load_settings(options["settings"])
    if (share := options["share"]) is not None:
        said["settings"] = attrs.evolve(said.get("settings", Settings()), share=share)
    return said


def in_folder(scope: FolderClient, folder: str | None) -> FolderClient:
    """See a tenant from a folder: digits are its id, a GUID is its key, anything else its path."""
    return scope if folder is None else scope.folder(**folder_named(folder))
