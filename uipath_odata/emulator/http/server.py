"""Requests to calls, answers to responses."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

import attrs
import orjson
from aiohttp import hdrs, web

from uipath_odata.emulator.calls import Calls, RecordedCall
from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.schema import Operation
from uipath_odata.emulator.http import storage
from uipath_odata.emulator.http.addresses import Address, address
from uipath_odata.emulator.http.answers import HINT, Answer, Refusal, printable
from uipath_odata.emulator.http.folders import folder_of, require_folder
from uipath_odata.emulator.http.planned import PlannedFaults
from uipath_odata.emulator.http.rate_limits import RateLimits
from uipath_odata.emulator.http.routes import Routes
from uipath_odata.emulator.identity import logins
from uipath_odata.emulator.identity.tokens import Tokens
from uipath_odata.emulator.life import passing, plans
from uipath_odata.emulator.life.deliveries import Deliveries
from uipath_odata.emulator.registry import carry_out
from uipath_odata.emulator.world import Call, World

_JSON = "application/json; charset=utf-8"
_WORTH_COMPRESSING = 1024
_LARGEST_BODY = 64 * 1024 * 1024
_PORTAL = b"<!DOCTYPE html><html><head><title>UiPath</title></head><body><app-root></app-root></body></html>"
# Clients ask for these before they have a token; a robot begins with the key of its machine.
_WITHOUT_TOKEN = frozenset({"Status_Get", "Status_Version", "RobotsService_BeginSession"})


@attrs.frozen
class _Target:
    """What a request is for: a login, a file of the storage, an operation, or nothing that is known."""

    name: str = ""
    login: str | None = None
    address: Address | None = None
    operation: Operation | None = None
    arguments: dict[str, str] = attrs.field(factory=dict[str, str])
    refusal: Refusal | None = None


@attrs.define
class Server:
    """Answers requests; counts them by what they asked for."""

    world: World
    tokens: Tokens
    routes: Routes
    limits: RateLimits
    calls: Calls
    deliveries: Deliveries
    faults: PlannedFaults = attrs.field(factory=PlannedFaults)
    latency: float = 0.0
    requests: Counter[str] = attrs.field(factory=Counter[str])
    token_requests: int = 0
    control: Callable[[web.Request], Awaitable[Answer]] | None = None
    _alarm: asyncio.TimerHandle | None = None

    def reset(self) -> None:
        """Forget what came so far, and what was planned for what comes."""
        self.calls.clear()
        self.faults.clear()
        self.limits.clear()
        self.deliveries.clear()
        self.requests.clear()
        self.token_requests, self.latency = 0, 0.0

    def application(self) -> web.Application:
        application = web.Application(client_max_size=_LARGEST_BODY)
        application.on_cleanup.append(self._closed)
        application.router.add_route("*", "/{path:.*}", self._received)
        return application

    async def _received(self, request: web.Request) -> web.StreamResponse:
        """Record a request, then answer it or do what a planned fault does."""
        if self.latency:
            await asyncio.sleep(self.latency)
        path = unquote(request.rel_url.raw_path)
        if self.control is not None and path.startswith("/_emulator/"):
            return await self._controlled(request, self.control)
        target = self._target(request.method, path)
        try:
            body = await request.read()
        except web.RequestPayloadError as error:
            body, target = b"", _Target(target.name, refusal=Refusal(f"The body cannot be read: {error}"))
        query = dict(parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True))
        call = RecordedCall(target.name, request.method, path, query, target.arguments, request.headers, body)
        self.calls.record(call)

        async def proceed() -> web.StreamResponse:
            return self._response(request, await self._answered(request, target, path, body))

        fault = self.faults.next(call)
        response = await (fault(request, proceed) if fault else proceed())
        self.calls.answered(call, response.status)
        self.deliver()
        return response

    async def _controlled(
        self, request: web.Request, control: Callable[[web.Request], Awaitable[Answer]]
    ) -> web.StreamResponse:
        try:
            answer = await control(request)
        except Refusal as refusal:
            answer = Answer(refusal.status, {"message": refusal.message})
        return self._response(request, answer)

    def deliver(self) -> None:
        """Tell webhooks of what happened, and look again when the next job is due: nobody else may ask meanwhile."""
        self.deliveries.flush()
        with self.world.lock:
            due = plans.next_due(self.world) if self.world.store.find("Webhooks", "TRUE LIMIT 1") else None
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if due is not None:
            seconds = max((due - self.world.now) / ticks.SECOND, 0.0)
            self._alarm = asyncio.get_running_loop().call_later(seconds, self._due)

    def _due(self) -> None:
        self._alarm = None
        with self.world.lock, self.world.store.transaction():
            passing.advance(self.world)
        if self.world.store.outbox:
            self.deliver()

    async def _closed(self, _: web.Application) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        await self.deliveries.close()

    def _target(self, method: str, path: str) -> _Target:
        kind = logins.login(method, path)
        if kind is not None:
            return _Target(logins.name_of(kind), login=kind)
        found = address(path)
        if found is None:
            return _Target()
        if found.path.startswith(storage.PATH):
            return _Target(f"Storage.{method.title()}", address=found)
        try:
            route = self.routes.find(method, found.path)
        except Refusal as refusal:
            return _Target(address=found, refusal=refusal)
        if route is None:
            return _Target(address=found)
        operation, arguments = route
        return _Target(operation.name, None, found, operation, dict(arguments))

    async def _answered(self, request: web.Request, target: _Target, path: str, body: bytes) -> Answer:
        try:
            if target.login is not None:
                self.token_requests += target.name == "Identity.Token"
                return await logins.answer(target.login, request, self.tokens)
            if target.address is not None and target.address.path.startswith(storage.PATH):
                if target.address.root:
                    self._authenticate(request, None)
                return await storage.served(self.world, request)
            if target.operation is not None:
                return self._carried_out(request, target.operation, target, body)
        except Refusal as refusal:
            return self._refused(refusal)
        missing = f"No HTTP resource was found that matches the request path '{path}'."
        return self._refused(target.refusal or Refusal(missing, status=HTTPStatus.NOT_FOUND))

    def _carried_out(
        self, request: web.Request, operation: Operation, target: _Target, body: bytes
    ) -> Answer:
        self.requests[f"{operation.method} {operation.path}"] += 1
        self._authenticate(request, operation)
        root = target.address.root if target.address is not None else ""
        with self.world.lock:
            self.limits.admit(operation, self.world.clock())
            folder = folder_of(request.headers, self.world.store)
            require_folder(operation, folder, strict=self.world.settings.strict_folders)
            call = Call(
                operation,
                target.arguments,
                request.rel_url.raw_query_string,
                folder,
                body,
                origin := str(request.url.origin()),
                f"{origin}{root}",
                request.headers.get("Content-Type", ""),
            )
            return carry_out(self.world, call)

    def _authenticate(self, request: web.Request, operation: Operation | None) -> None:
        """Refuse a token that is unknown, has expired or lacks the scopes: 401 in all three cases, as tenants answer."""
        if operation is not None and operation.id in _WITHOUT_TOKEN:
            return
        grant = self.tokens.grant(request.headers.get("Authorization"))
        if grant is None:
            sent = hdrs.AUTHORIZATION in request.headers
            hint = "the token is unknown or has expired" if sent else "send Authorization: Bearer and a token"
            raise Refusal("", status=HTTPStatus.UNAUTHORIZED, hint=hint)
        scopes = operation.scopes if operation is not None else frozenset[str]()
        if self.world.settings.scopes == "enforce" and not grant.covers(scopes):
            hint = f"the token lacks one of the scopes {', '.join(sorted(scopes))}"
            raise Refusal("You are not authorized!", status=HTTPStatus.UNAUTHORIZED, hint=hint)

    def _refused(self, refusal: Refusal) -> Answer:
        headers = {**refusal.headers, **({HINT: printable(refusal.hint)} if refusal.hint else {})}
        if refusal.status == HTTPStatus.UNAUTHORIZED and not refusal.message:
            return Answer(
                refusal.status, headers={**headers, "WWW-Authenticate": 'Bearer error="invalid_token"'}
            )
        if refusal.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        if refusal.status == HTTPStatus.NOT_FOUND and not refusal.error_code and self.world.settings.spa:
            return Answer(content=_PORTAL, headers={"Content-Type": "text/html; charset=utf-8"})
        body = {"message": refusal.message, "errorCode": refusal.error_code, "traceId": self._trace_id()}
        return Answer(refusal.status, body, headers=headers)

    def _response(self, request: web.Request, answer: Answer) -> web.Response:
        body = answer.content if answer.content is not None else _json(answer.body)
        is_json = bool(body) and "Content-Type" not in answer.headers
        headers = {
            "api-supported-versions": self.world.schema.version,
            "Date": formatdate(self.world.clock(), usegmt=True),
            **({"Content-Type": _JSON} if is_json else {}),
            **answer.headers,
        }
        response = web.Response(status=answer.status, body=body or None, headers=headers)
        is_long = is_json and len(body) > _WORTH_COMPRESSING
        if is_long and "gzip" in request.headers.get("Accept-Encoding", ""):
            response.enable_compression(web.ContentCoding.gzip)
        return response

    def _trace_id(self) -> str:
        random = self.world.random
        return f"00-{random.getrandbits(128):032x}-{random.getrandbits(64):016x}-01"


def _json(body: Any) -> bytes:
    return b"" if body is None else orjson.dumps(body)
