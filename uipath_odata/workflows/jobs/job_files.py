"""Arguments that are too large for a text: files that Orchestrator calls attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from uipath_odata.errors import DecodeError, OrchestratorError
from uipath_odata.operations import EntitySets
from uipath_odata.resources.files.access import Access

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel
    from uipath_odata.entities import Attachment

__all__ = ["read_text", "store_text"]

_JSON = "application/json"


async def store_text(channel: TenantChannel, name: str, text: str) -> UUID:
    """Store a JSON text as an attachment and return its key."""
    attachment = await _announced(channel, name)
    if attachment.id is None:
        raise DecodeError("the attachment came without an Id: send smaller arguments, or by a bucket")
    access = _access(attachment, "PUT")
    await access.send(channel, "Attachments.upload", body=text.encode(), content_type=_JSON)
    return attachment.id


async def read_text(channel: TenantChannel, key: UUID) -> str:
    """Read an attachment that is a text."""
    attachment = await EntitySets(channel).attachments.get(key)
    body = (await _access(attachment, "GET").send(channel, "Attachments.download")).body
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DecodeError(f"the attachment {key} is not a UTF-8 text: download it as a file") from None


async def _announced(channel: TenantChannel, name: str) -> Attachment:
    """Announce a file; once more where the answer was lost, which leaves a name without a file and nothing else."""
    attachments = EntitySets(channel).attachments
    try:
        return await attachments.create({"Name": name})
    except OrchestratorError as error:
        if not error.may_have_happened:
            raise
    return await attachments.create({"Name": name})


def _access(attachment: Attachment, verb: str) -> Access:
    # It is in every answer and in no schema.
    return Access.of(attachment.extra.get("BlobFileAccess"), verb)
