"""Files of attachments: of jobs, and of queue items, whose content refers to them."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs

from uipath_odata.calls.operation import Operation
from uipath_odata.errors import DecodeError, OutcomeUnknown, QueryError
from uipath_odata.local.threads import in_thread
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.json_body import as_array, as_object, value_of
from uipath_odata.resources.entity_set import EntitySet
from uipath_odata.resources.files.access import Access
from uipath_odata.resources.files.download import AtomicDownload, Downloaded, Progress, target_of
from uipath_odata.resources.resource import require_operation
from uipath_odata.transport.bodies.file_body import FileBody

__all__ = ["AttachmentFiles", "StoredAttachment"]

E = TypeVar("E", bound=Entity)

# In no schema, and used by UiPath's own clients.
_OF_JOB: Final = Operation(
    "JobAttachments.GetByJobKey", "GET", "/api/JobAttachments/GetByJobKey", folder=True, repeatable=True
)
_LINK: Final = Operation("JobAttachments.Post", "POST", "/api/JobAttachments/Post", folder=True)
_ACCESS: Final = "BlobFileAccess"


@attrs.frozen
class StoredAttachment:
    """A file that Orchestrator keeps."""

    key: UUID
    name: str
    content_type: str = "application/octet-stream"

    @property
    def reference(self) -> dict[str, str]:
        """What stands for the file in arguments of jobs and in the content of queue items, as UiPath's own clients write it."""
        return {"ID": str(self.key), "FullName": self.name, "MimeType": self.content_type}


class AttachmentFiles(EntitySet[E]):
    """Attachments whose files are written and read."""

    __slots__ = ()

    async def upload(
        self,
        source: str | os.PathLike[str] | bytes,
        /,
        *,
        name: str | None = None,
        content_type: str | None = None,
        job_key: UUID | str | None = None,
        category: str | None = None,
    ) -> StoredAttachment:
        """Store a file of the disk, or bytes with a name, and link it to a job where one is given.

        Its ``reference`` goes into the content of a queue item or the arguments of a job (needs a folder and the scope
        OR.Folders or OR.Folders.Write).
        """
        named = name or ("" if isinstance(source, bytes) else Path(source).name)
        if not named:
            raise QueryError('bytes have no name of their own: give name="a.pdf"')
        self._channel.refuse_write("Attachments.upload")
        kind = content_type or mimetypes.guess_type(named)[0] or "application/octet-stream"
        body = source if isinstance(source, bytes) else FileBody(Path(source))
        facts = await self._announced(named)
        stored = StoredAttachment(_given(facts.get("Id")), named, kind)
        access = Access.of(facts.get(_ACCESS), "PUT")
        await access.send(self._channel, "Attachments.upload", body=body, content_type=kind)
        if job_key is not None:
            await self._link(stored.key, job_key, category)
        return stored

    async def download(
        self,
        key: UUID | str | Mapping[str, Any],
        destination: str | os.PathLike[str],
        /,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> Downloaded:
        """Write an attachment's file to the disk, whole or not at all, and tell where; in a directory it gets a safe form of its name.

        The key may be the reference that stands in a queue item's content or a job's output (needs a folder and the scope
        OR.Folders or OR.Folders.Read).
        """
        guid = _key(key.get("ID") if isinstance(key, Mapping) else key)
        facts = as_object(await self._call(require_operation(self, "get"), object, {"key": guid})) or {}
        target = target_of(destination, str(facts.get("Name") or guid))
        with AtomicDownload(target, overwrite, progress) as arrival:
            access = Access.of(facts.get(_ACCESS), "GET")
            await access.send(self._channel, "Attachments.download", into=arrival)
            return await in_thread(arrival.commit)

    async def of_job(self, job_key: UUID | str, /) -> list[StoredAttachment]:
        """Return the attachments that are linked to a job, by the job's key (needs a folder)."""
        answer = await self._call(_OF_JOB, object, {}, {"jobKey": _key(job_key)})
        links = [as_object(each) or {} for each in as_array(value_of(answer)) or []]
        return [_linked(each) for each in links]

    async def _announced(self, name: str) -> dict[str, Any]:
        """Announce a file; once more where the answer was lost, which leaves a name without a file and nothing else."""
        operation = require_operation(self, "create")
        try:
            answer = await self._call(operation, object, {}, body={"Name": name})
        except OutcomeUnknown:
            answer = await self._call(operation, object, {}, body={"Name": name})
        return as_object(answer) or {}

    async def _link(self, attachment: UUID, job_key: UUID | str, category: str | None) -> None:
        body = {"attachmentId": str(attachment), "jobKey": str(_key(job_key)), "category": category}
        try:
            await self._call_optional(_LINK, object, {}, body=body)
        except OutcomeUnknown:
            if attachment not in {each.key for each in await self.of_job(job_key)}:
                raise


def _linked(facts: Mapping[str, Any]) -> StoredAttachment:
    name = str(facts.get("attachmentName") or "")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return StoredAttachment(_given(facts.get("attachmentId")), name, kind)


def _given(text: Any) -> UUID:
    """Read a key of an answer."""
    try:
        return UUID(text)
    except (TypeError, ValueError, AttributeError):
        raise DecodeError("an attachment came without its key: check the API version") from None


def _key(asked: Any) -> UUID:
    """Read a key of the caller's."""
    try:
        return asked if isinstance(asked, UUID) else UUID(asked)
    except (TypeError, ValueError, AttributeError):
        raise QueryError(f"{asked!r} is not the key (GUID) of an attachment or a job: give one") from None
