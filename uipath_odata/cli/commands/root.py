"""The command itself: it loads the module of the one command that runs."""

from __future__ import annotations

import difflib
from importlib import import_module
from typing import Final

import click

__all__ = ["SUMMARIES", "uipath_odata"]

_SECTIONS: Final = {
    "Read and work": {
        "query": "Write the rows of a list.",
        "call": "Send any request.",
        "start": "Start a process, and wait for its output.",
        "logs": "Write or follow the logs of a job.",
        "queue": "Fill queues from files.",
        "assets": "Read and set values of assets.",
        "files": "List, read and write files of buckets.",
    },
    "Keep files of lists": {
        "export": "Write lists to files, each row once.",
        "run": "Make the exports of a run file, of one tenant or of many.",
        "sets": "List the entity sets and how an export reads them.",
        "status": "Say how far an export is.",
        "verify": "Compare the files of an export with its manifest.",
        "compact": "Make large files of an export's small ones.",
    },
    "Connect": {
        "login": "Log in with the browser.",
        "logout": "End a login and forget it.",
        "whoami": "Say which Orchestrator answers, and for whom.",
        "doctor": "Check what this package assumes about your tenant.",
    },
    "Try and learn": {
        "demo": "See three ways to read 50,000 RobotLogs.",
        "emulator": "Serve a local Orchestrator until Ctrl-C.",
        "docs": "Read the guides.",
    },
}
"""What ``--help`` says of each command, in the order in which people need them; written here so that it loads none."""

SUMMARIES: Final = {name: text for names in _SECTIONS.values() for name, text in names.items()}

_MODULES: Final = {
    "status": "verify",
    "logout": "login",
    "whoami": "login",
    "query": "work.query",
    "call": "work.call",
    "start": "work.start",
    "logs": "work.logs",
    "queue": "work.queue",
    "assets": "work.assets",
    "files": "work.files",
}
"""The modules of commands that are not in a module of their own."""


class Commands(click.Group):
    """The commands by name; each is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names, in the order in which people need them."""
        return [*SUMMARIES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name; a wrong name ends with the nearest one."""
        if cmd_name in SUMMARIES:
            module = import_module(f"uipath_odata.cli.commands.{_MODULES.get(cmd_name, cmd_name)}")
            command: click.Command = getattr(module, cmd_name)
            return command
        if near := difflib.get_close_matches(cmd_name, SUMMARIES, n=1):
            ctx.fail(f"No such command {cmd_name!r}: did you mean {near[0]!r}?")
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the names with their summaries."""
        width = max(map(len, SUMMARIES))
        for title, names in _SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:<{width}}", text) for name, text in names.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="uipath-odata")
def uipath_odata() -> None:
    """Read and use UiPath Orchestrator: every row once, no job twice."""
