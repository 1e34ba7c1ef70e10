"""A user name and password, as standalone Orchestrators take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import orjson

from uipath_odata.auth.flows.grant import Grant, TokenAnswer, TokenRequest, json_object, secret_text
from uipath_odata.auth.secret import Secret, as_secret, is_sendable
from uipath_odata.errors import AuthenticationFailed

if TYPE_CHECKING:
    from uipath_odata.auth.credentials import Post
    from uipath_odata.auth.deployment import Deployment

__all__ = ["UsernamePassword"]

# UiPath's page on resource owner authentication: 30 minutes, unless the server is configured otherwise.
_LIFE = 1_800.0


@attrs.frozen
class UsernamePassword:
    """Act as a local user of a standalone Orchestrator; UiPath advises external applications for all but the host's administrators.

    ``tenant`` is the tenant's name, where it is not the client's own. A refused password is not
    sent a second time, so that a wrong one does not lock the account.
    """

    username: str = attrs.field(validator=is_sendable)
    password: Secret = attrs.field(converter=as_secret)
    tenant: str | None = attrs.field(default=None, validator=is_sendable)
    token_url: str | None = None

    async def exchange(self, deployment: Deployment, post: Post, _previous: Grant | None, /) -> Grant:
        """Log in again, because a login brings no refresh token."""
        return _granted(await post(self.request(deployment)))

    def request(self, deployment: Deployment) -> TokenRequest:
        """Return the request of UiPath's page on resource owner authentication."""
        base = str(deployment.base_url).rstrip("/").removesuffix("/orchestrator_")
        body = {
            "tenancyName": self.tenant or deployment.tenant_name,
            "usernameOrEmailAddress": self.username,
            "password": self.password.reveal(),
        }
        url = self.token_url or f"{base}/api/account/authenticate"
        return TokenRequest(url, orjson.dumps(body), "application/json", repeatable=False)


def _granted(answer: TokenAnswer) -> Grant:
    facts: dict[str, Any] = json_object(answer)
    token = facts.get("result")
    if answer.status >= 400 or facts.get("error") or not isinstance(token, str):  # noqa: PLR2004 - RFC 9110 §15.5
        raise AuthenticationFailed(
            f"{answer.host} refused the user name and password with HTTP {answer.status}: check both and the"
            " tenant, that the account is not locked, and that it may log in without single sign-on"
        )
    return Grant(secret_text(token, answer.host), _LIFE)
