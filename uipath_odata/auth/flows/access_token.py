"""A token that the user already has, or fetches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from uipath_odata.auth.flows.grant import Grant, secret_text
from uipath_odata.auth.secret import Secret
from uipath_odata.auth.secret_provider import SecretProvider, as_provider, get_secret

if TYPE_CHECKING:
    from uipath_odata.auth.credentials import Post
    from uipath_odata.auth.deployment import Deployment

__all__ = ["AccessToken"]


@attrs.frozen
class AccessToken:
    """Use a token as it is, such as a personal access token, or one that an async callable gives.

    The callable is asked again when a token is refused.
    """

    source: Secret | SecretProvider = attrs.field(converter=as_provider, repr=False)

    async def exchange(self, _deployment: Deployment, _post: Post, previous: Grant | None, /) -> Grant:
        """Return the text, the same again, or whatever the callable returns now."""
        if not isinstance(self.source, Secret):
            return Grant(secret_text((await get_secret(self.source)).reveal(), "The callable"))
        if previous is not None:
            return previous
        return Grant(secret_text(self.source.reveal(), "AccessToken"))
