"""Forms with a file, as RFC 7578 has them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import attrs

from uipath_odata.transport.bodies.file_body import FileBody
from uipath_odata.transport.request import Request

__all__ = ["with_form"]


def with_form(
    request: Request,
    file: str | os.PathLike[str] | bytes | None,
    name: str = "file",
    fields: Mapping[str, bytes] | None = None,
) -> Request:
    """Return the request with a form: its fields, and a file of the disk, or bytes that are sent as one of this name."""
    boundary = secrets.token_hex(16)
    before = b"".join(_part(boundary, field) + value + b"\r\n" for field, value in (fields or {}).items())
    after = f"--{boundary}--\r\n".encode()
    if file is None:
        body: bytes | FileBody = before + after
    elif isinstance(file, bytes):
        body = before + _part(boundary, "file", name) + file + b"\r\n" + after
    else:
        path = Path(file)
        body = FileBody(path, before + _part(boundary, "file", path.name), b"\r\n" + after)
    return attrs.evolve(request, body=body, content_type=f"multipart/form-data; boundary={boundary}")


def _part(boundary: str, field: str, filename: str | None = None) -> bytes:
    named, kind = "", ""
    if filename is not None:
        # As browsers do (WHATWG, multipart/form-data encoding algorithm).
        quoted = filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        named, kind = f'; filename="{quoted}"', "Content-Type: application/octet-stream\r\n"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"{named}\r\n{kind}\r\n'
    return head.encode("utf-8", "surrogateescape")
