"""Rows of a query on standard output: a table for people; JSON, JSON lines or CSV for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import attrs
import click
import orjson

from uipath_odata.cli.printable import printable
from uipath_odata.odata.rows.json_body import as_object

__all__ = ["QueryForm", "RowsWritten"]

QueryForm: TypeAlias = Literal["table", "json", "jsonl", "csv"]
_Row: TypeAlias = Mapping[str, Any]

_WIDEST: Final = 60
# What spreadsheets run as a formula (OWASP, "CSV Injection").
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


@attrs.define(eq=False)
class RowsWritten:
    """Write rows as they come; the columns are those given, else those of the first rows.

    A table that is wider than the terminal of this ``width`` has a line for each value that is there instead.
    """

    form: QueryForm
    columns: Sequence[str] = ()
    width: int | None = None
    _begun: bool = attrs.field(default=False, init=False)
    _widths: list[int] = attrs.field(factory=list[int], init=False)

    @property
    def has_begun(self) -> bool:
        """Whether a row was written."""
        return self._begun

    def write(self, rows: Sequence[_Row]) -> None:
        """Write the next rows."""
        if rows:
            self.columns = self.columns or list(dict.fromkeys(name for row in rows for name in row))
            for line in self._lines(rows):
                click.echo(line)
            self._begun = True

    def end(self) -> None:
        """Write what comes after the last row."""
        if self.form == "json":
            click.echo("]" if self._begun else "[]")

    def _lines(self, rows: Sequence[_Row]) -> Iterable[str]:
        match self.form:
            case "json":
                texts = [_json(row) for row in rows]
                return [f"{',' if self._begun or at else '['}{text}" for at, text in enumerate(texts)]
            case "jsonl":
                return map(_json, rows)
            case "csv":
                return self._csv(rows)
            case "table":
                return self._table(rows)

    def _csv(self, rows: Sequence[_Row]) -> Iterable[str]:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if not self._begun:
            writer.writerow(self.columns)
        writer.writerows([_guarded(_value(row, name)) for name in self.columns] for row in rows)
        return [text.getvalue().removesuffix("\n")]

    def _table(self, rows: Sequence[_Row]) -> Iterable[str]:
        lines = [[printable(_text(_value(row, name)))[:_WIDEST] for name in self.columns] for row in rows]
        if not self._begun:
            lines.insert(0, list(self.columns))
            self._widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        if self.width is not None and sum(self._widths) + 2 * (len(self._widths) - 1) > self.width:
            return self._records(rows)
        return [
            "  ".join(cell.ljust(width) for cell, width in zip(line, self._widths, strict=True)).rstrip()
            for line in lines
        ]

    def _records(self, rows: Sequence[_Row]) -> Iterable[str]:
        name_width = max(map(len, self.columns))
        for at, row in enumerate(rows):
            if self._begun or at:
                yield ""
            for name in self.columns:
                if text := printable(_text(_value(row, name))):
                    yield f"{name:<{name_width}}  {text}"


def _value(row: _Row, name: str) -> Any:
    """Return a property, also one of an expanded entity: ``Robot/Name``."""
    value: Any = row
    for part in name.split("/"):
        value = (as_object(value) or {}).get(part)
    return value


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else _json(value)


def _guarded(value: Any) -> str:
    text = _text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULAS) else text
