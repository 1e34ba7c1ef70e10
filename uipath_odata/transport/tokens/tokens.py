"""The bearer token of one client, shared by all its requests."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from uipath_odata.auth.token_cache import Token, TokenCache
from uipath_odata.errors import AuthenticationFailed, ConnectionFailed, DecodeError, OrchestratorError
from uipath_odata.local.log_line import LogPlace, log_line
from uipath_odata.transport.retry.exception_map import FAILURES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from uipath_odata.auth.credentials import Credentials, Post
    from uipath_odata.auth.deployment import Deployment
    from uipath_odata.transport.clock import Clock

__all__ = ["Tokens"]

_LACK_HOLDS = 30.0

logger = logging.getLogger("uipath_odata")


class Tokens:
    """Hand each request a token; at most one exchange runs, in a task that belongs to no request.

    A refresh token may be used once: a request that is cancelled must not take the answer with it.
    """

    def __init__(
        self, credentials: Credentials, deployment: Deployment, post: Post, clock: Clock, random: Random
    ) -> None:
        self._credentials = credentials
        self._deployment = deployment
        self._post = post
        self._clock = clock
        self._random = random
        self._cache = TokenCache()
        self._exchange: asyncio.Task[None] | None = None
        self._lacking: dict[str, tuple[int, float]] = {}

    @property
    def were_accepted(self) -> bool:
        """Whether Orchestrator ever accepted a token of these credentials."""
        return self._cache.accepted > 0

    @property
    def dropped(self) -> tuple[str, ...]:
        """The scopes that were asked for and not granted."""
        return self._cache.grant.dropped if self._cache.grant else ()

    async def current(self) -> Token:
        """Return the token to send; wait for one only when none is valid."""
        now = self._clock.monotonic()
        token = self._cache.usable(now)
        if self._cache.due(now):
            renewal = self._renewal()
            if token is None:
                return await self._joined(renewal)
        if token is None:
            raise self._cache.error()
        return token

    async def replacing(self, refused: Token) -> Token | None:
        """Return a newer token than one that was answered 401, which may be at hand already.

        Return None where the credentials have no other and this one is accepted elsewhere.
        """
        if not self._cache.keeps(refused, self._clock.monotonic()):
            self._cache = self._cache.refuse(refused.generation)
            try:
                return await self.current()
            except AuthenticationFailed:
                if not self._cache.keeps(refused, self._clock.monotonic()):
                    raise
        if not self._cache.is_unchanged:
            raise self._cache.error()
        return None

    @property
    def generation(self) -> int:
        """How many tokens came so far."""
        return self._cache.token.generation if self._cache.token else 0

    def accept(self, token: Token) -> None:
        """Note that Orchestrator has accepted a token."""
        if token.generation > self._cache.accepted:
            self._cache = self._cache.accept(token.generation)

    def note_lack(self, operation: str, token: Token) -> None:
        """Note that an operation wants more than a token has, so that its calls do not ask for others all the time."""
        self._lacking[operation] = (token.generation, self._clock.monotonic() + _LACK_HOLDS)

    def lacks(self, operation: str, token: Token) -> bool:
        """Tell whether an operation has refused this token as a fresh one a short while ago."""
        generation, until = self._lacking.get(operation, (0, 0.0))
        return generation == token.generation and self._clock.monotonic() < until

    def reject_fresh_token(self, token: Token, scopes: Sequence[str] = ()) -> AuthenticationFailed:
        """Hold all requests for a while: a token that was fetched for this very request is refused too.

        While no other request was accepted, a missing one of these ``scopes`` looks like wrong credentials.
        """
        scope = f", and that the token has the scope {' or '.join(scopes)}" if scopes else ""
        error = AuthenticationFailed(
            f"{self._deployment.base_url.host} refuses a token that is new: check the names of organization and"
            f" tenant, that the credentials belong to them{scope}{self._without()}"
        )
        self._cache = self._cache.refuse(token.generation).failed(error, self._clock.monotonic())
        return error

    async def aclose(self, patience: float) -> None:
        """Let a running exchange end, for at most ``patience`` seconds: its refresh token must not be lost."""
        exchange = self._exchange
        if exchange is None or exchange.done():
            return
        try:
            await asyncio.wait([exchange], timeout=patience)
        finally:
            exchange.cancel()
        await asyncio.wait([exchange], timeout=patience)

    async def _joined(self, renewal: asyncio.Task[None]) -> Token:
        # Unlike shield(), wait() tells an exchange that was cancelled from a request that was.
        await asyncio.wait([renewal])
        if renewal.cancelled():
            raise OrchestratorError("The client was closed while it asked for a token: open a new one")
        renewal.result()
        return self._cache.latest()

    def _renewal(self) -> asyncio.Task[None]:
        if self._exchange is None or self._exchange.done():
            self._exchange = asyncio.create_task(self._renew(), name="uipath_odata: token")
            self._exchange.add_done_callback(self._note)
        return self._exchange

    async def _renew(self) -> None:
        try:
            grant = await self._credentials.exchange(self._deployment, self._post, self._cache.grant)
        except (OrchestratorError, *FAILURES) as error:
            self._cache = self._cache.failed(_failure(error), self._clock.monotonic())
        else:
            known = self.dropped
            now = self._clock.monotonic()
            self._cache = self._cache.renewed(grant, now, self._random.random())
            if grant.dropped and grant.dropped != known:
                self._warn("The token lacks %s, which was asked for", " ".join(grant.dropped))

    def _note(self, exchange: asyncio.Task[None]) -> None:
        """Log an error of the credentials' own code, which may come while nobody waits for the token."""
        if not exchange.cancelled() and (error := exchange.exception()) is not None:
            self._warn("The credentials ended with %s", type(error).__name__)

    def _warn(self, message: str, value: str) -> None:
        log_line(logger, logging.WARNING, LogPlace(self._deployment.name), message, value)

    def _without(self) -> str:
        return f"; it lacks {' '.join(self.dropped)}, which was asked for" if self.dropped else ""


def _failure(error: Exception) -> OrchestratorError:
    """Return why no token came, as an error that a retry cannot mistake for the end of a request that was sent."""
    if isinstance(error, DecodeError):
        return ConnectionFailed(f"The answer to the token request cannot be used. {error}")
    if isinstance(error, OrchestratorError):
        return error.with_traceback(None)
    # Other words of it may show what the credentials asked with.
    facts = (type(error).__name__, getattr(error, "strerror", None), getattr(error, "filename", None))
    why = ", ".join(str(each) for each in facts if each)
    return ConnectionFailed(
        f"The credentials brought no token ({why}): check the place that they ask, and try again later"
    )
