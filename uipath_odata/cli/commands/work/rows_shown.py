"""Rows on standard output: a table for people, one JSON object per line for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import click
import orjson

from uipath_odata.cli.printable import printable

__all__ = ["Form", "row_shown"]

Form: TypeAlias = Literal["table", "json"]


def row_shown(form: Form, row: Mapping[str, Any], widths: Sequence[int]) -> None:
    """Write one row; in a table, each value has its column's width at least."""
    if form == "json":
        click.echo(orjson.dumps(row, default=str).decode())
        return
    cells = ["-" if value is None else printable(str(value)) for value in row.values()]
    click.echo("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
