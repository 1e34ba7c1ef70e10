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
from uipath_odata.emulator.identity.tokens import GRANTS, Tokens, refused

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
            form = await _form(request)
            if form is None:
                return refused(
                    "invalid_request", "the body is a form, in the charset that its Content-Type says"
                )
            return tokens.for_application(form)
        case "authorize":
            return _authorized(request.query, tokens)
        case _:
            return _discovery(request)


def _authorized(query: Mapping[str, str], tokens: Tokens) -> Answer:
    """Send the browser back with a code at once: nobody is asked for a password."""
    callback = query.get("redirect_uri", "")
    if not _is_address(callback):
        raise Refusal("invalid_request", hint="redirect_uri is the address of the program that logs in")
    if unknown := tokens.unknown_scopes(query.get("scope", "")):
        told = {"error": "invalid_scope", "error_description": f"Orchestrator has no {', '.join(unknown)}"}
    elif query.get("code_challenge_method", "S256") != "S256":
        told = {"error": "invalid_request", "error_description": "code_challenge_method is S256"}
    elif (code := tokens.issue_code(query)) is None:
        hint = f"client_id is {tokens.client_id}, response_type is code"
        raise Refusal("unauthorized_client", hint=hint)
    else:
        told = {"code": code}
    state = {"state": query["state"]} if "state" in query else {}
    place = f"{callback}{'&' if '?' in callback else '?'}{urlencode({**told, **state})}"
    return Answer(HTTPStatus.FOUND, headers={"Location": place})


def _is_address(text: str) -> bool:
    """Whether a browser can be sent there: an absolute address, http or an application's own scheme, in plain characters."""
    return re.fullmatch(r"(?!javascript:|data:)[a-z][a-z0-9+.-]*:[!-~]+", text, re.IGNORECASE) is not None


def _discovery(request: web.Request) -> Answer:
    issuer = f"{request.url.origin()}{request.path.rpartition('/.well-known')[0]}"
    return Answer(
        body={
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/connect/authorize",
            "token_endpoint": f"{issuer}/connect/token",
            "grant_types_supported": list(GRANTS),
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


async def _form(request: web.Request) -> dict[str, str] | None:
    """Read the fields of a form; None where the body is not what its Content-Type says."""
    try:
        form = await request.post()
    except (ValueError, LookupError):
        return None
    return {name: text for name, text in form.items() if isinstance(text, str)}


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        sent: Any = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        sent = None
    return sent if is_object(sent) else {}
