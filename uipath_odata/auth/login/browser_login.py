"""The login of a person with the system's browser."""

from __future__ import annotations

import asyncio
import functools
import logging
import re
import secrets
import webbrowser
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import attrs

from uipath_odata.auth.flows.grant import ADVICE, FORM, Grant, TokenAnswer, TokenRequest, granted, refusal
from uipath_odata.auth.flows.refresh import refresh_request, refreshed
from uipath_odata.auth.flows.scope import OFFLINE, scope_text
from uipath_odata.auth.login.loopback import Loopback, listening
from uipath_odata.auth.login.pasted import pasted_answer
from uipath_odata.auth.login.pkce import code_challenge, new_verifier
from uipath_odata.auth.origin import check_origin, read_url
from uipath_odata.auth.secret import Secret, is_sendable
from uipath_odata.auth.secret_provider import SecretProvider, as_provider, post_with_secret
from uipath_odata.errors import AuthenticationFailed, QueryError
from uipath_odata.local.log_line import LogPlace, log_line

if TYPE_CHECKING:
    from uipath_odata.auth.credentials import Post
    from uipath_odata.auth.deployment import Deployment

__all__ = ["BrowserLogin"]

# Where UiPath's own command line listens, so that its registration serves this client too.
_REDIRECT = "http://localhost:12700"
_LOOPBACK = re.compile(r"http://(?:localhost|127\.0\.0\.1):(?P<port>[0-9]{1,5})(?P<path>/[\w./~-]*)?")
_LAST_PORT = 65_535
_OFFLINE_ADVICE = "let the application have the scope offline_access"

logger = logging.getLogger("uipath_odata")


def _offline(scope: str | Iterable[str]) -> str:
    asked = (scope_text(scope) or "").split()
    return " ".join(asked if OFFLINE in asked else [*asked, OFFLINE])


def _is_loopback(_login: Any, _attribute: Any, uri: str) -> None:
    found = _LOOPBACK.fullmatch(uri)
    if found is None or int(found["port"]) > _LAST_PORT:
        raise QueryError(
            "The redirect_uri is not on this machine: write http://localhost:PORT as the application registers it"
        )


