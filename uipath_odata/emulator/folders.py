"""Which folder a request is about, and whether it had to say so."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from uipath_odata.emulator.answers import FOLDER_REQUIRED, FOLDER_UNKNOWN, Refusal
from uipath_odata.emulator.schema import Operation
from uipath_odata.emulator.store import Store

_COLUMNS = {
    "X-UIPATH-OrganizationUnitId": "Id",
    "X-UIPATH-FolderKey": "Key",
    "X-UIPATH-FolderPath-Encoded": "FullyQualifiedName",
    "X-UIPATH-FolderPath": "FullyQualifiedName",
}
_READ_IN_ONE_FOLDER = frozenset({"Assets", "Buckets", "QueueDefinitions", "Releases"})
# The API guide's own examples send these without a folder.
_WRITTEN_WITHOUT = frozenset({"Robots_DeleteById", "Robots_DeleteBulk"})


def folder_of(headers: Mapping[str, str], store: Store) -> int | None:
    """Give the Id of the folder that the headers name, by id, path or key; refuse one that does not exist."""
    for header, column in _COLUMNS.items():
        if header in headers:
            return _found(column, _value(header, headers[header]), store)
    return None


def require_folder(operation: Operation, folder: int | None, *, strict: bool) -> None:
    """Refuse a request without a folder where one is needed.

    Strict: wherever the schema says so. Otherwise as clients see it: several lists work across folders.
    """
    if folder is None and operation.in_folder and (strict or _is_needed(operation)):
        raise Refusal("A folder is required for this action.", FOLDER_REQUIRED)


def _is_needed(operation: Operation) -> bool:
    if operation.method == "GET":
        return operation.set_name in _READ_IN_ONE_FOLDER and "AcrossFolders" not in operation.path
    return operation.id not in _WRITTEN_WITHOUT


def _value(header: str, text: str) -> str:
    if header != "X-UIPATH-FolderPath-Encoded":
        return text.lower() if header == "X-UIPATH-FolderKey" else text
    try:
        return base64.b64decode(text, validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _unknown() from error


def _found(column: str, value: str, store: Store) -> int:
    rows = store.rows(f'SELECT "Id" FROM "Folders" WHERE "{column}" = ?', (value,))  # noqa: S608 - a column of ours
    if not rows:
        raise _unknown()
    return int(rows[0][0])


def _unknown() -> Refusal:
    return Refusal("Folder does not exist or the user does not have access to the folder.", FOLDER_UNKNOWN)
