"""The user key of Automation Cloud's *API Access* page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import orjson

from uipath_odata.auth.flows.grant import Grant, TokenRequest, granted
from uipath_odata.auth.secret import Secret, as_secret, is_sendable
from uipath_odata.errors import QueryError

if TYPE_CHECKING:
    from uipath_odata.auth.credentials import Post
    from uipath_odata.auth.deployment import Deployment

__all__ = ["UserKey"]


@attrs.frozen
class UserKey:
    """Act as a local user of Automation Cloud; directory users register an external application instead."""

    client_id: str = attrs.field(validator=is_sendable)
    user_key: Secret = attrs.field(converter=as_secret)
    token_url: str | None = None

    async def exchange(self, deployment: Deployment, post: Post, previous: Grant | None, /) -> Grant:
        """Exchange the key, or the refresh token that has replaced it."""
        key = previous.refresh_token if previous and previous.refresh_token else self.user_key
        grant = granted(await post(self.request(deployment, key)))
        return attrs.evolve(grant, refresh_token=grant.refresh_token or key)

    def request(self, deployment: Deployment, key: Secret) -> TokenRequest:
        """Return the request of UiPath's page *Consuming Cloud API*."""
        url = self.token_url or deployment.account_url
        if url is None:
            raise QueryError(
                f"No place is known that takes user keys for {deployment.base_url.host}: give token_url="
            )
        body = {"grant_type": "refresh_token", "client_id": self.client_id, "refresh_token": key.reveal()}
        return TokenRequest(url, orjson.dumps(body), "application/json")
