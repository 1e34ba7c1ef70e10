"""Requests of web pages: CORS, with preflights (Fetch standard, 3.2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

import attrs
from aiohttp import web

_ASKED_METHOD = "Access-Control-Request-Method"
_ASKED_HEADERS = "Access-Control-Request-Headers"
_ASKED_NETWORK = "Access-Control-Request-Private-Network"
_SECONDS = "600"


@attrs.frozen
class Cors:
    """Lets the pages of these origins read answers; ``*`` stands for all of them."""

    origins: Collection[str]

    def install(self, application: web.Application) -> None:
        """Answer preflights in front of an application, and mark all its answers, broken ones too."""

        @web.middleware
        async def preflight(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            if request.method == "OPTIONS" and _ASKED_METHOD in request.headers:
                return self._preflight(request)
            return await handler(request)

        async def mark(request: web.Request, response: web.StreamResponse) -> None:
            if self._allows(request):
                response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
                response.headers["Access-Control-Expose-Headers"] = "*"
                response.headers["Vary"] = "Origin"

        application.middlewares.append(preflight)
        application.on_response_prepare.append(mark)

    def _allows(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin")
        return origin is not None and ("*" in self.origins or origin in self.origins)

    def _preflight(self, request: web.Request) -> web.Response:
        if not self._allows(request):
            origin = request.headers.get("Origin", "")
            return web.Response(status=403, text=f"Start the emulator with --cors {origin}")
        allowed = {
            "Access-Control-Allow-Methods": request.headers[_ASKED_METHOD],
            "Access-Control-Allow-Headers": request.headers.get(_ASKED_HEADERS, "*"),
            "Access-Control-Max-Age": _SECONDS,
        }
        if _ASKED_NETWORK in request.headers:
            allowed["Access-Control-Allow-Private-Network"] = "true"
        return web.Response(status=204, headers=allowed)
