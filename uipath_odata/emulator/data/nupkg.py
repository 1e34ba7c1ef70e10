"""What a NuGet package says of itself: a zip with a ``.nuspec`` and, from Studio, a ``project.json``."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import orjson

from uipath_odata.emulator.data.json_values import is_object

_LARGEST_ENTRY = 4 * 1024 * 1024


@attrs.frozen
class Package:
    """``fields`` are the texts of the ``.nuspec``; arguments are lists in JSON, None where the package names none."""

    id: str
    version: str
    fields: Mapping[str, str]
    arguments: Mapping[str, str | None]

    @property
    def key(self) -> str:
        return f"{self.id}:{self.version}"


def read(content: bytes) -> Package:
    """Read a package; ValueError for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            fields = _nuspec(_entry(archive, lambda name: "/" not in name and name.endswith(".nuspec")))
            project = _entry(archive, lambda name: name.endswith("/project.json") or name == "project.json")
    except (zipfile.BadZipFile, ET.ParseError) as error:
        raise ValueError("this is not a NuGet package") from error
    if not fields.get("id") or not fields.get("version"):
        raise ValueError("the package has no id and version")
    return Package(fields["id"], fields["version"], fields, _arguments(project))


def precedence(version: str) -> tuple[Any, ...]:
    """Return what versions are sorted by: numbers as numbers, a pre-release before its release (SemVer 2.0, 11)."""
    release, _, pre = version.partition("+")[0].partition("-")
    return tuple(map(_part, release.split("."))), not pre, tuple(map(_part, pre.split(".")))


def _part(text: str) -> tuple[bool, int, str]:
    return (False, int(text), "") if text.isdigit() else (True, 0, text)


def _entry(archive: zipfile.ZipFile, chosen: Callable[[str], bool]) -> bytes:
    for entry in archive.infolist():
        if chosen(entry.filename) and entry.file_size <= _LARGEST_ENTRY:
            return archive.read(entry)
    return b""


def _nuspec(text: bytes) -> dict[str, str]:
    """Read the metadata whatever its XML namespace, of which NuGet has had six."""
    root = ET.fromstring(text)  # noqa: S314 - entities are not expanded, and the size is bounded
    named = ((re.sub(r"{.*}", "", node.tag), node.text or "") for node in root.iter())
    return {name: text.strip() for name, text in named if text.strip()}


def _arguments(project: bytes) -> dict[str, str | None]:
    try:
        read: Any = orjson.loads(project)
    except orjson.JSONDecodeError:
        read = {}
    given = read.get("arguments") if is_object(read) else None
    lists = given if is_object(given) else {}
    return {
        name: orjson.dumps(lists[name.lower()]).decode() if lists.get(name.lower()) else None
        for name in ("Input", "Output")
    }
