"""Log in with a browser, say who is logged in, and log out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

from uipath_odata.auth import BrowserLogin, Deployment
from uipath_odata.auth.login_store import Login, system_store
from uipath_odata.cli.printable import printable
from uipath_odata.client import Orchestrator
from uipath_odata.errors import AuthenticationFailed, ResponseError
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.identity import Identity
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.retry import Persistence
from uipath_odata.transport.retry_policy import RetryPolicy

__all__ = ["log_in", "log_out", "who_am_i"]

Say = Callable[[str], None]


async def log_in(place: Deployment, browser: BrowserLogin, say: Say, **connection: Any) -> None:
    """Let a person log in and keep the login; raises AuthenticationFailed."""
    store, pool = system_store(), Pool(**connection)
    identity = Identity(pool, Persistence(RetryPolicy(), Clock(), Random()))  # noqa: S311 - spreads retries
    try:
        grant = await browser.exchange(place, identity.post, None)
    finally:
        await pool.aclose()
    if grant.refresh_token is None:
        raise AuthenticationFailed(
            "The identity server gave no refresh token: let the application have the scope offline_access"
        )
    token_url = browser.token_url or place.token_url
    login = Login(browser.client_id, browser.scope, token_url, grant.refresh_token)
    async with store.locked():
        await asyncio.to_thread(store.save, str(place.base_url), login)
    if grant.dropped:
        say(f"Not granted: {' '.join(grant.dropped)}. Let the application have these scopes.")
    say(
        f"Logged in to {place.base_url}. The login is kept in {store.place}; log out with  uipath-odata logout"
    )


async def log_out(place: Deployment, say: Say) -> None:
    """Forget the login; the identity server is not told."""
    store = system_store()
    async with store.locked():
        known = await asyncio.to_thread(store.forget, str(place.base_url))
    say(f"{'Logged out of' if known else 'Nobody was logged in to'} {place.base_url}.")


async def who_am_i(variables: dict[str, str], say: Say, **connection: Any) -> None:
    """Say which Orchestrator answers and for whom."""
    async with Orchestrator.from_env(variables, read_only=True, **connection) as orchestrator:
        say(f"{orchestrator.base_url}")
        try:
            user = await orchestrator.users.get_current_user()
        except ResponseError as error:
            # Applications have no user of their own.
            say(f"Logged in; Orchestrator does not say as whom (HTTP {error.status}).")
            return
    names = [user.user_name, user.email_address, user.tenancy_name] if user else []
    say(printable(" · ".join(name for name in names if name) or "Logged in, as no user."))
