"""``uipath-odata login``, ``logout`` and ``whoami``."""

from __future__ import annotations

import sys
import webbrowser
from typing import Unpack

import click

from uipath_odata.auth import BrowserLogin, environment
from uipath_odata.cli.connection import (
    ConnectionOptions,
    client_variables,
    connecting,
    connection,
    trust,
    variables,
)
from uipath_odata.cli.runner import exit_on_error, run
from uipath_odata.cli.sections import SectionedCommand

__all__ = ["login", "logout", "whoami"]


@click.command(cls=SectionedCommand)
@connecting
@click.option("--client-id", required=True, metavar="ID", help="Of the external application.")
@click.option("--scope", envvar="UIPATH_SCOPE", show_envvar=True, required=True, metavar="SCOPES")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=12_700,
    metavar="N",
    help="The application registers http://localhost:N as redirect URL [12700].",
)
@click.option(
    "--no-browser",
    is_flag=True,
    help="Show the address, and take the redirect that is pasted: for a machine without a browser, as over SSH.",
)
def login(
    client_id: str, scope: str, port: int, no_browser: bool, **options: Unpack[ConnectionOptions]
) -> None:
    """Log in with the browser, and keep the login for later commands and programs.

    It is kept in the system's keyring, or in a file of your own; other commands and Orchestrator.from_env() use it
    where the environment holds no credentials.
    """
    from uipath_odata.cli.login import log_in  # noqa: PLC0415 - the login is another extra

    with exit_on_error():
        known = variables(options)
        browser = BrowserLogin(
            client_id,
            scope,
            redirect_uri=f"http://localhost:{port}",
            open_browser=_open,
            ask_redirect=_ask if no_browser else None,
            **environment.login_pages(known),
        )
        place = environment.deployment(known)
        chosen: environment.Trust = {**environment.trust(known), **trust(options)}
        sys.exit(run(log_in(place, browser, click.echo, **chosen)))


@click.command(cls=SectionedCommand)
@connecting
def logout(**options: Unpack[ConnectionOptions]) -> None:
    """End the login of an Orchestrator, at its identity server too, and forget it."""
    from uipath_odata.cli.login import log_out  # noqa: PLC0415 - the login is another extra

    with exit_on_error():
        known = variables(options)
        chosen: environment.Trust = {**environment.trust(known), **trust(options)}
        sys.exit(run(log_out(environment.deployment(known), click.echo, **chosen)))


@click.command(cls=SectionedCommand)
@connecting
def whoami(**options: Unpack[ConnectionOptions]) -> None:
    """Say which Orchestrator answers, and for whom."""
    from uipath_odata.cli.login import who_am_i  # noqa: PLC0415 - what the others need

    with exit_on_error():
        sys.exit(run(who_am_i(client_variables(options), click.echo, **connection(options))))


def _open(address: str) -> bool:
    found = webbrowser.open(address)
    if found:
        click.echo("Waiting for the login in the browser, for 5 minutes; Ctrl+C ends it.", err=True)
    return found


def _ask(address: str) -> str:
    click.echo(f"Log in here: {address}", err=True)
    click.echo(
        "Waiting for 5 minutes. Where the browser is on another machine, paste the localhost address that it ends at:",
        err=True,
    )
    return sys.stdin.readline()
