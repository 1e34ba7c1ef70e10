"""Which token to use now and when to ask for the next: a value, and decisions about it."""

from __future__ import annotations

import copy
import math
from enum import Enum, auto

import attrs

from uipath_odata.auth.grant import Grant
from uipath_odata.auth.secret import Secret
from uipath_odata.errors import AuthenticationFailed, OrchestratorError

__all__ = ["Advice", "Token", "TokenCache", "refresh_margin"]

_REFUSAL_HOLDS = 30.0
_OUTAGE_HOLDS = 5.0


class Advice(Enum):
    """What a request does for its token."""

    USE = auto()
    USE_AND_RENEW = auto()
    RENEW = auto()
    FAIL = auto()


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
    failure: OrchestratorError | None = None
    failed_until: float = -math.inf

    def advice(self, now: float) -> Advice:
        """Decide for one request: a valid token is used even while the identity server is down."""
        token, held = self.token, now < self.failed_until
        if token is None or token.generation <= self.refused or now >= token.expires_at:
            return Advice.FAIL if held else Advice.RENEW
        return Advice.USE if held or now < token.refresh_at else Advice.USE_AND_RENEW

    def renewed(self, grant: Grant, now: float, jitter: float) -> TokenCache:
        """Take the next generation; ``jitter`` in 0…1 makes its refresh up to a tenth of the margin earlier."""
        generation = (self.token.generation if self.token else 0) + 1
        expires_at = now + grant.expires_in
        refresh_at = expires_at - refresh_margin(grant.expires_in) * (1 + 0.1 * jitter)
        return TokenCache(Token(grant.access_token, generation, refresh_at, expires_at), grant, self.refused)

    def refuse(self, generation: int) -> TokenCache:
        """Remember a 401, also a late one."""
        return attrs.evolve(self, refused=max(self.refused, generation))

    def failed(self, error: OrchestratorError, now: float) -> TokenCache:
        """Hold the identity server's answer: a refusal for 30 s, an outage for 5 s."""
        holds = _REFUSAL_HOLDS if isinstance(error, AuthenticationFailed) else _OUTAGE_HOLDS
        return attrs.evolve(self, failure=error, failed_until=now + holds)

    def error(self) -> OrchestratorError:
        """Copy the failure for one of those who wait; each raises its own."""
        return copy.copy(self.failure or AuthenticationFailed("There is no token: give credentials"))


def refresh_margin(life: float) -> float:
    """Seconds before the end of a token at which the next is asked for: 5 minutes, or a fifth of a short life."""
    return min(300.0, 0.2 * life)
