"""The identity server: access tokens that expire and have scopes, refresh tokens that are used once, codes with PKCE."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable, Mapping
from http import HTTPStatus

import attrs

from uipath_odata.emulator.http.answers import HINT, Answer, printable

_USER_KEY_SCOPE = "openid profile email offline_access"
_OF_USERS = frozenset(_USER_KEY_SCOPE.split())
_EVERYTHING = "OR.Default"
GRANTS = ("authorization_code", "client_credentials", "refresh_token")
"""The kinds of grants that ``connect/token`` takes."""


@attrs.frozen
class Grant:
    """What a token is good for; ``scopes=None``: whatever its user or application may do."""

    expiry: float
    scopes: frozenset[str] | None = None

    def covers(self, any_of: frozenset[str]) -> bool:
        """Return whether one of these scopes was granted; an empty set asks for none."""
        return not any_of or self.scopes is None or _EVERYTHING in self.scopes or bool(any_of & self.scopes)


@attrs.frozen
class _Code:
    client_id: str
    redirect_uri: str
    challenge: str
    scope: str


@attrs.define
class Tokens:
    """Issues tokens to one user and one external application, and says which are still good.

    A refresh token used twice is refused and takes every token of its family with it, as identity servers that rotate do.
    ``known_scopes`` are Orchestrator's; scopes of other services, which have another prefix than ``OR.``, are granted.
    """

    lifetime: float
    clock: Callable[[], float]
    random: random.Random
    known_scopes: frozenset[str] = frozenset()
    client_id: str = "demo-client"
    user_key: str = "demo-user-key"
    client_secret: str = "demo-secret"  # noqa: S105 - the made-up secret of a server on this machine
    username: str = "demo-user"
    password: str = "demo-password"  # noqa: S105 - the same
    personal_access_token: str = "demo-pat"  # noqa: S105 - the same
    any_token: bool = False
    _access: dict[str, Grant] = attrs.field(factory=dict[str, Grant])
    _refresh: dict[str, str] = attrs.field(factory=dict[str, str])
    _scopes: dict[str, str] = attrs.field(factory=dict[str, str])
    _used: dict[str, str] = attrs.field(factory=dict[str, str])
    _codes: dict[str, _Code] = attrs.field(factory=dict[str, _Code])

    def require(self, secret: str) -> None:
        """Make this the only secret: as personal access token, user key, client secret and password; ValueError if empty."""
        if not secret.strip():
            raise ValueError("an empty token would let everybody in: name a text")
        self.personal_access_token = self.user_key = self.client_secret = self.password = secret

    def issue(self, scope: str = "") -> str:
        """Return a new access token; without a scope it may do everything."""
        token = self._text("at")
        self._access[token] = Grant(self.clock() + self.lifetime, frozenset(scope.split()) or None)
        return token

    def issue_refresh_token(self, family: str | None = None, scope: str = "") -> str:
        """Return a new refresh token; without a family it begins one, as a login does."""
        token = self._text("rt")
        self._refresh[token] = family or token
        self._scopes.setdefault(family or token, scope)
        return token

    def issue_code(self, request: Mapping[str, str]) -> str | None:
        """Return the code of a login in the browser (RFC 6749, 4.1); None for another application."""
        if request.get("client_id") != self.client_id or request.get("response_type") != "code":
            return None
        code = self._text("code")
        self._codes[code] = _Code(
            self.client_id,
            request.get("redirect_uri", ""),
            request.get("code_challenge", ""),
            request.get("scope", ""),
        )
        return code

    def expire(self) -> None:
        """End the life of every access token issued so far."""
        self._access.clear()

    def grant(self, authorization: str | None) -> Grant | None:
        """Return what an Authorization header is good for; None where its token is unknown or has expired."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        if self.any_token or token == self.personal_access_token:
            return Grant(self.clock() + self.lifetime)
        found = self._access.get(token)
        return found if found is not None and found.expiry > self.clock() else None

    def accepts(self, authorization: str | None) -> bool:
        """Return whether an Authorization header carries a token that was issued here and has not expired."""
        return self.grant(authorization) is not None

    def for_user_key(self, request: Mapping[str, str]) -> Answer:
        """Answer ``/oauth/token``: a user key for an access token, with no new user key."""
        if request.get("grant_type") != "refresh_token":
            return refused("unsupported_grant_type", "the body is JSON with grant_type refresh_token")
        if request.get("client_id") != self.client_id:
            return self._another_client()
        if request.get("refresh_token") != self.user_key:
            return refused("invalid_grant", "refresh_token is the user key: emulator.tokens has it")
        return Answer(body={**self._granted(_USER_KEY_SCOPE, ""), "id_token": self._text("id")})

    def for_password(self, request: Mapping[str, str]) -> Answer:
        """Answer ``/api/Account/Authenticate`` of a standalone Orchestrator, in ASP.NET Boilerplate's envelope."""
        if (request.get("usernameoremailaddress"), request.get("password")) != (self.username, self.password):
            error = {"message": "Invalid username/email address or password.", "errorCode": 1000}
            hint = {HINT: "usernameOrEmailAddress and password are those of emulator.tokens"}
            return Answer(HTTPStatus.BAD_REQUEST, error, headers=hint)
        envelope = {"targetUrl": None, "success": True, "error": None, "unAuthorizedRequest": False}
        return Answer(body={"result": self.issue(), **envelope, "__abp": True})

    def for_application(self, request: Mapping[str, str]) -> Answer:
        """Answer ``connect/token``: client credentials, a code, or a refresh token for its successor."""
        if request.get("client_id") != self.client_id:
            return self._another_client()
        match request.get("grant_type"):
            case "client_credentials":
                if request.get("client_secret") != self.client_secret:
                    return refused("invalid_client", "client_secret is that of emulator.tokens")
                return self._for_scope(request.get("scope", ""))
            case "refresh_token":
                return self._refreshed(request.get("refresh_token", ""))
            case "authorization_code":
                return self._for_code(request)
            case _:
                return refused("unsupported_grant_type", f"grant_type is one of {', '.join(GRANTS)}")

    def _for_scope(self, scope: str) -> Answer:
        if unknown := self.unknown_scopes(scope):
            return refused("invalid_scope", f"Orchestrator has no scope {', '.join(unknown)}")
        return Answer(body=self._granted(scope, scope))

    def unknown_scopes(self, scope: str) -> list[str]:
        """Return those of the scopes that neither Orchestrator nor a login has."""
        return [each for each in scope.split() if self._is_unknown(each)]

    def _another_client(self) -> Answer:
        return refused("invalid_client", f"client_id is {self.client_id}")

    def _is_unknown(self, scope: str) -> bool:
        if scope.startswith("OR."):
            return scope != _EVERYTHING and scope not in self.known_scopes
        return "." not in scope and scope not in _OF_USERS

    def _for_code(self, request: Mapping[str, str]) -> Answer:
        """Take a code once, with the verifier of its challenge (RFC 7636, 4.6)."""
        code = self._codes.pop(request.get("code", ""), None)
        digest = hashlib.sha256(request.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if code is None:
            return refused("invalid_grant", "the code is unknown, or was used before")
        if code.redirect_uri != request.get("redirect_uri", ""):
            return refused("invalid_grant", "redirect_uri is another than that of the code")
        if code.challenge and code.challenge != challenge:
            return refused("invalid_grant", "code_verifier is not the one that code_challenge was made from")
        granted = self._granted(code.scope, _of_orchestrator(code.scope))
        if "offline_access" in code.scope.split():
            granted["refresh_token"] = self.issue_refresh_token(scope=code.scope)
        return Answer(body=granted)

    def _refreshed(self, token: str) -> Answer:
        if family := self._used.get(token):
            self._refresh = {each: of for each, of in self._refresh.items() if of != family}
        family = self._refresh.pop(token, None)
        if family is None:
            return refused(
                "invalid_grant", "the refresh token is unknown, or it or one of its family was used twice"
            )
        self._used[token] = family
        scope = self._scopes.get(family, "")
        granted = self._granted(scope or "offline_access", _of_orchestrator(scope))
        return Answer(body={**granted, "refresh_token": self.issue_refresh_token(family)})

    def _granted(self, shown: str, scope: str) -> dict[str, object]:
        return {
            "access_token": self.issue(scope),
            "scope": shown,
            "expires_in": int(self.lifetime),
            "token_type": "Bearer",
        }

    def _text(self, prefix: str) -> str:
        return f"{prefix}-{self.random.getrandbits(128):032x}"


def _of_orchestrator(scope: str) -> str:
    """Return the scopes of a login that are about Orchestrator; a login that names none of them may do what its user may."""
    return " ".join(each for each in scope.split() if each.startswith("OR."))


def refused(error: str, hint: str) -> Answer:
    """Refuse a login in the words of RFC 6749, 5.2, which never say why; the hint does, in a header."""
    return Answer(HTTPStatus.BAD_REQUEST, {"error": error}, headers={HINT: printable(hint)})
