"""The revocation of a refresh token, RFC 7009."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from uipath_odata.auth.flows.grant import FORM, TokenRequest

if TYPE_CHECKING:
    from uipath_odata.auth.secret import Secret

__all__ = ["revocation_request"]

# UiPath's identity servers have both beside each other; of others the place is not known.
_TOKEN, _REVOCATION = "/connect/token", "/connect/revocation"


def revocation_request(token_url: str, client_id: str, refresh_token: Secret) -> TokenRequest | None:
    """Return the form that ends a login, None where the identity server is not known to take one."""
    if not token_url.endswith(_TOKEN):
        return None
    form = {"token": refresh_token.reveal(), "token_type_hint": "refresh_token", "client_id": client_id}
    return TokenRequest(token_url.removesuffix(_TOKEN) + _REVOCATION, urlencode(form).encode(), FORM)
