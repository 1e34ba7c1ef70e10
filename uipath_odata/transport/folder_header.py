"""The header that names a folder."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, SupportsIndex, cast
from uuid import UUID

from uipath_odata.errors import QueryError
from uipath_odata.local.log_line import LogPlace

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["folder_headers", "folder_name", "folder_path", "place_of"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN = re.compile(r"[\x20-\x7e]+")
_RELATIVE = re.compile(r"/.*|\.{1,2}(?:/.*)?")
_LARGEST_ID = 2**63 - 1


def folder_headers(
    *,
    path: str | None = None,
    id: int | None = None,  # noqa: A002 - Orchestrator's own word
    key: str | UUID | None = None,
) -> Mapping[str, str]:
    """Name a folder by its path, its id or its key: exactly one, as UiPath's *Building API Requests* asks.

    A path that is relative (``/x``, ``.``, ``..``) or not ASCII is sent encoded.
    """
    if [path, id, key].count(None) != 2:  # noqa: PLR2004 - one of three is given
        raise QueryError("A folder is named by one of path, id and key: give exactly one")
    if path is not None:
        return _by_path(path)
    if id is not None:
        return _by_id(id)
    return _by_key(str(key))


def folder_path(headers: Mapping[str, str]) -> str | None:
    """Return the path that a request's headers name, None where they name a folder otherwise or none."""
    encoded = headers.get("X-UIPATH-FolderPath-Encoded")
    if encoded is None:
        return headers.get("X-UIPATH-FolderPath")
    return base64.b64decode(encoded).decode("utf-16-le", "replace")


def folder_name(headers: Mapping[str, str]) -> str | None:
    """Return what a request's headers call the folder: its path, its id or its key; None where they name none."""
    number, key = headers.get("X-UIPATH-OrganizationUnitId"), headers.get("X-UIPATH-FolderKey")
    return folder_path(headers) or number or key


def place_of(tenant: str, headers: Mapping[str, str]) -> LogPlace:
    """Name a tenant, and the folder of a request's headers."""
    return LogPlace(tenant, folder_name(headers))


def _by_path(path: str) -> Mapping[str, str]:
    if not isinstance(cast("object", path), str):
        raise QueryError(f"A folder path is text, not {type(path).__name__}: write folder(id=…) for a number")
    if not path.strip() or path != path.strip() or _CONTROL.search(path):
        raise QueryError(
            "The folder path is empty, begins or ends with a space or has a control character: correct it"
        )
    if path.endswith("/"):
        raise QueryError("The folder path ends with a slash: write it without")
    if _PLAIN.fullmatch(path) and not _RELATIVE.fullmatch(path):
        return {"X-UIPATH-FolderPath": path}
    # Orchestrator decodes base64 of .NET's Encoding.Unicode.
    return {"X-UIPATH-FolderPath-Encoded": base64.b64encode(path.encode("utf-16-le")).decode()}


def _by_id(number: int) -> Mapping[str, str]:
    is_whole = isinstance(cast("object", number), SupportsIndex) and not isinstance(number, bool)
    if not is_whole or not 0 < number <= _LARGEST_ID:
        raise QueryError("The folder id is not a positive Int64: copy it from the folder's address")
    return {"X-UIPATH-OrganizationUnitId": str(number)}


def _by_key(text: str) -> Mapping[str, str]:
    try:
        key = str(UUID(text))
    except ValueError:
        key = None
    if key is None:
        raise QueryError("The folder key is not a GUID: copy it from the folder's properties")
    return {"X-UIPATH-FolderKey": key}
