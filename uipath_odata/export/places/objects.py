"""Small objects of a bucket, changed on conditions that the bucket itself checks."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import secrets
import threading
from collections.abc import Sequence
from typing import Any, Final, Protocol

import attrs

from uipath_odata.errors import ExportError, QueryError
from uipath_odata.export.places.reach import check_scheme, is_refused, reaching, url_to_filesystem

__all__ = [
    "MemoryObjects",
    "Objects",
    "S3Objects",
    "objects_at",
    "refuse_untested",
    "refuse_without_conditions",
]

_S3: Final = frozenset({"s3", "s3a"})


class Objects(Protocol):
    """Objects by their names; every failure is an ExportError. A tag names one version of an object."""

    def put(self, name: str, data: bytes, /, *, replaces: str | None) -> str | None:
        """Put an object in place of the version with this tag, None: of no object. Return its tag; None where another is there."""
        ...

    def get(self, name: str, /) -> tuple[bytes, str] | None:
        """Return an object and its tag; None where there is none."""
        ...

    def read_all(self, names: Sequence[str], /) -> list[bytes]: ...
    def names(self) -> list[str]: ...
    def remove(self, names: Sequence[str], /) -> None:
        """Remove objects, one after the other, those that are there."""
        ...


def refuse_untested(url: str) -> None:
    """Raise QueryError for a place whose conditional writes nobody has tested."""
    scheme = url.partition("://")[0]
    if scheme not in {*_S3, "memory"}:
        with contextlib.suppress(ImportError):  # local exports need no fsspec
            check_scheme(url)
        raise QueryError(
            f"the journal cannot lie with the data at {scheme}://, where conditional writes are not tested: keep it here "
            "with state=DIR"
        )


def objects_at(url: str, login: str = "") -> Objects:
    """Reach the objects below a URL."""
    if url.startswith("memory://"):
        return MemoryObjects(url)
    filesystem, root = url_to_filesystem(url, login)
    return S3Objects(filesystem, root, login)


def refuse_without_conditions(objects: Objects, where: str) -> None:
    """Raise ExportError where a server takes a write whose condition does not hold: two exporters would not see each other."""
    name = f"probe-{secrets.token_hex(8)}"
    try:
        objects.put(name, b"1", replaces=None)
        second = objects.put(name, b"2", replaces=None)
        third = objects.put(
            name, b"3", replaces=f'"{hashlib.md5(b"another", usedforsecurity=False).hexdigest()}"'
        )
        found = objects.get(name)
        is_sound = second is third is None and found is not None and found[0] == b"1"
    finally:
        objects.remove([name])
    if not is_sound:
        raise ExportError(
            f"{where} takes writes whose condition does not hold (If-None-Match, If-Match), so that it cannot keep out a "
            "second exporter: keep the journal on this machine with state=DIR"
        )


@attrs.frozen
class S3Objects:
    """Objects in a bucket of S3, or of a server that speaks its protocol."""

    filesystem: Any
    root: str
    login: str = attrs.field(default="", repr=False)

    def put(self, name: str, data: bytes, /, *, replaces: str | None) -> str | None:
        condition = {"IfNoneMatch": "*"} if replaces is None else {"IfMatch": replaces}
        try:
            answer = self.filesystem.call_s3("put_object", **self._place(name), Body=data, **condition)
        except Exception as error:
            if is_refused(error):
                return None
            with reaching(f"{self.root}/{name}", self.login):
                raise
        return str(answer["ETag"])

    def get(self, name: str, /) -> tuple[bytes, str] | None:
        asyn: Any = importlib.import_module("fsspec.asyn")
        try:
            found: tuple[bytes, str] = asyn.sync(self.filesystem.loop, self._get, name)
        except FileNotFoundError:
            return None
        except Exception:
            with reaching(f"{self.root}/{name}", self.login):
                raise
        return found

    async def _get(self, name: str) -> tuple[bytes, str]:
        answer = await self.filesystem._call_s3("get_object", **self._place(name))  # noqa: SLF001 - cat_file gives no tag
        async with answer["Body"] as body:
            return await body.read(), str(answer["ETag"])

    def read_all(self, names: Sequence[str], /) -> list[bytes]:
        paths = [f"{self.root}/{name}" for name in names]
        if not paths:
            return []
        with reaching(self.root, self.login):
            found: dict[str, bytes] = self.filesystem.cat(paths)
            return [found[path] for path in paths]

    def names(self) -> list[str]:
        with reaching(self.root, self.login):
            self.filesystem.invalidate_cache()
            found: list[str] = []
            with contextlib.suppress(FileNotFoundError):
                found = self.filesystem.find(self.root)
        return sorted(path.removeprefix(f"{self.root}/") for path in found)

    def remove(self, names: Sequence[str], /) -> None:
        for name in names:
            with reaching(f"{self.root}/{name}", self.login):
                self.filesystem.call_s3("delete_object", **self._place(name))

    def _place(self, name: str) -> dict[str, str]:
        bucket, _, prefix = self.root.partition("/")
        return {"Bucket": bucket, "Key": f"{prefix}/{name}" if prefix else name}


_ONE_AT_A_TIME: Final = threading.Lock()


@attrs.frozen
class MemoryObjects:
    """Objects in fsspec's memory, for exports of one process."""

    url: str

    def put(self, name: str, data: bytes, /, *, replaces: str | None) -> str | None:
        with _ONE_AT_A_TIME:
            found = self._found(name)
            if (None if found is None else _tag(found)) != replaces:
                return None
            self._filesystem.pipe_file(self._path(name), data)
            return _tag(data)

    def get(self, name: str, /) -> tuple[bytes, str] | None:
        with _ONE_AT_A_TIME:
            found = self._found(name)
        return None if found is None else (found, _tag(found))

    def read_all(self, names: Sequence[str], /) -> list[bytes]:
        return [self._filesystem.cat_file(self._path(name)) for name in names]

    def names(self) -> list[str]:
        root = self._path("")
        return sorted(path.removeprefix(root) for path in self._filesystem.find(root))

    def remove(self, names: Sequence[str], /) -> None:
        with _ONE_AT_A_TIME:
            for name in names:
                if self._found(name) is not None:
                    self._filesystem.rm_file(self._path(name))

    def _found(self, name: str) -> bytes | None:
        try:
            found: bytes = self._filesystem.cat_file(self._path(name))
        except FileNotFoundError:
            return None
        return found

    def _path(self, name: str) -> str:
        return f"/{self.url.partition('://')[2].strip('/')}/{name}"

    @property
    def _filesystem(self) -> Any:
        fsspec: Any = importlib.import_module("fsspec")
        return fsspec.filesystem("memory")


def _tag(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
