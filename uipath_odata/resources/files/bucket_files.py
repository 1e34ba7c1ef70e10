"""Files of storage buckets, by the pre-signed addresses that Orchestrator gives."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from uipath_odata.calls.operation import Operation
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.local.threads import in_thread
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.json_body import as_object
from uipath_odata.resources.entity_set import EntitySet
from uipath_odata.resources.files.access import Access
from uipath_odata.resources.files.download import AtomicDownload, Downloaded, Progress, target_of
from uipath_odata.resources.files.object_name import refuse_misread
from uipath_odata.resources.resource import require_operation
from uipath_odata.transport.bodies.file_body import FileBody

__all__ = ["BucketFiles"]

E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Entity)
T = TypeVar("T")

_ADDRESSES: Final = frozenset({"Buckets.GetReadUri", "Buckets.GetWriteUri"})


class BucketFiles(EntitySet[E]):
    """Buckets whose files are read and written."""

    __slots__ = ()

    async def download(
        self,
        key: int,
        path: str,
        destination: str | os.PathLike[str],
        /,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> Downloaded:
        """Write a bucket's file to the disk and return where; in a directory it gets a safe form of its own name.

        The file appears under its name when it is whole. ``progress`` is called with the bytes so far and in all.
        Raises ExportError for what the disk refuses, and QueryError for a name that Orchestrator would read as another
        one (needs a folder and the scope OR.Administration.Read).
        """
        with AtomicDownload(target_of(destination, path), overwrite, progress) as arrival:
            access = await self._access("get_read_uri", "GET", key, {"path": path})
            await access.send(self._channel, "Buckets.download", into=arrival)
            expected = None if arrival.framed else await self._length(key, path)
            return await in_thread(lambda: arrival.commit(expected))

    async def upload(
        self,
        key: int,
        path: str,
        source: str | os.PathLike[str] | bytes,
        /,
        *,
        content_type: str | None = None,
    ) -> None:
        """Write a file of the disk, or bytes, into a bucket under ``path``, in the place of what is there.

        The type is guessed from the path unless given. Raises QueryError for a name that Orchestrator would read as
        another one (needs a folder and the scope OR.Administration).
        """
        self._channel.refuse_write("Buckets.upload")
        body = source if isinstance(source, bytes) else FileBody(Path(source))
        kind = content_type or mimetypes.guess_type(path)[0] or "application/octet-stream"
        access = await self._access("get_write_uri", "PUT", key, {"path": path, "contentType": kind})
        await access.send(self._channel, "Buckets.upload", body=body, content_type=kind)

    async def _call_none(
        self,
        operation: Operation,
        keys: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> None:
        refuse_misread(parameters)
        await super()._call_none(operation, keys, parameters, body)

    async def _call(
        self,
        operation: Operation,
        kind: type[T],
        keys: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> T:
        """Call what answers with a value; of a name that may be misread, only an address that shows it is given."""
        if operation.name not in _ADDRESSES:
            refuse_misread(parameters)
            return await super()._call(operation, kind, keys, parameters, body)
        answer = await super()._call(operation, kind, keys, parameters, body)
        facts = as_object(answer)
        refuse_misread(parameters, facts.get("Uri") if facts else getattr(answer, "uri", None))
        return answer

    def _list(
        self,
        operation: Operation,
        entity: type[F],
        keys: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        *,
        page_cap: int = 1_000,
        paged: bool = True,
    ) -> BoundQuery[F, F]:
        refuse_misread(parameters)
        return super()._list(operation, entity, keys, parameters, page_cap=page_cap, paged=paged)

    async def _access(self, name: str, verb: str, key: int, parameters: dict[str, Any]) -> Access:
        answer = await self._call(require_operation(self, name), object, {"key": key}, parameters)
        return Access.of(answer, verb)

    async def _length(self, key: int, path: str) -> int | None:
        """Ask for the length of a file, which its storage has not said."""
        file = await self._call(require_operation(self, "get_file"), object, {"key": key}, {"path": path})
        size = (as_object(file) or {}).get("Size")
        return size if isinstance(size, int) else None
