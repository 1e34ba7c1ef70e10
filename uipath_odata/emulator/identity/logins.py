"""The addresses at which people and programs log in, at the host and below any organization."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson
from aiohttp import web

from uipath_odata.emulator.data.json_values import is_object
from uipath_odata.emulator.http.answers import Answer, Refusal
from uipath_odata.emulator.identity.tokens import Tokens

_IDENTITY = r"(?:/[^/]+){0,2}/identity_?"
_ADDRESSES: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (method, name, re.compile(path, re.IGNORECASE))
    for method, name, path in (
        ("POST", "user key", r"(?:/[^/]+){0,2}/oauth/token"),
        ("POST", "application", rf"{_IDENTITY}/connect/token"),
        ("POST", "password", r"(?:/[^/]+){0,2}(?:/orchestrator_)?/api/account/authenticate"),
        ("GET", "authorize", rf"{_IDENTITY}/connect/authorize"),
        ("GET", "discovery", rf"{_IDENTITY}/\.well-known/openid-configuration"),
    )
)
_NAMES = {"authorize": "Identity.Authorize", "discovery": "Identity.Discovery"}


def login(method: str, path: str) -> str | None:
    """Return the kind of login that an address is for; None where it is for none."""
    return next((name for verb, name, each in _ADDRESSES if verb == method and each.fullmatch(path)), None)


def name_of(kind: str) -> str:
    """Return the name of a login in the journal."""
    return _NAMES.get(kind, "Identity.Token")


async def answer(kind: str, request: web.Request, tokens: Tokens) -> Answer:
    """Answer a login."""
    match kind:
        case "user key":
            return tokens.for_user_key(await _json(request))
        case "password":
            sent = await _json(request)
            return tokens.for_password({name.lower(): value for name, value in sent.items()})
        case "application":
            form = await request.post()
            return tokens.for_application(
                {name: text for name, text in form.items() if isinstance(text, str)}
            )
        case "authorize":
            return _authorized(request.query, tokens)
        case _:
            return _discovery(request)


def _authorized(query: Mapping[str, str], tokens: Tokens) -> Answer:
    """Send the browser back with a code at once: nobody is asked for a password."""
    code = tokens.issue_code(query)
    if code is None or not query.get("redirect_uri"):
        raise Refusal(
            "unauthorized_client", hint="the client id is that of emulator.tokens, response_type is code"
        )
    state = {"state": query["state"]} if "state" in query else {}
    joint = "&" if "?" in query["redirect_uri"] else "?"
    place = f"{query['redirect_uri']}{joint}{urlencode({'code': code, **state})}"
    return Answer(HTTPStatus.FOUND, headers={"Location": place})


def _discovery(request: web.Request) -> Answer:
    issuer = f"{request.url.origin()}{request.path.rpartition('/.well-known')[0]}"
    return Answer(
        body={
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/connect/authorize",
            "token_endpoint": f"{issuer}/connect/token",
            "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        sent: Any = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        sent = None
    return sent if is_object(sent) else {}
