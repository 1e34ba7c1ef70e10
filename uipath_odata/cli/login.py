"""Log in with a browser, say who is logged in, and log out."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from random import Random
from typing import Final, Unpack

from uipath_odata.auth import BrowserLogin, Deployment
from uipath_odata.auth.environment import Trust
from uipath_odata.auth.flows.revocation import revocation_request
from uipath_odata.auth.store.login_store import Login, system_store
from uipath_odata.cli.connection import Reach
from uipath_odata.cli.printable import printable
from uipath_odata.client import Orchestrator
from uipath_odata.errors import AuthenticationFailed, NotFound, OrchestratorError, ResponseError
from uipath_odata.local.threads import in_thread
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.retry.progress import RetryContext
from uipath_odata.transport.tokens.identity import Identity

__all__ = ["log_in", "log_out", "who_am_i"]

Say = Callable[[str], None]

_BRIEF: Final = RetryPolicy(attempts=2, deadline=20.0)


async def log_in(place: Deployment, browser: BrowserLogin, say: Say, **trust: Unpack[Trust]) -> None:
    """Let a person log in and keep the login; raises AuthenticationFailed."""
    store, pool = system_store(), Pool(**trust)
    try:
        grant = await browser.exchange(place, _identity(pool, RetryPolicy(), place).post, None)
    finally:
        await pool.close()
    if grant.refresh_token is None:
        raise AuthenticationFailed(
            "The identity server gave no refresh token: let the application have the scope offline_access"
        )
    token_url = browser.token_url or place.token_url
    login = Login(browser.client_id, browser.scope, token_url, grant.refresh_token)
    async with store.locked():
        await in_thread(lambda: store.save(str(place.base_url), login))
    if grant.dropped:
        say(f"Not granted: {' '.join(grant.dropped)}. Let the application have these scopes.")
    say(
        f"Logged in to {place.base_url}. The login is kept in {store.place}; log out with  uipath-odata logout"
    )


async def log_out(place: Deployment, say: Say, **trust: Unpack[Trust]) -> None:
    """End the login at the identity server, as far as that can be reached, and forget it."""
    store, url = system_store(), str(place.base_url)
    async with store.locked():
        login = await in_thread(lambda: store.read(url))
        try:
            ended = login is None or await _ended(login, Pool(**trust), place)
        finally:
            known = await in_thread(lambda: store.forget(url))
    say(f"{'Logged out of' if known else 'Nobody was logged in to'} {place.base_url}.")
    if not ended:
        say("The identity server has not confirmed it: a copy of the login would be good until it expires.")


async def _ended(login: Login, pool: Pool, place: Deployment) -> bool:
    request = revocation_request(login.token_url, login.client_id, login.refresh_token)
    try:
        answer = await _identity(pool, _BRIEF, place).post(request) if request else None
    except OrchestratorError:
        answer = None
    finally:
        await pool.close()
    return answer is not None and answer.status == HTTPStatus.OK


def _identity(pool: Pool, policy: RetryPolicy, place: Deployment) -> Identity:
    context = RetryContext(policy, Clock(), Random())  # noqa: S311 - spreads retries
    return Identity(pool, context, place.name)


async def who_am_i(variables: dict[str, str], say: Say, **reach: Unpack[Reach]) -> None:
    """Say which Orchestrator answers and for whom."""
    async with Orchestrator.from_env(variables, read_only=True, **reach) as orchestrator:
        say(f"{orchestrator.base_url}")
        try:
            user = await orchestrator.users.get_current_user()
        except ResponseError as error:
            # Applications have no user of their own. An error without Orchestrator's code comes from something else.
            if isinstance(error, NotFound) and error.error_code is None:
                raise
            say(f"Logged in; Orchestrator does not say as whom (HTTP {error.status}).")
            return
    names = [user.user_name, user.email_address, user.tenancy_name] if user else []
    say(printable(" · ".join(name for name in names if name) or "Logged in, as no user."))
