"""Where finished files go: the directory of the journal itself, or any place that fsspec reaches."""

from __future__ import annotations

import importlib
from typing import Any, Final, Protocol

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.disk import Disk, LocalDisk

__all__ = ["LocalShelf", "RemoteShelf", "Shelf"]


_OBJECT_STORES: Final = frozenset({"memory", "s3", "gs", "abfs", "oss"})


class Shelf(Protocol):
    """Files that appear whole or not at all; every failure is an ExportError."""

    def put(self, temporary: str, name: str, /) -> None:
        """Bring a finished local file here, in place of one of this name, and keep it through a loss of power."""
        ...

    def remove(self, name: str, /) -> None:
        """Remove a file if it is there, to stay removed through a loss of power."""
        ...

    def names(self) -> list[str]: ...
    def read(self, name: str, /) -> bytes: ...


@attrs.frozen
class LocalShelf:
    """The directory that the journal is in."""

    disk: Disk

    def put(self, temporary: str, name: str, /) -> None:
        self.disk.rename(temporary, name)
        parts = name.split("/")
        for depth in range(len(parts), 0, -1):
            self.disk.sync_directory_of("/".join(parts[:depth]))

    def remove(self, name: str, /) -> None:
        if self.disk.has(name):
            self.disk.remove(name)
            self.disk.sync_directory_of(name)

    def names(self) -> list[str]:
        return self.disk.names()

    def read(self, name: str, /) -> bytes:
        return self.disk.read(name)


@attrs.frozen
class RemoteShelf:
    """A place behind fsspec, such as ``s3://bucket/path``: object stores show an object once all of it has come."""

    disk: LocalDisk
    """Where the journal is."""
    filesystem: Any
    root: str

    @classmethod
    def at(cls, url: str, disk: LocalDisk) -> RemoteShelf:
        """Reach a place by its URL; credentials come as fsspec's own implementation takes them."""
        try:
            core: Any = importlib.import_module("fsspec.core")  # local exports need none of it
            filesystem, root = core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise ExportError(
                f"{url} cannot be reached, {error}: install what it needs, or name another place"
            ) from error
        return cls(disk, filesystem, root.rstrip("/"))

    @property
    def _shows_whole_files(self) -> bool:
        protocol = self.filesystem.protocol
        return not _OBJECT_STORES.isdisjoint((protocol,) if isinstance(protocol, str) else protocol)

    def put(self, temporary: str, name: str, /) -> None:
        path = f"{self.root}/{name}"
        directory, _, plain = path.rpartition("/")
        try:
            arriving = path if self._shows_whole_files else f"{directory}/.{plain}.tmp"
            if arriving != path:  # an object store has none; some would make a bucket of a misspelt name
                self.filesystem.makedirs(directory, exist_ok=True)
            self.filesystem.put_file(str(self.disk.root / temporary), arriving)
            if arriving != path:
                self.filesystem.mv(arriving, path)
        except Exception as error:
            raise _unreachable(path, error) from error
        self.disk.remove(temporary)

    def remove(self, name: str, /) -> None:
        path = f"{self.root}/{name}"
        try:
            self.filesystem.rm_file(path)
        except FileNotFoundError:
            return
        except Exception as error:
            raise _unreachable(path, error) from error

    def names(self) -> list[str]:
        try:
            self.filesystem.invalidate_cache()
            found = self.filesystem.find(self.root)
        except FileNotFoundError:
            return []
        except Exception as error:
            raise _unreachable(self.root, error) from error
        plain = self.root.lstrip("/")
        return sorted(path.lstrip("/").removeprefix(f"{plain}/") for path in found)

    def read(self, name: str, /) -> bytes:
        path = f"{self.root}/{name}"
        try:
            data: bytes = self.filesystem.cat_file(path)
        except Exception as error:
            raise _unreachable(path, error) from error
        return data


def _unreachable(path: str, error: Exception) -> ExportError:
    reason = str(error) or type(error).__name__
    return ExportError(
        f"{path} cannot be reached, {reason}: correct that, then run the same export again: "
        "it goes on from what is committed"
    )
