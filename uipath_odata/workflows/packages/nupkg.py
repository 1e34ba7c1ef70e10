"""What a package file says about itself."""

from __future__ import annotations

import html
import io
import re
import zipfile
from pathlib import Path
from typing import Final

import attrs

from uipath_odata.errors import QueryError

__all__ = ["PublishedPackage", "read_identity"]

_LARGEST: Final = 1_000_000
_ID: Final = re.compile(r"<id>\s*([^<]+?)\s*</id>")
_VERSION: Final = re.compile(r"<version>\s*([^<]+?)\s*</version>")


@attrs.frozen
class PublishedPackage:
    """A package of a feed, by its name and version."""

    name: str
    version: str

    @property
    def key(self) -> str:
        """The key by which entity sets know it: ``Invoices:1.0.3``."""
        return f"{self.name}:{self.version}"


def read_identity(file: Path | bytes) -> PublishedPackage:
    """Return the name and version in the package's manifest (NuGet: one .nuspec at the root). Raise QueryError for another file."""
    named = "the bytes are" if isinstance(file, bytes) else f"{file.name} is"
    try:
        with zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file) as package:
            manifests = [
                each
                for each in package.infolist()
                if each.filename.endswith(".nuspec")
                and "/" not in each.filename
                and each.file_size < _LARGEST
            ]
            text = package.read(manifests[0]).decode("utf-8-sig") if len(manifests) == 1 else ""
    except (zipfile.BadZipFile, UnicodeDecodeError):
        text = ""
    name, version = _ID.search(text), _VERSION.search(text)
    if name is None or version is None:
        raise QueryError(
            f"{named} not a package: give a .nupkg, which has one .nuspec with an id and a version"
        )
    return PublishedPackage(html.unescape(name[1]), html.unescape(version[1]))