@attrs.frozen
class BrowserLogin:
    """Act as the person who logs in with the system's browser (authorization code with PKCE, RFC 7636 and 8252).

    The external application registers ``redirect_uri``; port 0 takes any free port of 127.0.0.1. ``offline_access``
    is asked for beside ``scope``, so that the login is renewed without the person; nothing is kept on disk.
    ``open_browser`` is called with the address in a thread of its own. ``patience`` is in seconds.
    """

    client_id: str = attrs.field(validator=is_sendable)
    scope: str = attrs.field(converter=_offline, validator=is_sendable)
    """``OR.Jobs OR.Robots.Read``, as a text or as a sequence."""
    redirect_uri: str = attrs.field(default=_REDIRECT, validator=_is_loopback, kw_only=True)
    client_secret: Secret | SecretProvider | None = attrs.field(
        default=None, converter=attrs.converters.optional(as_provider), kw_only=True, repr=False
    )
    """Of a confidential application; an async callable, such as a vault's, is asked for each token."""
    authorize_url: str | None = attrs.field(default=None, kw_only=True)
    token_url: str | None = attrs.field(default=None, kw_only=True)
    open_browser: Callable[[str], object] = attrs.field(default=webbrowser.open, kw_only=True)
    ask_redirect: Callable[[str], str] | None = attrs.field(default=None, kw_only=True)
    """Shows the address instead of opening it, and returns the redirect that a person pastes whose browser is on another
    machine; an empty text waits for a browser of this one."""
    patience: float = attrs.field(default=300.0, kw_only=True)

    async def exchange(self, deployment: Deployment, post: Post, previous: Grant | None, /) -> Grant:
        """Renew the login; where there is none, or it has ended, ask the person.

        Raise AuthenticationFailed where a login without a refresh token is over: nobody wants a window at every expiry.
        """
        url = self.token_url or deployment.token_url
        if previous is not None and (last := previous.refresh_token) is not None:
            renew = functools.partial(refresh_request, url, self.client_id, last)
            answer = await self._post(post, renew)
            if refusal(answer) != "invalid_grant":
                return refreshed(answer, last, self.scope)
        elif previous is not None:
            raise AuthenticationFailed(
                f"The login is over, and the identity server gave no refresh token: {_OFFLINE_ADVICE}, or log in again"
                " with a new client"
            )
        verifier = new_verifier()
        code, redirect_uri = await self._code(deployment, verifier)
        redeem = functools.partial(self._redeem, url, code, redirect_uri, verifier)
        grant = granted(await self._post(post, redeem), self.scope)
        if grant.refresh_token is None:
            log_line(
                logger,
                logging.WARNING,
                LogPlace(deployment.name),
                "The login lasts %.0f minutes, for the identity server gave no refresh token: %s",
                grant.expires_in / 60,
                _OFFLINE_ADVICE,
            )
        return grant

    async def _post(self, post: Post, request: Callable[[Secret | None], TokenRequest]) -> TokenAnswer:
        if self.client_secret is None:
            return await post(request(None))
        return await post_with_secret(post, self.client_secret, request)

    async def _code(self, deployment: Deployment, verifier: Secret) -> tuple[Secret, str]:
        """Open the browser and wait for what it brings."""
        state = secrets.token_urlsafe(32)
        registered = urlsplit(self.redirect_uri)
        async with listening(registered.port or 0, registered.path or "/", state) as loopback:
            redirect_uri = re.sub(r":0(?=/|$)", f":{loopback.port}", self.redirect_uri)
            try:
                async with asyncio.timeout(self.patience):
                    answer = await self._answer(
                        loopback, self._address(deployment, state, redirect_uri, verifier)
                    )
            except TimeoutError:
                answer = None
        if answer is None:
            raise AuthenticationFailed(
                f"Nobody logged in within {self.patience:.0f} s: try again, and finish in the window that opens"
            )
        return _code_of(answer), redirect_uri

    async def _answer(self, loopback: Loopback, address: str) -> Mapping[str, str]:
        """Wait for what the browser brings here, or for what the person pastes of it."""
        if self.ask_redirect is None:
            await self._open(address)
            return await loopback.answer()
        ways = {
            asyncio.ensure_future(loopback.answer()),
            asyncio.ensure_future(pasted_answer(self.ask_redirect, address, loopback.state)),
        }
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _open(self, address: str) -> None:
        if await asyncio.to_thread(self.open_browser, address) is False:
            raise AuthenticationFailed(
                "No browser could be opened: log in on a machine that has one, or use ClientCredentials"
            )

    def _address(self, deployment: Deployment, state: str, redirect_uri: str, verifier: Secret) -> str:
        url = self.authorize_url or deployment.authorize_url
        if url is None:
            raise QueryError(f"No login page is known for {deployment.base_url.host}: give authorize_url=")
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.scope,
            "state": state,
            "code_challenge": code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        # Raw spaces or plus signs would cut the scope short on some systems.
        return f"{check_origin(read_url(url))}?{urlencode(query, quote_via=quote)}"

    def _redeem(
        self, url: str, code: Secret, redirect_uri: str, verifier: Secret, secret: Secret | None
    ) -> TokenRequest:
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": code.reveal(),
            "redirect_uri": redirect_uri,
            "code_verifier": verifier.reveal(),
        }
        if secret is not None:
            form["client_secret"] = secret.reveal()
        return TokenRequest(url, urlencode(form).encode(), FORM)


def _code_of(answer: Mapping[str, str]) -> Secret:
    if "error" in answer or not answer.get("code"):
        raise AuthenticationFailed(_refused(answer.get("error", "")))
    return Secret(answer["code"])


def _refused(error: str) -> str:
    if error == "access_denied":
        return "The login was cancelled or refused in the browser: try again, or ask for access"
    known = f" {error}" if error in ADVICE else ""
    advice = ADVICE.get(error, "check client_id, redirect_uri and scope against the application")
    return f"The identity server refused the login{known}: {advice}"
