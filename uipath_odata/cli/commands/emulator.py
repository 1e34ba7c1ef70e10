"""Serve the emulator and say how to use it."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypedDict, Unpack

import click

from uipath_odata.cli.commands.recording import check_options, serve_recorder, serve_replay
from uipath_odata.cli.exit_codes import FAILED
from uipath_odata.cli.runner import run, warn
from uipath_odata.local.durable import write_whole

if TYPE_CHECKING:
    from uipath_odata.emulator import Emulator
    from uipath_odata.emulator.recording import Recorder, Replay
    from uipath_odata.emulator.serving import Door
    from uipath_odata.emulator.world import JobsMode, Scopes

__all__ = ["emulator"]

_CERTIFICATE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_WELCOME: Final = """\
A local Orchestrator is listening; Ctrl-C ends it. It is a double for tests, not for production.

  base URL   {base_url}
  token URL  {token_url}
  client id  {client_id}
  user key   {user_key}

Try it in another terminal:

  export UIPATH_URL={base_url}
  export UIPATH_TOKEN_URL={token_url}
  export UIPATH_CLIENT_ID={client_id} UIPATH_USER_KEY={user_key}
  uipath-odata export RobotLogs --output logs.jsonl
"""


class _ServerOptions(TypedDict):
    port: int
    host: str
    allow_hosts: tuple[str, ...]
    organization: str
    tenant: str
    token: str | None
    any_token: bool
    control_token: str | None
    cors: tuple[str, ...]
    tls: ssl.SSLContext | None
    clock: Callable[[], float]
    rate_limits: dict[str, int]
    jobs: JobsMode
    scopes: Scopes
    samples: bool


def _moment(_: click.Context, __: click.Parameter, text: str | None) -> Callable[[], float]:
    """Return a clock: that of the machine, or one that stands."""
    if text is None:
        return time.time
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text}: write a moment as 2026-01-31T12:00:00Z") from error
    if moment.tzinfo is None:
        raise click.BadParameter(f"{text} has no time zone: write {text}Z, or the zone's offset")
    seconds = moment.timestamp()
    return lambda: seconds


def _limits(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> dict[str, int]:
    limits = dict[str, int]()
    for text in texts:
        name, _is, most = text.partition("=")
        if not most.isdigit():
            raise click.BadParameter(f"{text}: write NAME=N, such as Jobs.list=100")
        limits[name] = int(most)
    return limits


def _certificate(
    _: click.Context, __: click.Parameter, files: tuple[Path, Path] | None
) -> ssl.SSLContext | None:
    if files is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(*files)
    except ssl.SSLError as error:
        raise click.BadParameter(f"{files[0]} and {files[1]} are not a certificate and its key") from error
    return context


def _in_a_folder(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a file that could not be written, before anything is served."""
    if path is not None and not path.absolute().parent.is_dir():
        raise click.BadParameter(f"{path}: the folder {path.parent} does not exist")
    return path


