"""A proxy in front of a real tenant that keeps what it saw, masked."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

import orjson
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, web
from yarl import URL

from uipath_odata.emulator.data import schema
from uipath_odata.emulator.http.addresses import Address, address
from uipath_odata.emulator.http.storage import PATH as STORAGE
from uipath_odata.emulator.recording.masks import pseudonyms
from uipath_odata.emulator.recording.pairs import FILE, KEPT_HEADERS, Pair, line
from uipath_odata.emulator.recording.requests import asked, masked
from uipath_odata.emulator.serving import LOOPBACK, Door, Served, Serving

_READS = frozenset({"GET", "HEAD"})
_PASSED_ON = frozenset({"authorization", "accept", "accept-language", "content-type", "prefer", "if-match"})
# Of the connection alone (RFC 9110, 7.6.1), or about an encoding that was undone; a place elsewhere would lead clients away.
_NOT_PASSED_BACK = frozenset({
    *("connection", "keep-alive", "transfer-encoding", "upgrade", "trailer", "te", "proxy-authenticate"),
    *("content-encoding", "content-length", "set-cookie", "location"),
})  # fmt: skip
_PATIENCE = 120.0
_LARGEST_BODY = 64 * 1024 * 1024


class Recorder(Served):
    """Passes requests on to the tenant at ``url``, and to nothing else, and keeps pairs in ``folder``, masked.

    ``async with Recorder("https://cloud.uipath.com/acme/Default", Path("recording")) as recorder``: clients ask at
    ``recorder.url`` with the tenant's own access token, which is not kept. Only GET and HEAD pass unless ``writes``.
    Redirects are not followed. ValueError for an address that is neither https nor of this machine, and for a folder that has a
    recording: its pseudonyms are of another key.
    """

    def __init__(self, url: str, folder: Path, *, writes: bool = False, door: Door | None = None) -> None:
        self._target = _target(url)
        self._writes, self._folder = writes, folder
        if (folder / FILE).exists():
            raise ValueError(f"{folder} has a recording: name another folder")
        places = self._target.path.removesuffix("/orchestrator_").strip("/").split("/")
        self.organization, self.tenant = places if len(places) == 2 else ("acme", "Default")  # noqa: PLR2004 - cloud's form
        self._masks = pseudonyms(schema.load(), secrets.token_bytes(32))
        self._serving = Serving(self._application, door or Door())
        self._session: ClientSession | None = None
        self._file: BinaryIO | None = None
        self.kept = 0
        """How many pairs were kept."""

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=_LARGEST_BODY)
        application.on_startup.append(self._opened)
        application.on_cleanup.append(self._closed)
        application.router.add_route("*", "/{path:.*}", self._received)
        return application

    async def _opened(self, _: web.Application) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file = (self._folder / FILE).open("xb")
        self._session = ClientSession(
            cookie_jar=DummyCookieJar(), timeout=ClientTimeout(_PATIENCE), trust_env=False
        )

    async def _closed(self, _: web.Application) -> None:
        if self._session is not None:
            await self._session.close()

    async def _received(self, request: web.Request) -> web.StreamResponse:
        place = address(unquote(request.rel_url.raw_path))
        if place is None or place.path.startswith(STORAGE) or _climbs(place.path):
            return _hint(
                404,
                f"Only Orchestrator's API is passed on, not {request.path}: log in at the tenant itself, "
                "and send its access token here.",
            )
        if request.method not in _READS and not self._writes:
            return _hint(
                405,
                f"{request.method} is not passed on: start with --record-writes to let it change the tenant.",
            )
        try:
            return await self._passed_on(request, place)
        except (ClientError, TimeoutError) as error:
            return _hint(
                HTTPStatus.BAD_GATEWAY, f"The tenant did not answer: {type(error).__name__}: {error}"
            )

    async def _passed_on(self, request: web.Request, place: Address) -> web.Response:
        if self._session is None:
            raise RuntimeError("the recorder is not started")
        body = await request.read()
        headers = {name: text for name, text in request.headers.items() if _is_passed_on(name)}
        async with self._session.request(
            request.method,
            self._address(request, place),
            headers=headers,
            data=body or None,
            allow_redirects=False,
        ) as answer:
            content = await answer.read()
        self._keep(request, place, body, answer, content)
        passed = {name: text for name, text in answer.headers.items() if name.lower() not in _NOT_PASSED_BACK}
        return web.Response(status=answer.status, headers=passed, body=content)

    def _address(self, request: web.Request, place: Address) -> URL:
        """Return the tenant's address of what was asked for, byte for byte as it was written."""
        steps = request.rel_url.raw_path.split("/")[place.root.count("/") + 1 :]
        base = str(self._target)
        if place.root.endswith("/orchestrator_") and not base.endswith("/orchestrator_"):
            base += "/orchestrator_"
        query = request.rel_url.raw_query_string
        return URL(f"{base}/{'/'.join(steps)}{'?' if query else ''}{query}", encoded=True)

    def _keep(
        self,
        request: web.Request,
        place: Address,
        body: bytes,
        answer: ClientResponse,
        content: bytes,
    ) -> None:
        raw, operation = asked(
            request.method, place.path, request.rel_url.raw_query_string, request.headers, body
        )
        parsed, is_json = _json(content)
        reply = operation.reply if operation is not None else None
        pair = Pair(
            masked(raw, operation, self._masks),
            answer.status,
            {name.lower(): text for name, text in answer.headers.items() if name.lower() in KEPT_HEADERS},
            self._masks.answer(parsed, reply, answer.status) if is_json else None,
            0 if is_json else len(content),
        )
        if self._file is not None:
            self._file.write(line(pair))
            self._file.flush()
            self.kept += 1


def _target(url: str) -> URL:
    target = URL(url.rstrip("/"))
    local = target.scheme == "http" and (target.host or "") in LOOPBACK
    if not local and target.scheme != "https":
        raise ValueError(f"{url} is not an https address of a tenant")
    if target.user is not None or target.query_string or target.fragment:
        raise ValueError(
            "The tenant's address has no user, query or fragment: https://cloud.uipath.com/acme/Default"
        )
    return target


def _climbs(path: str) -> bool:
    """Whether a path, decoded once more too, would leave the tenant's."""
    return any(
        step in {".", ".."} for text in (path, unquote(path)) for step in text.replace("\\", "/").split("/")
    )


def _is_passed_on(name: str) -> bool:
    return name.lower() in _PASSED_ON or name.lower().startswith("x-uipath-")


def _json(content: bytes) -> tuple[object, bool]:
    try:
        return orjson.loads(content), True
    except orjson.JSONDecodeError:
        return None, not content


def _hint(status: int, text: str) -> web.Response:
    return web.json_response({"message": text, "errorCode": 0}, status=status)
