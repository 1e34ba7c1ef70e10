"""Where finished files go: the directory of the journal itself, or any place that fsspec reaches."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol

import attrs

from uipath_odata.errors import ExportLocked
from uipath_odata.export.places.disk import PIECE, Disk, LocalDisk
from uipath_odata.export.places.reach import is_refused, reaching, url_to_filesystem

__all__ = ["FileStore", "LocalFileStore", "RemoteFileStore"]


_OBJECT_STORES: Final = frozenset({"memory", "s3", "gs", "abfs", "oss"})


_BLOCK: Final = 4 * PIECE


class FileStore(Protocol):
    """Files that appear whole or not at all; every failure is an ExportError."""

    def put(self, temporary: str, name: str, /, *, replaces: bool = False) -> None:
        """Bring a finished local file here and keep it through a loss of power; ``replaces``: others may have put one of its name."""
        ...

    def remove(self, name: str, /) -> None:
        """Remove a file if it is there, to stay removed through a loss of power."""
        ...

    def names(self) -> list[str]: ...
    def read(self, name: str, /) -> bytes: ...
    def pieces(self, name: str, /, start: int = 0) -> Iterator[bytes]:
        """Read a file in pieces, from a byte on."""
        ...


@attrs.frozen
class LocalFileStore:
    """The directory that the journal is in."""

    disk: Disk

    def put(self, temporary: str, name: str, /, *, replaces: bool = False) -> None:
        del replaces
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

    def pieces(self, name: str, /, start: int = 0) -> Iterator[bytes]:
        return self.disk.pieces(name, start)


@attrs.frozen
class RemoteFileStore:
    """A place that fsspec reaches, such as ``s3://bucket/path``: object stores show an object once all of it has come."""

    disk: LocalDisk
    """Where the journal is."""
    check_fence: Callable[[], None]
    filesystem: Any
    root: str
    is_leased: bool = False
    """Whether its journal is there too, so that nothing here holds off another machine."""
    login: str = attrs.field(default="", repr=False)
    """The name and password in its URL, up to the ``@``, which no message shows."""

    @classmethod
    def at(
        cls,
        url: str,
        disk: LocalDisk,
        check_fence: Callable[[], None],
        *,
        is_leased: bool = False,
        login: str = "",
    ) -> RemoteFileStore:
        """Reach a place by its URL; credentials come as fsspec's own implementation takes them."""
        filesystem, root = url_to_filesystem(url, login)
        return cls(disk, check_fence, filesystem, root, is_leased, login)

    @property
    def _shows_whole_files(self) -> bool:
        protocol = self.filesystem.protocol
        return not _OBJECT_STORES.isdisjoint((protocol,) if isinstance(protocol, str) else protocol)

    def put(self, temporary: str, name: str, /, *, replaces: bool = False) -> None:
        path = f"{self.root}/{name}"
        directory, _, plain = path.rpartition("/")
        arriving = path if self._shows_whole_files else f"{directory}/.{plain}.tmp"
        self.check_fence()
        with reaching(path, self.login):
            if arriving != path:  # an object store has none; some would make a bucket of a misspelt name
                self.filesystem.makedirs(directory, exist_ok=True)
            if self.is_leased and not replaces:
                self._create(self.disk.root / temporary, arriving)
            else:
                self.filesystem.put_file(str(self.disk.root / temporary), arriving)
        self.check_fence()
        if arriving != path:
            with reaching(path, self.login):
                self.filesystem.mv(arriving, path)
        self.disk.remove(temporary)

    def _create(self, file: Path, path: str) -> None:
        """Put a file where none is: one that lost its lease puts none over a file that counts."""
        try:
            self.filesystem.put_file(str(file), path, mode="create")
        except Exception as error:
            # Our own put may have been sent again after its answer was lost.
            if not is_refused(error):
                raise
            if self.filesystem.cat_file(path) != file.read_bytes():
                raise ExportLocked(
                    f"another exporter wrote {path}: it continues this export, or run it again"
                ) from error

    def remove(self, name: str, /) -> None:
        path = f"{self.root}/{name}"
        self.check_fence()
        with reaching(path, self.login), contextlib.suppress(FileNotFoundError):
            self.filesystem.rm_file(path)

    def names(self) -> list[str]:
        found: list[str] = []
        with reaching(self.root, self.login), contextlib.suppress(FileNotFoundError):
            self.filesystem.invalidate_cache()
            found = self.filesystem.find(self.root)
        plain = self.root.lstrip("/")
        return sorted(path.lstrip("/").removeprefix(f"{plain}/") for path in found)

    def read(self, name: str, /) -> bytes:
        path = f"{self.root}/{name}"
        with reaching(path, self.login):
            data: bytes = self.filesystem.cat_file(path)
        return data

    def pieces(self, name: str, /, start: int = 0) -> Iterator[bytes]:
        path = f"{self.root}/{name}"
        with reaching(path, self.login), self.filesystem.open(path, "rb", block_size=_BLOCK) as file:
            file.seek(start)
            while piece := file.read(PIECE):
                yield piece
