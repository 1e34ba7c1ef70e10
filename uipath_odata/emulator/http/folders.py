"""Which folder a request is about, and whether it had to say so."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from uipath_odata.emulator.data.schema import Operation
from uipath_odata.emulator.data.store import Store
from uipath_odata.emulator.http.answers import FOLDER_REQUIRED, FOLDER_UNKNOWN, Refusal

_ENCODED_PATH = "X-UIPATH-FolderPath-Encoded"
_COLUMNS = {
    "X-UIPATH-OrganizationUnitId": "Id",
    "X-UIPATH-FolderKey": "Key",
    "X-UIPATH-FolderPath": "FullyQualifiedName",
}
_READ_IN_ONE_FOLDER = frozenset({"Assets", "Buckets", "QueueDefinitions", "Releases"})
# The API guide's own examples send these without a folder.
_WRITTEN_WITHOUT = frozenset({"Robots_DeleteById", "Robots_DeleteBulk"})
# UiPath's own clients send these without one: https://github.com/UiPath/uipath-typescript, .../uipath-python.
_SENT_WITHOUT = frozenset({
    *("Tasks_AssignTasks", "Tasks_ReassignTasks", "Tasks_UnassignTasks"),
    *("Attachments_Post", "Releases_Get"),
})  # fmt: skip


def folder_of(headers: Mapping[str, str], store: Store) -> int | None:
    """Return the Id of the folder that the headers name, by id, path or key; refuse one that does not exist.

    An encoded path beside another header may be relative to the folder of that one.
    """
    if _ENCODED_PATH in headers:
        path = _decoded(headers[_ENCODED_PATH])
        return _found("FullyQualifiedName", _absolute(path, _plain(headers, store), store), store)
    return _plain(headers, store)


def require_folder(operation: Operation, folder: int | None, *, strict: bool) -> None:
    """Refuse a request without a folder where one is needed.

    Strict: wherever the schema says so. Otherwise as clients see it: several lists work across folders.
    """
    if folder is None and operation.in_folder and (strict or _is_needed(operation)):
        raise Refusal("A folder is required for this action.", FOLDER_REQUIRED)


def _is_needed(operation: Operation) -> bool:
    if operation.id in _SENT_WITHOUT or operation.path.startswith("/tasks/AppTasks/"):
        return False
    if operation.method == "GET":
        return operation.set_name in _READ_IN_ONE_FOLDER and "AcrossFolders" not in operation.path
    return operation.id not in _WRITTEN_WITHOUT


def _plain(headers: Mapping[str, str], store: Store) -> int | None:
    for header, column in _COLUMNS.items():
        if header in headers:
            text = headers[header]
            return _found(column, text.lower() if column == "Key" else text, store)
    return None


def _absolute(path: str, ambient: int | None, store: Store) -> str:
    """Resolve ``/x`` from the top of the ambient folder's tree, ``.`` and ``..`` from that folder itself."""
    steps = path.split("/")
    if steps[0] not in {"", ".", ".."}:
        return path
    if ambient is None or (steps[-1] == "" and path):
        raise _unknown()
    ((known,),) = store.rows('SELECT "FullyQualifiedName" FROM "Folders" WHERE "Id" = ?', (ambient,))
    place = known.split("/")[: 1 if steps[0] == "" else None]
    for step in steps[1:] if steps[0] == "" else steps:
        if step == "..":
            place = place[:-1]
        elif step != ".":
            place.append(step)
    return "/".join(place)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _unknown() from error


def _found(column: str, value: str, store: Store) -> int:
    # Bytes that are not UTF-8 arrive as lone surrogates.
    text = value.encode("utf-8", "replace").decode()
    rows = store.rows(f'SELECT "Id" FROM "Folders" WHERE "{column}" = ?', (text,))  # noqa: S608 - a column of ours
    if not rows:
        raise _unknown()
    return int(rows[0][0])


def _unknown() -> Refusal:
    return Refusal("Folder does not exist or the user does not have access to the folder.", FOLDER_UNKNOWN)
