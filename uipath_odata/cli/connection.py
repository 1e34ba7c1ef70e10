"""Which Orchestrator a command talks to, and as whom: from its options and the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from uuid import UUID

from yarl import URL

from uipath_odata.auth import AccessToken, ClientCredentials, Credentials, Deployment, UserKey
from uipath_odata.errors import AuthenticationFailed, QueryError

if TYPE_CHECKING:
    from uipath_odata.client import Scope

__all__ = ["credentials", "deployment", "in_folder"]

_CLOUD: Final = "https://cloud.uipath.com"
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def deployment(url: str | None, organization: str | None, tenant: str | None) -> Deployment:
    """Locate the tenant; organization and tenant complete a URL that is only a host.

    A URL of the form ``https://host/organization/tenant`` is what UiPath's own tools keep in ``UIPATH_URL``.
    """
    if url is None and not (organization and tenant):
        raise QueryError(
            "No Orchestrator is named: set UIPATH_URL or give --url, or give --organization and --tenant"
        )
    base = _url(url or _CLOUD)
    segments = [segment for segment in base.raw_path.split("/") if segment]
    if not segments and organization and tenant:
        return Deployment.at(
            base.with_path(f"/{quote(organization, '')}/{quote(tenant, '')}/orchestrator_", encoded=True)
        )
    if not segments and tenant:
        return Deployment.standalone(str(base), tenant)
    return Deployment.at(base / "orchestrator_" if len(segments) == 2 else base)  # noqa: PLR2004 - organization, tenant


def credentials(environ: Mapping[str, str]) -> Credentials:
    """Take credentials from the variables that UiPath's own tools use; never from arguments, which others can see."""
    token_url = environ.get("UIPATH_TOKEN_URL") or None
    if token := environ.get("UIPATH_ACCESS_TOKEN") or environ.get("UIPATH_PAT"):
        return AccessToken(token)
    client_id = environ.get("UIPATH_CLIENT_ID")
    if client_id and (secret := environ.get("UIPATH_CLIENT_SECRET")):
        return ClientCredentials(client_id, secret, environ.get("UIPATH_SCOPE"), token_url)
    if client_id and (key := environ.get("UIPATH_USER_KEY")):
        return UserKey(client_id, key, token_url)
    raise AuthenticationFailed(
        "The environment holds no credentials: set UIPATH_ACCESS_TOKEN, or UIPATH_CLIENT_ID with"
        " UIPATH_CLIENT_SECRET and UIPATH_SCOPE, or UIPATH_CLIENT_ID with UIPATH_USER_KEY"
    )


def in_folder(scope: Scope, folder: str | None) -> Scope:
    """See a tenant from a folder: digits are its id, a GUID is its key, anything else its path."""
    if folder is None:
        return scope
    named: dict[str, Any] = (
        {"id": int(folder)}
        if folder.isascii() and folder.isdigit()
        else {"key": UUID(folder)}
        if _GUID.fullmatch(folder)
        else {}
    )
    return scope.folder(**named) if named else scope.folder(folder)


def _url(text: str) -> URL:
    try:
        return URL(text)
    except ValueError:
        raise QueryError(
            "The URL cannot be read: write it like https://cloud.uipath.com/acme/Default"
        ) from None
