"""Which Orchestrator a command talks to, from its options and the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from uipath_odata.settings import load_settings
from uipath_odata.workflows.seen_folders import folder_named

if TYPE_CHECKING:
    from uipath_odata.client import FolderClient

__all__ = ["connecting", "connection", "in_folder", "variables"]

Command = TypeVar("Command", bound=Callable[..., Any])

_PLACE: Final = {"url": "UIPATH_URL", "organization": "UIPATH_ORGANIZATION", "tenant": "UIPATH_TENANT"}
_OPTIONS: Final = (
    click.option(
        "--url",
        envvar="UIPATH_URL",
        show_envvar=True,
        help="https://host/organization/tenant, or any base URL.",
    ),
    click.option("--organization", envvar="UIPATH_ORGANIZATION", show_envvar=True),
    click.option("--tenant", envvar="UIPATH_TENANT", show_envvar=True),
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
)


def connecting(command: Command) -> Command:
    """Add to a command the options that say where Orchestrator is and how to reach it."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def variables(options: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment with what the options say in its place."""
    return {**environ, **{name: options[option] for option, name in _PLACE.items() if options[option]}}


def connection(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how to reach Orchestrator, as options of a client or pool."""
    settings = {"settings": load_settings(options["settings"])} if options["settings"] else {}
    return settings | {name: options[name] for name in ("ca_file", "trust_env") if options[name]}


def in_folder(scope: FolderClient, folder: str | None) -> FolderClient:
    """See a tenant from a folder: digits are its id, a GUID is its key, anything else its path."""
    return scope if folder is None else scope.folder(**folder_named(folder))
