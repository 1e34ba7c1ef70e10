"""Which token is used now, and when the next is fetched; without I/O."""

from __future__ import annotations

import copy
import math

import attrs

from uipath_odata.auth.flows.grant import Grant
from uipath_odata.auth.secret import Secret
from uipath_odata.errors import AuthenticationFailed, OrchestratorError

__all__ = ["Token", "TokenCache", "refresh_margin"]

_REFUSAL_HOLDS = 30.0
_OUTAGE_HOLDS = 5.0
_NO_OTHER = (
    "Orchestrator refused the access token: it is expired, revoked, of another tenant or without the scope that this"
    " needs; give a new one, or an async callable that can fetch one"
)


@attrs.frozen
class Token:
    """A bearer token of one generation; its times are on the client's monotonic clock, in seconds."""

    text: Secret
    generation: int
    refresh_at: float
    expires_at: float


@attrs.frozen
class TokenCache:
    """The token of one client, the grant it came from, and the last failure to renew it."""

    token: Token | None = None
    grant: Grant | None = None
    refused: int = 0
    """The newest generation that Orchestrator answered 401."""
    accepted: int = 0
    """The newest generation that Orchestrator answered with success."""
    failure: OrchestratorError | None = None
    failed_until: float = -math.inf
    is_unchanged: bool = False
    """Whether the failure is that the credentials have no other token than the refused one."""

    def usable(self, now: float) -> Token | None:
        """Return a token that is valid as far as is known, also while the identity server is down."""
        token = self.token
        return token if token and token.generation > self.refused and now < token.expires_at else None

    def due(self, now: float) -> bool:
        """Tell whether to ask for the next token."""
        token = self.usable(now)
        return now >= self.failed_until and (token is None or now >= token.refresh_at)

    def latest(self) -> Token:
        """Return what the last exchange brought, even if it is already over, or raise its failure."""
        if self.token is None or self.failure is not None:
            raise self.error()
        return self.token

    def renewed(self, grant: Grant, now: float, jitter: float) -> TokenCache:
        """Take the next generation; ``jitter`` in 0…1 makes its refresh up to a tenth of the margin earlier."""
        if self.token is not None and self.refused >= self.token.generation and grant is self.grant:
            error = AuthenticationFailed(_NO_OTHER)
            return attrs.evolve(self.failed(error, now), is_unchanged=True)
        generation = (self.token.generation if self.token else 0) + 1
        expires_at = now + grant.expires_in
        refresh_at = expires_at - refresh_margin(grant.expires_in) * (1 + 0.1 * jitter)
        token = Token(grant.access_token, generation, refresh_at, expires_at)
        return TokenCache(token, grant, self.refused, self.accepted)

    def accept(self, generation: int) -> TokenCache:
        """Remember that a token was good for something."""
        return attrs.evolve(self, accepted=max(self.accepted, generation))

    def refuse(self, generation: int) -> TokenCache:
        """Remember a 401, also a late one."""
        return attrs.evolve(self, refused=max(self.refused, generation))

    def keeps(self, token: Token, now: float) -> bool:
        """Tell whether a refused token stays in use: it was accepted elsewhere, and a newer one has not come yet."""
        return self.accepted >= token.generation and self.token == token and now < self.failed_until

    def failed(self, error: OrchestratorError, now: float) -> TokenCache:
        """Hold the identity server's answer: a refusal for 30 s, an outage for 5 s.

        A token that was accepted stays in use although one operation has refused it.
        """
        holds = _REFUSAL_HOLDS if isinstance(error, AuthenticationFailed) else _OUTAGE_HOLDS
        good = self.token is not None and self.accepted >= self.token.generation
        refused = min(self.refused, self.accepted - 1) if good else self.refused
        return attrs.evolve(
            self, failure=_copy(error), failed_until=now + holds, is_unchanged=False, refused=refused
        )

    def error(self) -> OrchestratorError:
        """Copy the failure for one of those who wait; each raises its own."""
        return _copy(self.failure or AuthenticationFailed("There is no token: give credentials"))


def _copy(error: OrchestratorError) -> OrchestratorError:
    """Copy an error with a list of notes of its own, so that none is of another request."""
    copied = copy.copy(error)
    if notes := getattr(error, "__notes__", None):
        copied.__notes__ = [*notes]
    return copied


def refresh_margin(life: float) -> float:
    """Return how many seconds before a token's end the next one is asked for: 300, or a fifth of a short life."""
    return min(300.0, 0.2 * life)
