"""A refresh token is exchanged for an access token and a new refresh token."""

from __future__ import annotations

from urllib.parse import urlencode

import attrs

from uipath_odata.auth.flows.grant import FORM, Grant, TokenAnswer, TokenRequest, granted
from uipath_odata.auth.secret import Secret

__all__ = ["refresh_request", "refreshed"]


def refresh_request(
    url: str, client_id: str, refresh_token: Secret, client_secret: Secret | None = None
) -> TokenRequest:
    """Return the form of RFC 6749 §6."""
    form = {
        "grant_type": "refresh_token",
        "client_id": client_id,
        "refresh_token": refresh_token.reveal(),
    }
    if client_secret is not None:
        form["client_secret"] = client_secret.reveal()
    return TokenRequest(url, urlencode(form).encode(), FORM)


def refreshed(answer: TokenAnswer, refresh_token: Secret, scope: str | None) -> Grant:
    """Read the grant; a refresh token that did not rotate stays good."""
    grant = granted(answer, scope)
    return attrs.evolve(grant, refresh_token=grant.refresh_token or refresh_token)
