"""The client credentials of a confidential external application."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import attrs

from uipath_odata.auth.flows.grant import FORM, Grant, TokenRequest, granted
from uipath_odata.auth.flows.scope import scope_text
from uipath_odata.auth.secret import Secret, is_sendable
from uipath_odata.auth.secret_provider import SecretProvider, as_provider, post_with_secret

if TYPE_CHECKING:
    from uipath_odata.auth.credentials import Post
    from uipath_odata.auth.deployment import Deployment

__all__ = ["ClientCredentials"]


@attrs.frozen
class ClientCredentials:
    """Act as a confidential external application with application scopes.

    A ``client_secret`` that is an async callable, such as a vault's, is asked for each token, and once more when the
    identity server does not know the secret, which may have been replaced meanwhile.
    """

    client_id: str = attrs.field(validator=is_sendable)
    client_secret: Secret | SecretProvider = attrs.field(converter=as_provider, repr=False)
    scope: str | None = attrs.field(default=None, converter=scope_text, validator=is_sendable)
    """``OR.Jobs OR.Robots.Read``, as a text or as a sequence."""
    token_url: str | None = None

    async def exchange(self, deployment: Deployment, post: Post, _previous: Grant | None, /) -> Grant:
        """Run the grant again, because it brings no refresh token."""
        answer = await post_with_secret(post, self.client_secret, functools.partial(self.request, deployment))
        return granted(answer, self.scope)

    def request(self, deployment: Deployment, secret: Secret) -> TokenRequest:
        """Return the form of RFC 6749 §4.4.2 with the client in the body, as UiPath wants it."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": secret.reveal(),
        }
        if self.scope is not None:
            form["scope"] = self.scope
        return TokenRequest(self.token_url or deployment.token_url, urlencode(form).encode(), FORM)
