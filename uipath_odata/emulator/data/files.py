"""The state in files: rows read from exports and JSON, rows and whole databases written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from uipath_odata.emulator.data.json_values import is_list, is_object
from uipath_odata.emulator.data.places import FEED, FOLDER
from uipath_odata.emulator.data.schema import EntitySet
from uipath_odata.emulator.data.store import Row, Store
from uipath_odata.emulator.data.values import BindingError, shown_whole

DATABASE = frozenset({".db", ".sqlite"})
_FOLDER_ID, _FOLDER_PATH = "_folder_id", "_folder_path"
"""Columns by which an export over several folders says whose a row is; files of ours use the first."""


def load_rows(store: Store, path: Path) -> None:
    """Add the rows of a JSON file or of a folder with an export, all of them or none.

    ValueError says which file and row is wrong.
    """
    found = dict(_sets(path))
    unknown = found.keys() - store.schema.sets.keys()
    if unknown or not found:
        what = f"no entity set is named {', '.join(sorted(unknown))}" if unknown else "there are no rows"
        raise ValueError(
            f"{path}: {what}; give DIR/{{Set}}/*.jsonl, DIR/{{Set}}.jsonl, or a JSON object of lists"
        )
    with store.transaction():
        for name in sorted(found, key=lambda each: each != "Folders"):
            _add(store, name, found[name])


def save_rows(store: Store, path: Path) -> None:
    """Write the rows of all sets as one JSON object; secrets are among them, packages in feeds of folders not."""
    sets = {
        entity_set.name: [
            _whole(entity_set, row)
            for row in store.find(entity_set.name, "TRUE ORDER BY rowid")
            if row.get(FEED) is None
        ]
        for entity_set in store.schema.sets.values()
    }
    path.write_bytes(
        orjson.dumps({name: rows for name, rows in sets.items() if rows}, option=orjson.OPT_INDENT_2)
    )


def _sets(path: Path) -> Iterator[tuple[str, Iterator[tuple[str, Any]]]]:
    if path.is_file():
        content = _json(path.read_bytes(), str(path))
        if not is_object(content):
            raise ValueError(f'{path}: not a JSON object of lists, such as {{"Robots": [...]}}')
        for name, rows in content.items():
            yield (
                name,
                (
                    (f"{path}, {name}[{number}]", row)
                    for number, row in enumerate(rows if is_list(rows) else [rows])
                ),
            )
        return
    if not path.is_dir():
        raise FileNotFoundError(f"{path} does not exist")
    if (path / "job.json").exists() and not (path / "_SUCCESS").exists():
        raise ValueError(f"{path}: the export is not finished; run the same export again, then load it")
    for part in sorted(path.glob("*.jsonl")):
        yield part.stem, _lines([part])
    for folder in sorted(each for each in path.iterdir() if each.is_dir()):
        parts = sorted(folder.rglob("*.jsonl"))
        if not parts and any(folder.rglob("part-*")):
            raise ValueError(f"{folder}: only JSONL is loaded; export with --format jsonl")
        if parts:
            yield folder.name, _lines(parts)


def _lines(parts: list[Path]) -> Iterator[tuple[str, Any]]:
    for part in parts:
        with part.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                yield f"{part}:{number}", _json(line, f"{part}:{number}")


def _json(content: bytes, place: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"{place}: not JSON: {error}") from error


def _add(store: Store, name: str, lines: Iterator[tuple[str, Any]]) -> None:
    place = ""

    def rows(group: Iterator[tuple[str, Any]]) -> Iterator[Mapping[str, Any]]:
        nonlocal place
        for place, row in group:  # noqa: B007 - the error names the place
            yield {column: value for column, value in row.items() if column not in {_FOLDER_ID, _FOLDER_PATH}}

    try:
        for folder, group in groupby(
            lines, lambda line: (line[1].get(_FOLDER_ID), line[1].get(_FOLDER_PATH))
        ):
            store.insert(name, rows(group), _folder(store, *folder))
    except (AttributeError, BindingError, sqlite3.Error) as error:
        raise ValueError(
            f"{place or name}: not a row of {name}, or one whose key is taken: {error}"
        ) from error


def _folder(store: Store, number: Any, path: Any) -> int | None:
    if number is not None or path is None:
        return None if number is None else int(number)
    found = store.find("Folders", '"FullyQualifiedName" = ?', path)
    return int(found[0]["Id"]) if found else None


def _whole(entity_set: EntitySet, row: Row) -> Mapping[str, Any]:
    values = {
        found.name: shown_whole(found.kind, row[found.name])
        for found in entity_set.row.properties.values()
        if row[found.name] is not None
    }
    return values if row[FOLDER] is None else values | {_FOLDER_ID: row[FOLDER]}
