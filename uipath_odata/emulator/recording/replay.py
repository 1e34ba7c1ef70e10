"""A server that answers as a tenant did, and knows where the emulator would have answered otherwise."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import attrs
import orjson
from aiohttp import web

from uipath_odata.emulator.data import schema
from uipath_odata.emulator.data.json_values import is_list, is_object
from uipath_odata.emulator.http.addresses import address
from uipath_odata.emulator.recording.differences import Difference
from uipath_odata.emulator.recording.masks import ROOT, blanks
from uipath_odata.emulator.recording.own_answers import compared
from uipath_odata.emulator.recording.pairs import Pair, read
from uipath_odata.emulator.recording.requests import Asked, asked, outline
from uipath_odata.emulator.serving import Door, Served, Serving

_SHOWN = 3


@attrs.define(eq=False)
class _Kept:
    """A pair, where the emulator differs, and how often it was answered."""

    pair: Pair
    differs: list[Difference]
    given: int = 0


class Replay(Served):
    """Answers from the recording in ``folder``: the same request, else one that differs in names and moments alone.

    Among several that fit, each is given once in the order of the recording, then the last again. What was not recorded is
    answered with 501, never by the emulator. ``differences`` and the header ``X-Emulator-Differs`` say where the emulator, holding
    the rows of the recording, answers otherwise; ``GET /_emulator/differences`` lists all. Every token is taken.
    """

    def __init__(self, folder: Path, *, door: Door | None = None) -> None:
        self.organization, self.tenant = "acme", "Default"
        self._schema = schema.load()
        self._blank = blanks(self._schema)
        self._pairs = read(folder)
        self._kept = list[_Kept]()
        self._same, self._alike = defaultdict[str, list[_Kept]](list), defaultdict[str, list[_Kept]](list)
        self._serving = Serving(self._application, door or Door())

    def close(self) -> None:
        """Do nothing: a replay holds no file."""

    @property
    def differences(self) -> list[tuple[Pair, list[Difference]]]:
        """The pairs whose answer the emulator would not have given, and where it differs; known once this has started."""
        return [(kept.pair, kept.differs) for kept in self._kept if kept.differs]

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.on_startup.append(self._opened)
        application.router.add_get("/_emulator/ready", self._ready)
        application.router.add_get("/_emulator/differences", self._listed)
        application.router.add_route("*", "/{path:.*}", self._received)
        return application

    async def _opened(self, _application: web.Application) -> None:
        found = await compared(self._schema, self._pairs)
        self._kept = [_Kept(pair, differs) for pair, differs in zip(self._pairs, found, strict=True)]
        for kept in self._kept:
            request = kept.pair.asked
            self._same[_text(request)].append(kept)
            operation = asked(request.method, request.path, "", {}, b"")[1]
            self._alike[_text(outline(request, operation, self._blank))].append(kept)

    async def _ready(self, _: web.Request) -> web.Response:
        return web.json_response({"ready": True, "baseUrl": self.base_url, "pairs": len(self._kept)})

    async def _listed(self, _: web.Request) -> web.Response:
        return web.json_response(
            [
                {"request": pair.asked.text, "differences": [attrs.asdict(each) for each in differs]}
                for pair, differs in self.differences
            ]
        )

    async def _received(self, request: web.Request) -> web.Response:
        place = address(unquote(request.rel_url.raw_path))
        if place is None:
            return self._unknown(Asked("", request.method, request.path))
        query = request.rel_url.raw_query_string
        raw, operation = asked(request.method, place.path, query, request.headers, await request.read())
        found = self._same.get(_text(raw)) or self._alike.get(_text(outline(raw, operation, self._blank)))
        if not found:
            return self._unknown(raw)
        kept = min(found, key=lambda each: each.given) if any(not each.given for each in found) else found[-1]
        kept.given += 1
        return _response(kept, f"{request.url.origin()}{place.root}")

    def _unknown(self, request: Asked) -> web.Response:
        name = request.operation
        alike = [kept.pair.asked.text for kept in self._kept if name and kept.pair.asked.operation == name]
        there = f"; of {name} there are {', '.join(alike[:_SHOWN])}" if alike else ""
        body = {"message": f"{request.text} was not recorded{there}", "errorCode": 0}
        return web.json_response(body, status=501)


def _text(request: Asked) -> str:
    """Write a request so that equal ones have equal texts, whatever the order of their options."""
    return repr(
        (request.method, request.path, sorted(request.query), request.folder, orjson.dumps(request.body))
    )


def _response(kept: _Kept, root: str) -> web.Response:
    pair = kept.pair
    headers = {name: text for name, text in pair.headers.items() if name != "content-type"}
    if kept.differs:
        said = "; ".join(map(str, kept.differs[:_SHOWN])).encode("ascii", "backslashreplace").decode()
        headers["X-Emulator-Differs"] = f"{len(kept.differs)}: {said}".replace("\n", " ")
    content = (
        bytes(pair.size)
        if pair.size
        else b""
        if pair.body is None
        else orjson.dumps(_rooted(pair.body, root))
    )
    kind = pair.headers.get("content-type")
    return web.Response(
        status=pair.status, headers=headers | ({"Content-Type": kind} if kind else {}), body=content
    )


def _rooted(value: Any, root: str) -> Any:
    """Put Orchestrator's address, as this client asked for it, into contexts."""
    if isinstance(value, str) and value.startswith(ROOT):
        return f"{root}{value.removeprefix(ROOT)}"
    if is_object(value):
        return {name: _rooted(each, root) for name, each in value.items()}
    return [_rooted(each, root) for each in value] if is_list(value) else value
