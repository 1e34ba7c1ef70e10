"""Options of a command under headings, where there are many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import click

from uipath_odata.cli.connection import CONNECTION

__all__ = ["SectionedCommand", "SectionedGroup"]

_OTHERS: Final = "Options"


class SectionedCommand(click.Command):
    """A command whose help has its options in these sections, the others after them, and those of the connection last."""

    def __init__(
        self,
        name: str | None,
        *,
        callback: Callable[..., object] | None = None,
        params: list[click.Parameter] | None = None,
        help: str | None = None,  # noqa: A002 - click's name
        short_help: str | None = None,
        sections: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(name, callback=callback, params=params, help=help, short_help=short_help)
        self._sections = {**(sections or {}), _OTHERS: (), "Connection": CONNECTION}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section with its options, in the order in which they are declared."""
        section_of = {name: title for title, names in self._sections.items() for name in names}
        lines = {title: list[tuple[str, str]]() for title in self._sections}
        for option in self.get_params(ctx):
            line = option.get_help_record(ctx)
            if line is not None and isinstance(option, click.Option):
                lines[section_of.get(option.name or "", _OTHERS)].append(line)
        for title, of_section in lines.items():
            if of_section:
                with formatter.section(title):
                    formatter.write_dl(of_section)


class SectionedGroup(click.Group):
    """A group of such commands."""

    command_class = SectionedCommand
