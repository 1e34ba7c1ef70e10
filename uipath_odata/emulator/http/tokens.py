"""The identity server: access tokens that expire, refresh tokens that are used once."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from http import HTTPStatus

import attrs

from uipath_odata.emulator.http.answers import Answer

_USER_KEY_SCOPE = "openid profile email offline_access"


@attrs.define
class Tokens:
    """Issues tokens to one user key and one external application, and says which are still good.

    A refresh token used twice is refused and takes every token of its family with it, as identity servers that rotate do.
    """

    lifetime: float
    clock: Callable[[], float]
    random: random.Random
    client_id: str = "demo-client"
    user_key: str = "demo-user-key"
    client_secret: str = "demo-secret"  # noqa: S105 - the made-up secret of a server on this machine
    _access: dict[str, float] = attrs.field(factory=dict[str, float])
    _refresh: dict[str, str] = attrs.field(factory=dict[str, str])
    _used: dict[str, str] = attrs.field(factory=dict[str, str])

    def issue(self) -> str:
        """Return a new access token."""
        token = self._text("at")
        self._access[token] = self.clock() + self.lifetime
        return token

    def issue_refresh_token(self, family: str | None = None) -> str:
        """Return a new refresh token; without a family it begins one, as a login does."""
        token = self._text("rt")
        self._refresh[token] = family or token
        return token

    def expire(self) -> None:
        """End the life of every access token issued so far."""
        self._access.clear()

    def accepts(self, authorization: str | None) -> bool:
        """Whether an Authorization header carries a token that was issued here and has not expired."""
        scheme, _, token = (authorization or "").partition(" ")
        return scheme.lower() == "bearer" and self._access.get(token, 0.0) > self.clock()

    def for_user_key(self, request: Mapping[str, str]) -> Answer:
        """Answer ``/oauth/token``: a user key for an access token, with no new user key."""
        if request.get("grant_type") != "refresh_token":
            return _refused("unsupported_grant_type")
        if request.get("client_id") != self.client_id:
            return _refused("invalid_client")
        if request.get("refresh_token") != self.user_key:
            return _refused("invalid_grant")
        return Answer(body={**self._granted(_USER_KEY_SCOPE), "id_token": self._text("id")})

    def for_application(self, request: Mapping[str, str]) -> Answer:
        """Answer ``/identity_/connect/token``: client credentials, or a refresh token for its successor."""
        if request.get("client_id") != self.client_id:
            return _refused("invalid_client")
        match request.get("grant_type"):
            case "client_credentials":
                if request.get("client_secret") != self.client_secret:
                    return _refused("invalid_client")
                return Answer(body=self._granted(request.get("scope", "")))
            case "refresh_token":
                return self._refreshed(request.get("refresh_token", ""))
            case _:
                return _refused("unsupported_grant_type")

    def _refreshed(self, token: str) -> Answer:
        if family := self._used.get(token):
            self._refresh = {each: of for each, of in self._refresh.items() if of != family}
        family = self._refresh.pop(token, None)
        if family is None:
            return _refused("invalid_grant")
        self._used[token] = family
        return Answer(
            body={**self._granted("offline_access"), "refresh_token": self.issue_refresh_token(family)}
        )

    def _granted(self, scope: str) -> dict[str, object]:
        return {
            "access_token": self.issue(),
            "scope": scope,
            "expires_in": int(self.lifetime),
            "token_type": "Bearer",
        }

    def _text(self, prefix: str) -> str:
        return f"{prefix}-{self.random.getrandbits(128):032x}"


def _refused(error: str) -> Answer:
    return Answer(HTTPStatus.BAD_REQUEST, {"error": error})
