"""Rows of CSV and JSONL files; what is not a row is an error that names its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from uipath_odata.errors import QueryError

__all__ = ["read_csv", "read_jsonl"]

_SEPARATORS: Final = ",;\t"
# The standard library refuses longer fields than 128 KB; an item may hold 500 KB.
_LONGEST_FIELD: Final = 1_000_000


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """Read rows as texts by the names in the first line; fields end at commas, or at the semicolons or tabs of that line.

    The file is UTF-8, as RFC 4180 and spreadsheets write it; a byte order mark is skipped. Raises QueryError for a name
    that is empty or given twice, and for a line with more or fewer fields than names.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    line = 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            separator = _separator(file.readline())
            file.seek(0)
            lines = csv.reader(file, delimiter=separator, strict=True)
            names = _names(path, next(lines, list[str]()))
            for fields in lines:
                line = lines.line_num
                if fields:
                    yield _row(path, line, names, fields)
        except csv.Error as error:
            raise QueryError(f"{path.name}, after line {line}: {error}; correct the file") from None
        except UnicodeDecodeError:
            raise QueryError(f"{path.name} is not UTF-8 after line {line}: save it as UTF-8") from None


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Read one JSON object per line. Raise QueryError for a line that is not one; empty lines are skipped."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not text.strip():
                continue
            try:
                row: Any = orjson.loads(text)
            except orjson.JSONDecodeError:
                row = None
            if not isinstance(row, dict):
                raise QueryError(f"{path.name}, line {number} is not a JSON object: correct the file")
            yield row


def _separator(head: str) -> str:
    """Return what the names are separated by: spreadsheets of some countries write semicolons."""
    found = [each for each in _SEPARATORS if each in head]
    return found[0] if found else ","


def _names(path: Path, names: list[str]) -> list[str]:
    if not names:
        raise QueryError(f"{path.name} is empty: its first line names the columns")
    if wrong := [name for name in names if not name.strip() or names.count(name) > 1]:
        raise QueryError(
            f"{path.name} has a column named {wrong[0]!r} without a name of its own: name each column once"
        )
    return names


def _row(path: Path, number: int, names: list[str], line: list[str]) -> dict[str, str]:
    if len(line) != len(names):
        raise QueryError(
            f"{path.name}, line {number} has {len(line)} fields for {len(names)} columns: quote fields that hold the"
            " separator or a line's end"
        )
    return dict(zip(names, line, strict=True))
