"""Packages of processes and libraries, which are files."""

from __future__ import annotations

import os
import re
from http import HTTPStatus
from typing import Any, Final, TypeVar, overload
from uuid import UUID

import attrs

from uipath_odata.errors import DecodeError, ItemsFailed
from uipath_odata.local.threads import in_thread
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.json_body import as_array, as_object, parse, value_of
from uipath_odata.resources.entity_set import EntitySet
from uipath_odata.resources.files.download import AtomicDownload, Downloaded, Progress, target_of
from uipath_odata.resources.files.multipart import with_form
from uipath_odata.resources.resource import require_operation
from uipath_odata.transport.errors.problem import read_problem
from uipath_odata.transport.request import Response

__all__ = ["PackageFiles"]

E = TypeVar("E", bound=Entity)

_PLAIN: Final = {"Accept": "*/*", "Accept-Encoding": "identity"}
# .NET's names of HTTP statuses: NonAuthoritativeInformation.
_SUCCESS: Final = frozenset(
    re.sub(r"\W", "", each.phrase).lower() for each in HTTPStatus if each in range(200, 300)
)


class PackageFiles(EntitySet[E]):
    """Packages that are uploaded and downloaded."""

    __slots__ = ()

    @overload
    async def download_package(self, key: str, *, feed_id: UUID | str | None = None) -> bytes: ...
    @overload
    async def download_package(
        self,
        key: str,
        destination: str | os.PathLike[str],
        *,
        feed_id: UUID | str | None = None,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> Downloaded: ...
    async def download_package(
        self,
        key: str,
        destination: str | os.PathLike[str] | None = None,
        *,
        feed_id: UUID | str | None = None,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> Downloaded | bytes:
        """Write a package such as ``"Invoices:1.0.3"`` to the disk, whole or not at all, and tell where; in a directory it is ``Invoices.1.0.3.nupkg``, and without a destination its bytes are given (needs the scope OR.Execution or OR.Execution.Read)."""
        operation = require_operation(self, "download_package")
        if destination is None:
            return await self._call(operation, bytes, {"key": key}, {"feedId": feed_id})
        request = attrs.evolve(operation.request({"key": key}, {"feedId": feed_id}), headers=_PLAIN)
        target = target_of(destination, f"{key.replace(':', '.')}.nupkg")
        with AtomicDownload(target, overwrite, progress, pages=False) as arrival:
            await self._channel.send(request, arrival)
            return await in_thread(arrival.commit)

    async def upload_package(
        self, file: str | os.PathLike[str] | bytes, /, *, feed_id: UUID | str | None = None
    ) -> list[str]:
        """Upload a package and return its keys, such as ``"Invoices:1.0.3"`` (needs the scope OR.Execution or OR.Execution.Write)."""
        request = require_operation(self, "upload_package").request({}, {"feedId": feed_id})
        return await self._channel.read(with_form(request, file, "package.nupkg"), _uploaded)


def _uploaded(response: Response) -> list[str]:
    items = as_array(value_of(parse(response.body)))
    if items is None:
        raise DecodeError("the answer is not a list of packages: check the base URL and the API version")
    facts = [as_object(item) or {} for item in items]
    if failed := [each for each in facts if not _succeeded(each.get("Status"))]:
        raise ItemsFailed("; ".join(map(_reason, failed))[:500], failed_items=failed)
    return [str(key) for each in facts if (key := _key(each))]


def _reason(item: dict[str, Any]) -> str:
    """Read why a package was not taken from ``Body``, the JSON text of an error or plain words."""
    said = read_problem(str(item.get("Body") or "").encode()).message
    return said.rstrip(".") or str(item.get("Key") or "a package was not taken")


def _key(item: dict[str, Any]) -> Any:
    """Read the key of a package from ``Body``, a JSON text of it; ``Key`` can be the name of the file that was sent."""
    body = item.get("Body")
    try:
        package = as_object(parse(body.encode())) if isinstance(body, str) else None
    except DecodeError:
        package = None
    if package and package.get("Id") and package.get("Version"):
        return f"{package['Id']}:{package['Version']}"
    return item.get("Key")


def _succeeded(status: Any) -> bool:
    if isinstance(status, int):
        return status in range(200, 300)
    return isinstance(status, str) and status.lower() in _SUCCESS
