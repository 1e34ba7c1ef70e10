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
    """Show a guide or an example by its TOPIC, or the list of them."""
    pages = _pages()
    if topic is None:
        click.echo("Guides and examples; read one with  uipath-odata docs TOPIC\n")
        width = max(map(len, pages))
        for name, text in pages.items():
            click.echo(f"  {name:<{width}}  {_title(text)}")
        return
    if (found := topic if topic in pages else nearest(topic, pages)) is None:
        raise click.UsageError(f"There is no guide {topic!r}: {', '.join(pages)}")
    if sys.stdout.isatty():
        _show(f"```python\n{pages[found]}```" if found.endswith(".py") else pages[found])
    else:
        click.echo(pages[found], nl=False)


def _pages() -> dict[str, str]:
    """Return the text of each guide by its topic, and of each example by its file's name."""
    folder = files("uipath_odata.docs")
    guides = {page.name.removesuffix(".md"): page for page in folder.iterdir() if page.name.endswith(".md")}
    examples = {page.name: page for page in (folder / "examples").iterdir() if page.name.endswith(".py")}
    return {name: found[name].read_text("utf-8") for found in (guides, examples) for name in sorted(found)}


def _title(text: str) -> str:
    """Return a guide's heading, or what an example's docstring says before its usage."""
    return text.partition("\n")[0].lstrip("# ").strip('"').partition(": python ")[0]


def _show(text: str) -> None:
    from rich.console import Console  # noqa: PLC0415 - a pipe gets the text without it
    from rich.markdown import Markdown  # noqa: PLC0415

    console = Console(width=min(_WIDTH, Console().width))
    with console.capture() as page:
        console.print(Markdown(text))
    click.echo_via_pager(page.get())  # it asks less for colours, and spares other pagers the escape codes
