"""Bodies of several parts, ``multipart/form-data``."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import HTTP

import attrs

from uipath_odata.emulator.http.answers import INVALID_REQUEST, Refusal
from uipath_odata.emulator.world import Call


@attrs.frozen
class Part:
    name: str
    filename: str | None
    content: bytes


def parts(call: Call) -> list[Part]:
    """Return the parts of a body; refuse one that has none (RFC 7578)."""
    head = f"Content-Type: {call.content_type}\r\n\r\n".encode("latin-1", "replace")
    message = message_from_bytes(head + call.body, policy=HTTP)
    if not message.is_multipart():
        raise Refusal("The request has no part of multipart/form-data.", INVALID_REQUEST)
    found = list[Part]()
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        name = part.get_param("name", "", "content-disposition")
        found.append(Part(str(name), part.get_filename(), content if isinstance(content, bytes) else b""))
    return found
