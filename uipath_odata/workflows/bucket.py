"""A storage bucket by its name."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, ClassVar

import attrs

from uipath_odata.entities import BlobItem, Bucket, ListBlobItemsResponse
from uipath_odata.errors import DecodeError, QueryError
from uipath_odata.resources.files.download import Downloaded, Progress
from uipath_odata.resources.files.object_name import refuse_misread
from uipath_odata.workflows.handle import Handle

if TYPE_CHECKING:
    from uipath_odata.execution.bound_query import BoundQuery

__all__ = ["BucketFile", "BucketHandle"]


@attrs.frozen
class BucketFile:
    """A file in a bucket's list; ``name`` is its whole path, ``size`` its number of bytes."""

    name: str
    size: int | None = None
    content_type: str | None = None
    last_modified: dt.datetime | None = None


@attrs.frozen(eq=False, repr=False)
class BucketHandle(Handle[Bucket]):
    """One storage bucket of a folder.

    Orchestrator decodes names twice. So a name with ``& + % ? #`` is refused before a byte moves, unless the signed address
    names exactly that file.
    """

    _kind: ClassVar[str] = "bucket"

    def _entities(self) -> BoundQuery[Bucket, Bucket]:
        return self._sets.buckets.select(Bucket.id, Bucket.name)

    async def upload(
        self, name: str, source: str | os.PathLike[str] | bytes, *, content_type: str | None = None
    ) -> None:
        """Store a file of the disk, or bytes, under a name such as ``"2026/a.pdf"``; replaces a file with this name."""
        _check_name(name)
        self._channel.refuse_write("Buckets.upload")
        await self._calling(
            lambda bucket: self._sets.buckets.upload(bucket.id or 0, name, source, content_type=content_type)
        )

    async def download(
        self,
        name: str,
        to: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> Downloaded:
        """Write a file to the disk, completely or not at all, and return its path; in a directory it gets a safe form of its name."""
        _check_name(name)
        return await self._calling(
            lambda bucket: self._sets.buckets.download(
                bucket.id or 0, name, to, overwrite=overwrite, progress=progress
            )
        )

    async def delete(self, name: str) -> None:
        """Delete a file for good."""
        _check_name(name)
        self._channel.refuse_write("Buckets.DeleteFile")
        await self._calling(lambda bucket: self._sets.buckets.delete_file(bucket.id or 0, path=name))

    async def files(self, prefix: str = "") -> AsyncIterator[BucketFile]:
        """List all files whose names begin with a prefix, such as ``"2026/"``, in all directories."""
        if not isinstance(prefix, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
            raise QueryError(f"{prefix!r} is not the beginning of a name: give a text, empty for all files")
        refuse_misread({"path": prefix})
        prefix = prefix.lstrip("/")
        token: str | None = None
        while True:
            chunk = await self._chunk(prefix, token)
            for item in chunk.items or []:
                file = _file(item)
                if file.name.startswith(prefix):
                    yield file
            if not chunk.continuation_token:
                return
            if chunk.continuation_token == token:
                raise DecodeError(
                    "the list of files does not advance: the same continuation token came twice; look into the bucket's storage"
                )
            token = chunk.continuation_token

    async def _chunk(self, prefix: str, token: str | None) -> ListBlobItemsResponse:
        return await self._calling(
            lambda bucket: self._sets.buckets.list_files(
                bucket.id or 0, prefix=prefix or None, continuation_token=token
            )
        )


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not name.strip("/ "):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
        raise QueryError(f"{name!r} is not the name of a file: give one such as '2026/a.pdf'")


def _file(item: BlobItem) -> BucketFile:
    if item.full_path is None:
        raise DecodeError(
            "a file came without its path: check the API version", entity="BlobItem", property="full_path"
        )
    return BucketFile(item.full_path.lstrip("/"), item.size, item.content_type, item.last_modified)