def _state(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix not in {".db", ".sqlite", ".json"}:
        raise click.BadParameter(f"{path}: name a .db, which keeps everything, or a .json, which keeps rows")
    return _in_a_folder(context, option, path)


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=0, metavar="N", help="[any free one]")
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="ADDRESS",
    help="Other than loopback only with --allow-host and --token.",
)
@click.option(
    "--allow-host", "allow_hosts", multiple=True, metavar="NAME", help="A host name in the URLs of clients."
)
@click.option("--organization", default="acme", help="In the base URL [acme].")
@click.option("--tenant", default="Default", help="In the base URL [Default].")
@click.option("--token", metavar="TEXT", help="The only token, user key and secret.")
@click.option("--any-token", is_flag=True, help="Take every bearer token.")
@click.option("--control-token", metavar="TEXT", help="The token for /_emulator/, by which tests control it.")
@click.option(
    "--cors", multiple=True, metavar="ORIGIN", help="Pages of this origin may read; * for all of them."
)
@click.option(
    "--tls",
    type=(_CERTIFICATE, _CERTIFICATE),
    default=None,
    callback=_certificate,
    metavar="CERTIFICATE KEY",
    help="Serve https with these two PEM files.",
)
@click.option(
    "--clock",
    callback=_moment,
    metavar="MOMENT",
    help="Stop the clock at this moment; /_emulator/clock moves it.",
)
@click.option(
    "--rate-limits",
    multiple=True,
    callback=_limits,
    metavar="NAME=N",
    help="Refuse more than N calls a minute: Jobs.list=100.",
)
@click.option(
    "--seed", type=click.Choice(["demo", "none"]), default="demo", help="The rows at the start [demo]."
)
@click.option(
    "--fixed-dates", is_flag=True, help="Date the rows of the demo 2024-05-14, not the last eight hours."
)
@click.option(
    "--load",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Rows of a JSONL export or a .json.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_state,
    metavar="FILE.db",
    help="Begin with this file, and save the state to it at the end.",
)
@click.option(
    "--jobs", type=click.Choice(["timed", "instant", "manual"]), default="timed", help="How jobs end [timed]."
)
@click.option("--scopes", type=click.Choice(["enforce", "off"]), default="enforce", help="[enforce]")
@click.option(
    "--record", metavar="URL", help="Pass requests on to this tenant instead, and keep its answers, masked."
)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("recording"),
    metavar="DIR",
    help="Where --record keeps them [recording].",
)
@click.option("--record-writes", is_flag=True, help="Let --record pass on what changes the tenant.")
@click.option(
    "--replay",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Answer from a recording, and say where the emulator would answer otherwise.",
)
@click.option(
    "--samples",
    is_flag=True,
    help="Answer operations that are not implemented with made-up examples, not 501.",
)
@click.option(
    "--print",
    "form",
    type=click.Choice(["text", "env", "json"]),
    default="text",
    help="How to print its address and tokens [text].",
)
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_in_a_folder,
    metavar="FILE",
    help="Write its address and tokens to this file, as JSON, once it listens.",
)
@click.pass_context
def emulator(
    context: click.Context,
    /,
    *,
    record: str | None,
    into: Path,
    record_writes: bool,
    replay: Path | None,
    seed: Literal["demo", "none"],
    fixed_dates: bool,
    load: Path | None,
    state: Path | None,
    form: Literal["text", "env", "json"],
    ready_file: Path | None,
    **options: Unpack[_ServerOptions],
) -> None:
    """Serve a local Orchestrator until Ctrl-C."""
    found = _Found(form, ready_file)
    try:
        if record is not None:
            check_options(context, "record")
            serving = serve_recorder(_recorder(record, into, record_writes, options), found.say)
        elif replay is not None:
            check_options(context, "replay")
            serving = serve_replay(_replay(replay, options), found.say)
        else:
            check_options(context)
            demo: Literal["demo"] | None = "demo" if seed == "demo" and state is None else None
            serving = _serve(_emulator(demo, not fixed_dates, load, state, options), found, state)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    try:
        run(serving)
    except OSError as error:
        warn(f"Port {options['port']} cannot be served, {error.strerror}: name another --port")
        sys.exit(FAILED)


def _emulator(
    seed: Literal["demo"] | None,
    near_now: bool,
    load: Path | None,
    state: Path | None,
    options: _ServerOptions,
) -> Emulator:
    from uipath_odata.emulator import Emulator  # noqa: PLC0415 - another extra

    served = Emulator(seed=seed, near_now=near_now, **options)
    for path in (load, state if state is not None and state.exists() else None):
        if path is not None:
            served.load(path)
    return served


def _recorder(url: str, into: Path, writes: bool, options: _ServerOptions) -> Recorder:
    from uipath_odata.emulator.recording import Recorder  # noqa: PLC0415 - another extra

    return Recorder(url, into, writes=writes, door=_door(options))


def _replay(folder: Path, options: _ServerOptions) -> Replay:
    from uipath_odata.emulator.recording import Replay  # noqa: PLC0415 - another extra

    return Replay(folder, door=_door(options))


def _door(options: _ServerOptions) -> Door:
    from uipath_odata.emulator.serving import Door  # noqa: PLC0415 - another extra

    return Door(port=options["port"], cors=options["cors"], tls=options["tls"])


async def _serve(served: Emulator, found: _Found, state: Path | None) -> None:
    async with served:
        found.say(_facts(served), _welcome(served))
        try:
            await asyncio.Event().wait()
        finally:
            if state is not None:
                served.save(state)


class _Found:
    """Tells scripts and people where a server is found."""

    def __init__(self, form: Literal["text", "env", "json"], ready_file: Path | None) -> None:
        self._form, self._ready_file = form, ready_file

    def say(self, facts: Mapping[str, str], welcome: str = "") -> None:
        """Write the ready file, and print in the form that was asked for."""
        text = f"{json.dumps(dict(facts))}\n"
        if self._ready_file is not None:
            write_whole(self._ready_file, text.encode())
        exports = "".join(f"export {name}={value}\n" for name, value in facts.items())
        click.echo({"json": text, "env": exports, "text": welcome or exports}[self._form], nl=False)
        if self._form == "env" and sys.stdout.isatty():  # a person reads it, and nothing else comes
            click.echo("Listening until Ctrl-C: run these lines in another terminal.", err=True)


def _welcome(emulator: Emulator) -> str:
    tokens = emulator.tokens
    addresses = {"base_url": emulator.base_url, "token_url": emulator.token_url}
    return _WELCOME.format(**addresses, client_id=tokens.client_id, user_key=tokens.user_key)


def _facts(emulator: Emulator) -> Mapping[str, str]:
    """Return what a program needs to find the emulator, as environment variables."""
    return {**emulator.environ, "UIPATH_TOKEN_URL": emulator.token_url}
