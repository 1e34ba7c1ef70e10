"""A store of files as cloud providers have it: pre-signed addresses, headers of its own, errors in XML."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import attrs
from aiohttp import hdrs, web

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.world import World

PATH = "/storage"

_BLOB_TYPE, _RANGE = "x-ms-blob-type", "x-ms-range"
_NEEDED_TO_WRITE: Mapping[str, str] = {_BLOB_TYPE: "BlockBlob"}
_NO_HEADERS: Mapping[str, str] = {}


@attrs.frozen
class _Denied(Exception):
    status: int
    code: str
    headers: Mapping[str, str] = _NO_HEADERS


def access(world: World, root: str, place: str, path: str, verb: str, minutes: float = 30) -> dict[str, Any]:
    """Say how one file may be read (GET) or written (PUT) for some minutes of the emulator's clock.

    Below Orchestrator's own root it takes Orchestrator's token, too.
    """
    expiry = int(world.clock() + minutes * 60)
    signature = _signature(world, verb, f"{place}/{path}", expiry)
    headers = _NEEDED_TO_WRITE if verb == hdrs.METH_PUT else _NO_HEADERS
    return {
        "Uri": f"{root}{PATH}/{quote(place)}/{quote(path)}?se={expiry}&sp={verb}&sig={signature}",
        "Verb": verb,
        "RequiresAuth": urlsplit(root).path != "",
        "Headers": {"Keys": list(headers), "Values": list(headers.values())},
    }


async def served(world: World, request: web.Request) -> Answer:
    """Answer a request to such an address."""
    place, _, path = request.path.partition(f"{PATH}/")[2].partition("/")
    try:
        _check(world, request, f"{place}/{path}")
        if request.method == hdrs.METH_PUT:
            return await _write(world, request, place, path)
        return _read(world, request, place, path)
    except _Denied as denied:
        text = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{denied.code}</Code></Error>'
        headers = {"Content-Type": "application/xml", **denied.headers}
        return Answer(denied.status, content=text.encode(), headers=headers)


def put(world: World, place: str, path: str, content: bytes, content_type: str) -> None:
    """Store a file, in the place of one with the same path."""
    world.store.connection.execute(
        "INSERT OR REPLACE INTO _files VALUES (?, ?, ?, ?, ?)",
        (place, path, content, content_type, world.now),
    )


def find(world: World, place: str, path: str) -> Row | None:
    found = world.store.find("_files", "place = ? AND path = ?", place, path)
    return found[0] if found else None


def _check(world: World, request: web.Request, name: str) -> None:
    """Refuse what is not signed, no longer signed, or, as Azure does, comes with a token beside the signature."""
    expiry, verb = request.query.get("se", ""), request.query.get("sp", "")
    method = hdrs.METH_GET if request.method == hdrs.METH_HEAD else request.method
    if hdrs.AUTHORIZATION in request.headers and request.path.startswith(f"{PATH}/"):
        raise _Denied(HTTPStatus.BAD_REQUEST, "InvalidAuthenticationInfo")
    if verb != method or not expiry.isdecimal() or int(expiry) < world.clock():
        raise _Denied(HTTPStatus.FORBIDDEN, "AuthenticationFailed")
    sent, good = request.query.get("sig", ""), _signature(world, verb, name, int(expiry))
    if not hmac.compare_digest(sent.encode(), good.encode()):
        raise _Denied(HTTPStatus.FORBIDDEN, "AuthenticationFailed")


async def _write(world: World, request: web.Request, place: str, path: str) -> Answer:
    if hdrs.CONTENT_LENGTH not in request.headers:
        raise _Denied(HTTPStatus.LENGTH_REQUIRED, "MissingContentLengthHeader")
    if request.headers.get(_BLOB_TYPE) != _NEEDED_TO_WRITE[_BLOB_TYPE]:
        raise _Denied(HTTPStatus.BAD_REQUEST, "MissingRequiredHeader")
    put(world, place, path, await request.read(), request.content_type)
    return Answer(HTTPStatus.CREATED)


def _read(world: World, request: web.Request, place: str, path: str) -> Answer:
    found = find(world, place, path)
    if found is None:
        raise _Denied(HTTPStatus.NOT_FOUND, "BlobNotFound")
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Type": found["type"],
        "Last-Modified": formatdate(ticks.to_epoch(found["modified"]), usegmt=True),
        "ETag": f'"{hashlib.sha256(found["content"]).hexdigest()[:16]}"',
    }
    asked = request.headers.get(_RANGE, request.headers.get(hdrs.RANGE, ""))
    part = _part(asked, len(found["content"]))
    if part is None:
        return Answer(content=found["content"], headers=headers)
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(found['content'])}"
    return Answer(
        HTTPStatus.PARTIAL_CONTENT, content=found["content"][part.start : part.stop], headers=headers
    )


def _part(asked: str, size: int) -> range | None:
    """Read one range of bytes, as RFC 9110 14.2 has it; None, all of them, for several and for what is not understood."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.strip())
    if (
        match is None
        or match.groups() == ("", "")
        or (match[1] and match[2] and int(match[2]) < int(match[1]))
    ):
        return None
    first = int(match[1]) if match[1] else max(size - int(match[2]), 0)
    last = min(int(match[2]), size - 1) if match[1] and match[2] else size - 1
    if first > last:
        raise _Denied(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "InvalidRange", {"Content-Range": f"bytes */{size}"}
        )
    return range(first, last + 1)


def _signature(world: World, verb: str, name: str, expiry: int) -> str:
    return hmac.new(world.storage_key, f"{verb}\n{name}\n{expiry}".encode(), hashlib.sha256).hexdigest()
