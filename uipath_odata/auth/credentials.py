"""What the transport needs of credentials: a protocol."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from uipath_odata.auth.flows.grant import Grant, TokenAnswer, TokenRequest

if TYPE_CHECKING:
    from uipath_odata.auth.deployment import Deployment

__all__ = ["Credentials", "Post"]

Post = Callable[[TokenRequest], Awaitable[TokenAnswer]]
"""Sends a token request; repeats it where that is allowed, follows no redirect."""


class Credentials(Protocol):
    """A way to get tokens.

    ``exchange`` is never run twice at once and never cancelled by a request that waits for it. ``previous``
    is the last grant of this client, whose token is refused or nearly over; its ``refresh_token`` may have
    rotated; credentials that have no other token return it as it is. What ``exchange`` stores before it returns is stored before the token is used.
    """

    async def exchange(self, deployment: Deployment, post: Post, previous: Grant | None, /) -> Grant: ...
