"""The HTTP side: requests to calls, answers to responses."""

from __future__ import annotations

import asyncio
from collections import Counter
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import attrs
import orjson
from aiohttp import web

from uipath_odata.emulator.behaviours import job_states
from uipath_odata.emulator.data.json_values import is_object
from uipath_odata.emulator.http import faults, storage
from uipath_odata.emulator.http.answers import Answer, Refusal
from uipath_odata.emulator.http.folders import folder_of, require_folder
from uipath_odata.emulator.http.rate_limits import RateLimits
from uipath_odata.emulator.http.routes import Routes
from uipath_odata.emulator.http.tokens import Tokens
from uipath_odata.emulator.registry import behaviour
from uipath_odata.emulator.world import Call, World

PREFIX = "/acme/Default/orchestrator_"
_WORTH_COMPRESSING = 1024
_LARGEST_BODY = 64 * 1024 * 1024
_PORTAL = b"<!DOCTYPE html><html><head><title>UiPath</title></head><body><app-root></app-root></body></html>"


@attrs.define
class Server:
    """Answers requests; counts them by what they asked for."""

    world: World
    tokens: Tokens
    routes: Routes
    limits: RateLimits
    faults: list[faults.Fault] = attrs.field(factory=list[faults.Fault])
    latency: float = 0.0
    requests: Counter[str] = attrs.field(factory=Counter[str])
    token_requests: int = 0

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._faulty], client_max_size=_LARGEST_BODY)
        application.router.add_post("/oauth/token", self._user_key)
        application.router.add_post("/identity_/connect/token", self._application_token)
        application.router.add_route("*", f"{storage.PATH}/{{path:.*}}", self._file)
        application.router.add_route("*", "/{path:.*}", self._resource)
        return application

    @web.middleware
    async def _faulty(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.latency:
            await asyncio.sleep(self.latency)

        async def proceed() -> web.StreamResponse:
            response: web.StreamResponse = await handler(request)
            return response

        action = faults.next_action(self.faults, request)
        return await (action(request, proceed) if action else proceed())

    async def _user_key(self, request: web.Request) -> web.StreamResponse:
        self.token_requests += 1
        try:
            sent: Any = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            sent = None
        return self._response(request, self.tokens.for_user_key(sent if is_object(sent) else {}))

    async def _application_token(self, request: web.Request) -> web.StreamResponse:
        self.token_requests += 1
        form = await request.post()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        return self._response(request, self.tokens.for_application(fields))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """Serve the storage, which takes no token and knows nothing of Orchestrator."""
        return self._response(request, await storage.served(self.world, request))

    async def _resource(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.read()
            path = unquote(request.rel_url.raw_path)
            if path.startswith(PREFIX + storage.PATH):
                self._authenticate(request)
                return self._response(request, await storage.served(self.world, request))
            return self._response(request, self._answer(request, path, body))
        except Refusal as refusal:
            return self._refused(request, refusal)

    def _answer(self, request: web.Request, path: str, body: bytes) -> Answer:
        found = (
            self.routes.find(request.method, path.removeprefix(PREFIX)) if path.startswith(PREFIX) else None
        )
        if found is None:
            raise Refusal(f"No HTTP resource was found that matches the request path '{path}'.", status=404)
        operation, arguments = found
        self.requests[f"{operation.method} {operation.path}"] += 1
        self._authenticate(request)
        self.limits.admit(operation, self.world.clock())
        folder = folder_of(request.headers, self.world.store)
        require_folder(operation, folder, strict=self.world.settings.strict_folders)
        call = Call(
            operation,
            arguments,
            request.rel_url.raw_query_string,
            folder,
            body,
            origin := str(request.url.origin()),
            f"{origin}{PREFIX}",
            request.headers.get("Content-Type", ""),
        )
        return self._done(call)

    def _done(self, call: Call) -> Answer:
        """Carry a call out: all of it or, where it is refused, nothing."""
        job_states.advance(self.world)
        act = behaviour(call.operation, self.world)
        if call.operation.method == "GET":
            return act(self.world, call)
        with self.world.store.transaction():
            return act(self.world, call)

    def _authenticate(self, request: web.Request) -> None:
        if not self.tokens.accepts(request.headers.get("Authorization")):
            raise Refusal("", status=HTTPStatus.UNAUTHORIZED)

    def _refused(self, request: web.Request, refusal: Refusal) -> web.StreamResponse:
        if refusal.status == HTTPStatus.UNAUTHORIZED:
            response = self._response(request, Answer(refusal.status))
            response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return response
        if refusal.status == HTTPStatus.NOT_FOUND and not refusal.error_code and self.world.settings.spa:
            return web.Response(body=_PORTAL, content_type="text/html", charset="utf-8")
        body = {"message": refusal.message, "errorCode": refusal.error_code, "traceId": self._trace_id()}
        response = self._response(request, Answer(refusal.status, body, headers=refusal.headers))
        if refusal.hint:
            response.headers["X-Emulator-Hint"] = refusal.hint.encode("ascii", "backslashreplace").decode()
        return response

    def _response(self, request: web.Request, answer: Answer) -> web.Response:
        body = answer.content if answer.content is not None else _json(answer.body)
        response = web.Response(status=answer.status, body=body or None, headers=answer.headers)
        if body and "Content-Type" not in answer.headers:
            response.content_type, response.charset = "application/json", "utf-8"
        response.headers["api-supported-versions"] = self.world.schema.version
        response.headers["Date"] = formatdate(self.world.clock(), usegmt=True)
        is_text = response.content_type == "application/json"
        if (
            is_text
            and len(body) > _WORTH_COMPRESSING
            and "gzip" in request.headers.get("Accept-Encoding", "")
        ):
            response.enable_compression(web.ContentCoding.gzip)
        return response

    def _trace_id(self) -> str:
        random = self.world.random
        return f"00-{random.getrandbits(128):032x}-{random.getrandbits(64):016x}-01"


def _json(body: Any) -> bytes:
    return b"" if body is None else orjson.dumps(body)
