"""A secret, or an async callable that fetches it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from uipath_odata.auth.flows.grant import TokenAnswer, TokenRequest, refusal
from uipath_odata.auth.secret import Secret, as_secret
from uipath_odata.errors import AuthenticationFailed

if TYPE_CHECKING:
    from uipath_odata.auth.credentials import Post

__all__ = ["SecretProvider", "as_provider", "get_secret", "post_with_secret"]

SecretProvider: TypeAlias = Callable[[], Awaitable[str | Secret]]

_ADVICE: Final = "let an async function return the text"


def as_provider(given: str | Secret | SecretProvider) -> Secret | SecretProvider:
    """Wrap a text; leave a secret and a callable as they are."""
    return given if callable(given) else as_secret(given)


async def get_secret(source: Secret | SecretProvider) -> Secret:
    """Return the secret as it is now. Raise AuthenticationFailed for a callable that gives no text."""
    if isinstance(source, Secret):
        return source
    answer: object = source()
    if not inspect.isawaitable(answer):
        raise AuthenticationFailed(f"The callable that gives a secret is not async: {_ADVICE}")
    secret = await answer
    if not isinstance(cast("object", secret), str | Secret):
        raise AuthenticationFailed(
            f"The callable that gives a secret gave no text but {type(secret).__name__}: {_ADVICE}"
        )
    return as_secret(secret)


async def post_with_secret(
    post: Post, source: Secret | SecretProvider, request: Callable[[Secret], TokenRequest]
) -> TokenAnswer:
    """Post a request with a client's secret, and once more with a newer one where the identity server does not know it."""
    secret = await get_secret(source)
    answer = await post(request(secret))
    if refusal(answer) == "invalid_client" and (newer := await get_secret(source)) != secret:
        return await post(request(newer))
    return answer
