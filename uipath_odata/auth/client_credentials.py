"""A confidential external application."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import attrs

from uipath_odata.auth.grant import Grant, TokenRequest, granted
from uipath_odata.auth.secret import Secret, as_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uipath_odata.auth.credentials import Post
    from uipath_odata.auth.deployment import Deployment

__all__ = ["ClientCredentials"]


def _scope(scope: str | Iterable[str] | None) -> str | None:
    return scope if scope is None or isinstance(scope, str) else " ".join(scope)


@attrs.frozen
class ClientCredentials:
    """Act as a confidential external application with application scopes."""

    client_id: str
    client_secret: Secret = attrs.field(converter=as_secret)
    scope: str | None = attrs.field(default=None, converter=_scope)
    """``OR.Jobs OR.Robots.Read``, as a text or as a sequence."""
    token_url: str | None = None

    async def exchange(self, deployment: Deployment, post: Post, _previous: Grant | None, /) -> Grant:
        """Run the grant again; there is no refresh token."""
        return granted(await post(self.request(deployment)))

    def request(self, deployment: Deployment) -> TokenRequest:
        """Say the form of RFC 6749 §4.4.2 with the client in the body, as UiPath wants it."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret.reveal(),
        }
        if self.scope is not None:
            form["scope"] = self.scope
        url = self.token_url or deployment.token_url
        return TokenRequest(url, urlencode(form).encode(), "application/x-www-form-urlencoded")
