"""Ask an identity server for a token and read what it answers, without I/O."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from typing import Any, cast

import attrs
import orjson

from uipath_odata.auth.secret import Secret
from uipath_odata.errors import AuthenticationFailed

__all__ = ["Grant", "TokenAnswer", "TokenRequest", "granted", "lifetime", "secret_text"]

_DEFAULT_LIFE = 300.0
# The longest life that UiPath documents: a token from a user key.
_LONGEST_LIFE = 86_400.0
# RFC 6750 §2.1 allows less; a space or control character would end the header's value.
_TOKEN_TEXT = re.compile(r"[\x21-\x7e]+")

_ADVICE = {
    "invalid_grant": "the user key or refresh token is expired, revoked or used up: make a new one or log in again",
    "invalid_client": "the client id or secret is wrong or of another organization: check both, and token_url",
    "invalid_scope": "a scope is unknown or not granted to this application: compare scope= with the application's"
    " own list; client credentials take application scopes and no offline_access",
    "unauthorized_client": "this application may not use this grant: register it as a confidential application",
    "unsupported_grant_type": "this identity server does not know the grant: check token_url",
}


@attrs.frozen
class TokenRequest:
    """One POST to a token endpoint."""

    url: str
    body: bytes = attrs.field(repr=False)
    content_type: str


@attrs.frozen
class TokenAnswer:
    """What the token endpoint of ``host`` answered."""

    host: str
    status: int
    body: bytes = attrs.field(repr=False)


@attrs.frozen
class Grant:
    """A token as it was given; ``expires_in`` is in seconds."""

    access_token: Secret
    expires_in: float = math.inf
    refresh_token: Secret | None = None
    scope: str | None = None


def granted(answer: TokenAnswer) -> Grant:
    """Read the grant, or raise ``AuthenticationFailed`` with what to check; the body is never shown."""
    facts = _object(answer)
    if "error" in facts or answer.status >= 400:  # noqa: PLR2004 - RFC 9110 §15.5
        raise AuthenticationFailed(_refusal(answer, facts.get("error")))
    if str(facts.get("token_type") or "Bearer").lower() != "bearer":
        raise AuthenticationFailed(f"{answer.host} gave a token that is not a Bearer token: check token_url")
    if not isinstance(token := facts.get("access_token"), str):
        raise AuthenticationFailed(f"{answer.host} answered without an access_token: check token_url")
    refresh = facts.get("refresh_token")
    scope = facts.get("scope")
    return Grant(
        secret_text(token, answer.host),
        lifetime(facts.get("expires_in")),
        secret_text(refresh, answer.host) if isinstance(refresh, str) and refresh else None,
        scope if isinstance(scope, str) else None,
    )


def lifetime(expires_in: Any) -> float:
    """Read ``expires_in`` as seconds: quoted digits count, absent is 300, at most a day."""
    if isinstance(expires_in, str) and re.fullmatch(r"\s*-?[0-9]+(\.[0-9]+)?\s*", expires_in):
        expires_in = float(expires_in)
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | float):
        return _DEFAULT_LIFE
    return min(max(float(expires_in), 0.0), _LONGEST_LIFE)


def secret_text(text: str, source: str) -> Secret:
    """Wrap a token that can stand in a header."""
    if not _TOKEN_TEXT.fullmatch(text):
        raise AuthenticationFailed(f"{source} gave a token with spaces or control characters: copy it again")
    return Secret(text)


def _object(answer: TokenAnswer) -> dict[str, Any]:
    facts: Any = None
    with suppress(orjson.JSONDecodeError):
        facts = orjson.loads(answer.body.removeprefix(b"\xef\xbb\xbf"))
    if not isinstance(facts, dict):
        what = f"{answer.host} answered HTTP {answer.status} without JSON"
        raise AuthenticationFailed(
            f"{what}: token_url is not a token endpoint, or a proxy answered in its place"
        )
    return cast("dict[str, Any]", facts)


def _refusal(answer: TokenAnswer, error: Any) -> str:
    known = error if isinstance(error, str) and error in _ADVICE else None
    advice = _ADVICE[known] if known else "check the credentials and token_url"
    return f"{answer.host} refused with HTTP {answer.status} {known or ''}".rstrip() + f": {advice}"
