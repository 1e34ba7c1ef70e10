"""A disk that refuses changes once another exporter holds its directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from uipath_odata.export.places.disk import Disk, OpenFile

__all__ = ["FencedDisk", "unfenced"]


def unfenced() -> None:
    """Refuse nothing: the place has no fence."""


@attrs.frozen(eq=False)
class _HeldFile:
    file: OpenFile
    check_fence: Callable[[], None]

    def write(self, data: bytes, /) -> None:
        self.check_fence()
        self.file.write(data)

    def sync(self) -> None:
        self.file.sync()

    def close(self) -> None:
        self.file.close()


@attrs.frozen(eq=False)
class FencedDisk:
    """Ask before each change: a machine that slept may wake up in the middle of any."""

    disk: Disk
    check_fence: Callable[[], None]

    def has(self, name: str, /) -> bool:
        return self.disk.has(name)

    def size(self, name: str, /) -> int | None:
        return self.disk.size(name)

    def names(self) -> list[str]:
        return self.disk.names()

    def read(self, name: str, /) -> bytes:
        return self.disk.read(name)

    def pieces(self, name: str, /, start: int = 0) -> Iterator[bytes]:
        return self.disk.pieces(name, start)

    def open(self, name: str, /, size: int = 0) -> OpenFile:
        self.check_fence()
        return _HeldFile(self.disk.open(name, size), self.check_fence)

    def rename(self, name: str, to: str, /) -> None:
        self.check_fence()
        self.disk.rename(name, to)

    def remove(self, name: str, /) -> None:
        self.check_fence()
        self.disk.remove(name)

    def sync_directory_of(self, name: str, /) -> None:
        self.disk.sync_directory_of(name)
