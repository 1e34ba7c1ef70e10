"""A token request and what its answer says, without I/O."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from typing import Any, cast

import attrs
import orjson

from uipath_odata.auth.flows.scope import dropped_scopes
from uipath_odata.auth.secret import Secret
from uipath_odata.errors import AuthenticationFailed

__all__ = [
    "ADVICE",
    "FORM",
    "Grant",
    "TokenAnswer",
    "TokenRequest",
    "granted",
    "json_object",
    "lifetime",
    "refusal",
    "secret_text",
]

FORM = "application/x-www-form-urlencoded"

_DEFAULT_LIFE = 300.0
# The longest life that UiPath documents: a token from a user key.
_LONGEST_LIFE = 86_400.0
# RFC 6750 §2.1 allows less; a space or control character would end the header's value.
_TOKEN_TEXT = re.compile(r"[\x21-\x7e]+")

ADVICE = {
    "invalid_grant": "the user key, refresh token or code is expired, revoked or used up: make a new one or log in again",
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
    repeatable: bool = True
    """Whether it may be sent again after it may have reached the server."""


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
    dropped: tuple[str, ...] = ()
    """Scopes that were asked for and not granted."""


def granted(answer: TokenAnswer, asked: str | None = None) -> Grant:
    """Read the grant, or raise ``AuthenticationFailed`` with what to check; the body is never shown.

    ``asked`` are the scopes that the request named.
    """
    facts = json_object(answer)
    if "error" in facts or answer.status >= 400:  # noqa: PLR2004 - RFC 9110 §15.5
        raise AuthenticationFailed(_refused(answer))
    if str(facts.get("token_type") or "Bearer").lower() != "bearer":
        raise AuthenticationFailed(f"{answer.host} gave a token that is not a Bearer token: check token_url")
    if not isinstance(token := facts.get("access_token"), str):
        raise AuthenticationFailed(f"{answer.host} answered without an access_token: check token_url")
    refresh = _text(facts, "refresh_token")
    scope = _text(facts, "scope")
    return Grant(
        secret_text(token, answer.host),
        lifetime(facts.get("expires_in")),
        secret_text(refresh, answer.host) if refresh else None,
        scope,
        dropped_scopes(asked, scope, refreshable=bool(refresh)),
    )


def refusal(answer: TokenAnswer) -> str | None:
    """Name the error of RFC 6749 §5.2 that the answer is, if it is a known one."""
    error = (_facts(answer.body) or {}).get("error")
    return error if isinstance(error, str) and error in ADVICE else None


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


def json_object(answer: TokenAnswer) -> dict[str, Any]:
    """Read the answer as a JSON object, or raise ``AuthenticationFailed``."""
    facts = _facts(answer.body)
    if facts is None:
        what = f"{answer.host} answered HTTP {answer.status} without JSON"
        raise AuthenticationFailed(
            f"{what}: token_url is not a token endpoint, or a proxy answered in its place"
        )
    return facts


def _facts(body: bytes) -> dict[str, Any] | None:
    # Descriptions come in other charsets than JSON's; what is read of an answer is ASCII.
    text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    with suppress(orjson.JSONDecodeError):
        facts: Any = orjson.loads(text)
        return cast("dict[str, Any]", facts) if isinstance(facts, dict) else None
    return None


def _text(facts: dict[str, Any], name: str) -> str | None:
    value = facts.get(name)
    return value if isinstance(value, str) else None


def _refused(answer: TokenAnswer) -> str:
    known = refusal(answer)
    advice = ADVICE[known] if known else "check the credentials and token_url"
    return f"{answer.host} refused with HTTP {answer.status} {known or ''}".rstrip() + f": {advice}"
