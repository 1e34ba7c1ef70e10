"""The demo tenant's packages: each process in two versions."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from xml.sax.saxutils import escape

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Store

_VERSIONS = ("1.0.0", "1.1.0")
_DATE = (2024, 5, 12, 6, 0, 0)


def seed_packages(store: Store, names: Iterable[str], published: int) -> None:
    """Put packages of these names into the feed of processes."""
    for name in names:
        for version in _VERSIONS:
            key, newest = f"{name}:{version}", version == _VERSIONS[-1]
            row = {"Key": key, "Id": name, "Title": name, "Version": version, "PackageType": "Process"}
            moment = {"Published": ticks.text(published), "IsLatestVersion": newest, "IsActive": newest}
            store.insert("Processes", [row | moment])
            file = ("Processes", key, package(name, version), "application/octet-stream", published)
            store.connection.execute("INSERT INTO _files VALUES (?, ?, ?, ?, ?)", file)


def package(name: str, version: str) -> bytes:
    """Make a NuGet package, the same bytes each time."""
    metadata = f"<id>{escape(name)}</id><version>{version}</version><title>{escape(name)}</title>"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        nuspec = f"<package><metadata>{metadata}</metadata></package>"
        archive.writestr(zipfile.ZipInfo("package.nuspec", _DATE), nuspec)
    return content.getvalue()
