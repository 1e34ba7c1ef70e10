"""``emulator --record`` and ``--replay``: keep a tenant's answers, and answer from them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import click

from uipath_odata.cli.runner import warn

if TYPE_CHECKING:
    from uipath_odata.emulator.recording import Recorder, Replay

__all__ = ["check_options", "serve_recorder", "serve_replay"]

_WITH_BOTH: Final = frozenset({"port", "cors", "tls", "form", "ready_file"})
_OF: Final[Mapping[str, frozenset[str]]] = {
    "record": _WITH_BOTH | {"record", "into", "record_writes"},
    "replay": _WITH_BOTH | {"replay"},
}


def check_options(context: click.Context, kind: str | None = None) -> None:
    """Refuse options that mean nothing for a recording, or without one, instead of taking no notice of them."""
    given = {
        name
        for name in context.params
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    }
    if kind is None:
        if alone := given & {"into", "record_writes"}:
            raise click.UsageError(f"--{alone.pop().replace('_', '-')} goes with --record URL")
        return
    if strange := given - _OF[kind]:
        named = ", ".join(each.opts[0] for each in context.command.params if each.name in strange)
        raise click.UsageError(f"{named} does not go with --{kind}, which answers as a tenant does")


async def serve_recorder(recorder: Recorder, listening: Callable[[Mapping[str, str]], None]) -> None:
    """Record until Ctrl-C."""
    async with recorder:
        listening({"UIPATH_URL": recorder.url})
        warn("Requests go to the tenant and are kept, masked. Send its own access token; Ctrl-C ends it.")
        try:
            await asyncio.Event().wait()
        finally:
            warn(f"{recorder.kept} answers were kept")


async def serve_replay(replay: Replay, listening: Callable[[Mapping[str, str]], None]) -> None:
    """Answer from a recording until Ctrl-C, after saying where the emulator would have answered otherwise."""
    async with replay:
        for pair, differs in replay.differences:
            click.echo(pair.asked.text, err=True)
            for each in differs:
                click.echo(f"  {each}", err=True)
        warn(f"{len(replay.differences)} answers differ from the emulator's own")
        listening({"UIPATH_URL": replay.url, "UIPATH_ACCESS_TOKEN": "replay"})
        await asyncio.Event().wait()
