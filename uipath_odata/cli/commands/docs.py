"""``uipath-odata docs``: the guides on a terminal."""

from __future__ import annotations

import sys
from importlib.resources import files
from typing import Final

import click

from uipath_odata.export.run_files.entity_sets import nearest

__all__ = ["docs"]

_WIDTH: Final = 88


@click.command()
@click.argument("topic", required=False)
def docs(topic: str | None) -> None:
    """Show a guide, or the list of guides when no TOPIC is given."""
    guides = _guides()
    if topic is None:
        click.echo("Guides; read one with  uipath-odata docs TOPIC\n")
        width = max(map(len, guides))
        for name, text in guides.items():
            click.echo(f"  {name:<{width}}  {text.partition(chr(10))[0].lstrip('# ')}")
        return
    if (found := topic if topic in guides else nearest(topic, guides)) is None:
        raise click.UsageError(f"There is no guide {topic!r}: {', '.join(guides)}")
    if sys.stdout.isatty():
        _show(guides[found])
    else:
        click.echo(guides[found], nl=False)


def _guides() -> dict[str, str]:
    """Return the text of each guide by its topic."""
    pages = sorted(files("uipath_odata.docs").iterdir(), key=lambda page: page.name)
    return {
        page.name.removesuffix(".md"): page.read_text("utf-8") for page in pages if page.name.endswith(".md")
    }


def _show(text: str) -> None:
    from rich.console import Console  # noqa: PLC0415 - a pipe gets the text without it
    from rich.markdown import Markdown  # noqa: PLC0415

    console = Console(width=min(_WIDTH, Console().width))
    with console.pager(styles=True):
        console.print(Markdown(text))
