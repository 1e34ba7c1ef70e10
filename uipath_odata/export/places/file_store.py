"""Where finished files go: the directory of the journal itself, or any place that fsspec reaches."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Generator
from typing import Any, Final, Protocol

import attrs

from uipath_odata.errors import ExportError, QueryError
from uipath_odata.export.places.disk import Disk, LocalDisk

__all__ = ["FileStore", "LocalFileStore", "RemoteFileStore"]


_OBJECT_STORES: Final = frozenset({"memory", "s3", "gs", "abfs", "oss"})


class FileStore(Protocol):
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
class LocalFileStore:
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


def _check_scheme(url: str) -> None:
    scheme = url.partition("://")[0].rpartition("::")[2]
    known: Any = importlib.import_module("fsspec")
    if scheme not in known.available_protocols():
        raise QueryError(
            f"{scheme} is not a scheme: name a directory, or a place such as s3://bucket/path or abfss://container/path"
        )


@attrs.frozen
class RemoteFileStore:
    """A place that fsspec reaches, such as ``s3://bucket/path``: object stores show an object once all of it has come."""

    disk: LocalDisk
    """Where the journal is."""
    check_fence: Callable[[], None]
    filesystem: Any
    root: str
    login: str = attrs.field(default="", repr=False)
    """The name and password in its URL, up to the ``@``, which no message shows."""

    @classmethod
    def at(
        cls, url: str, disk: LocalDisk, check_fence: Callable[[], None], *, login: str = ""
    ) -> RemoteFileStore:
        """Reach a place by its URL; credentials come as fsspec's own implementation takes them."""
        try:
            core: Any = importlib.import_module("fsspec.core")  # local exports need none of it
            _check_scheme(url)
            filesystem, root = core.url_to_fs(url)
        except QueryError:
            raise
        except (ImportError, ValueError) as error:
            raise _failure(
                f"{url} cannot be reached, {error}: install what it needs, or name another place", login
            ) from (None if login else error)
        return cls(disk, check_fence, filesystem, root.rstrip("/"), login)

    @property
    def _shows_whole_files(self) -> bool:
        protocol = self.filesystem.protocol
        return not _OBJECT_STORES.isdisjoint((protocol,) if isinstance(protocol, str) else protocol)

    def put(self, temporary: str, name: str, /) -> None:
        path = f"{self.root}/{name}"
        directory, _, plain = path.rpartition("/")
        arriving = path if self._shows_whole_files else f"{directory}/.{plain}.tmp"
        self.check_fence()
        with self._reaching(path):
            if arriving != path:  # an object store has none; some would make a bucket of a misspelt name
                self.filesystem.makedirs(directory, exist_ok=True)
            self.filesystem.put_file(str(self.disk.root / temporary), arriving)
        self.check_fence()
        if arriving != path:
            with self._reaching(path):
                self.filesystem.mv(arriving, path)
        self.disk.remove(temporary)

    def remove(self, name: str, /) -> None:
        path = f"{self.root}/{name}"
        self.check_fence()
        with self._reaching(path), contextlib.suppress(FileNotFoundError):
            self.filesystem.rm_file(path)

    def names(self) -> list[str]:
        found: list[str] = []
        with self._reaching(self.root), contextlib.suppress(FileNotFoundError):
            self.filesystem.invalidate_cache()
            found = self.filesystem.find(self.root)
        plain = self.root.lstrip("/")
        return sorted(path.lstrip("/").removeprefix(f"{plain}/") for path in found)

    def read(self, name: str, /) -> bytes:
        path = f"{self.root}/{name}"
        with self._reaching(path):
            data: bytes = self.filesystem.cat_file(path)
        return data

    @contextlib.contextmanager
    def _reaching(self, path: str) -> Generator[None, None, None]:
        try:
            yield
        except Exception as error:
            failure = _failure(
                f"{path} cannot be reached, {str(error) or type(error).__name__}: correct that, then run the same export "
                "again: it resumes from what is committed",
                self.login,
            )
            if self.login:  # which its cause may show
                raise failure from None
            raise failure from error


def _failure(message: str, login: str) -> ExportError:
    return ExportError(message.replace(login, "") if login else message)
