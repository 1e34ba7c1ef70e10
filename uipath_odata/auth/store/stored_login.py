"""The credential of a login that ``uipath-odata login`` stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from uipath_odata.auth.flows.grant import Grant, refusal
from uipath_odata.auth.flows.refresh import refresh_request, refreshed
from uipath_odata.auth.store.login_store import LoginStore
from uipath_odata.errors import AuthenticationFailed
from uipath_odata.local.threads import in_thread

if TYPE_CHECKING:
    from uipath_odata.auth.credentials import Post
    from uipath_odata.auth.deployment import Deployment

__all__ = ["StoredLogin"]


@attrs.frozen
class StoredLogin:
    """Act as the person who ran ``uipath-odata login`` for this Orchestrator.

    Several processes may share the login: each renews it under a lock, from what the last one saved. The successor of
    a refresh token is saved before the token that came with it is used.
    """

    store: LoginStore

    async def exchange(self, deployment: Deployment, post: Post, _previous: Grant | None, /) -> Grant:
        """Renew the login as it is stored now."""
        url, host = str(deployment.base_url), deployment.base_url.host
        async with self.store.locked():
            login = await in_thread(lambda: self.store.read(url))
            if login is None:
                raise AuthenticationFailed(f"Nobody is logged in to {host}: run  uipath-odata login")
            answer = await post(refresh_request(login.token_url, login.client_id, login.refresh_token))
            if refusal(answer) == "invalid_grant":
                raise AuthenticationFailed(f"The login to {host} has ended: run  uipath-odata login")
            grant = refreshed(answer, login.refresh_token, login.scope)
            if grant.refresh_token is not None and grant.refresh_token != login.refresh_token:
                renewed = attrs.evolve(login, refresh_token=grant.refresh_token)
                await in_thread(lambda: self.store.save(url, renewed))
        return grant
