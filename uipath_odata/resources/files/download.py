"""Write a downloaded file completely or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeAlias

import attrs

from uipath_odata.errors import ConnectionFailed, DecodeError, ExportError
from uipath_odata.local.durable import put_in_place
from uipath_odata.resources.files.safe_name import safe_name

__all__ = ["AtomicDownload", "Downloaded", "Progress", "target_of"]

Progress: TypeAlias = Callable[[int, int | None], object]
"""Called with the bytes that have come and their number in all, where it is known."""

_BUFFER = 1_048_576


@attrs.frozen
class Downloaded:
    """A file that has arrived; ``verified`` tells whether anything said its length."""

    path: Path
    size: int
    verified: bool


@attrs.define(eq=False)
class AtomicDownload:
    """Takes a body into a file beside ``path``, readable by its owner alone; raise ExportError.

    An existing file is refused unless ``overwrite``, and stays as it is until ``commit``. A web page is refused where
    it cannot be what was asked for (``pages=False``).
    """

    path: Path
    overwrite: bool = False
    progress: Progress | None = None
    pages: bool = True
    size: int = attrs.field(default=0, init=False)
    framed: bool = attrs.field(default=False, init=False)
    """Whether HTTP itself would have shown that the file is cut."""
    _total: int | None = attrs.field(default=None, init=False)
    _file: IO[bytes] | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._refuse_existing()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def begin(self, headers: Mapping[str, str], *, framed: bool) -> None:
        """Start anew with an empty file."""
        if not self.pages and headers.get("Content-Type", "").lower().startswith("text/html"):
            raise DecodeError(
                "A web page came in the place of a file: check organization and tenant in the base URL"
            )
        self.discard()
        length = headers.get("Content-Length", "")
        self._total = int(length) if length.isascii() and length.isdigit() else None
        self.size, self.framed, self._file = 0, framed, self._beside()

    def write(self, chunk: bytes, /) -> None:
        """Append bytes."""
        with self._writing():
            self._arrived.write(chunk)
        self.size += len(chunk)
        if self.progress is not None:
            self.progress(self.size, self._total)

    def commit(self, expected: int | None = None) -> Downloaded:
        """Name the file once its bytes are on the disk; ``expected`` is its length as metadata say it."""
        if expected not in {None, self.size}:
            raise ConnectionFailed(
                f"{self.path.name} came with {self.size} bytes of {expected}: try again, and look for a proxy"
            )
        self._refuse_existing()
        file = self._arrived
        with self._writing():
            put_in_place(file, Path(file.name), self.path)
        return Downloaded(self.path, self.size, verified=self.framed or expected is not None)

    def discard(self) -> None:
        """Remove what has come, unless it was committed."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # closing writes what is buffered, which nobody wants any more
                self._file.close()
            Path(self._file.name).unlink(missing_ok=True)

    @property
    def _arrived(self) -> IO[bytes]:
        if self._file is None:
            raise ConnectionFailed(
                f"The answer for {self.path.name} brought no file: check that it exists, and try again"
            )
        return self._file

    def _beside(self) -> IO[bytes]:
        # The same directory, because a rename across file systems is a copy. Its mode is 0600.
        with self._writing():
            return tempfile.NamedTemporaryFile(
                buffering=_BUFFER, prefix=".download-", suffix=".tmp", dir=self.path.parent, delete=False
            )

    def _refuse_existing(self) -> None:
        if self.path.is_dir():
            raise ExportError(f"{self.path} is a directory: name a file")
        if not self.overwrite and os.path.lexists(self.path):
            raise ExportError(f"{self.path} exists already: name another file, or give overwrite=True")

    @contextlib.contextmanager
    def _writing(self) -> Generator[None, None, None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ExportError(
                f"{self.path} cannot be written, {reason}: correct that or name another place"
            ) from error


def target_of(destination: str | os.PathLike[str], name: str) -> Path:
    """Return the file to write: the destination, or a file in it with a safe form of the name where it is a directory."""
    path = Path(destination)
    return path / safe_name(name) if path.is_dir() else path
