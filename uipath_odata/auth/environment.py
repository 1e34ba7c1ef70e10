"""Make a client from the variables of UiPath's own tools."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypedDict
from urllib.parse import quote

from yarl import URL

from uipath_odata.auth import AccessToken, ClientCredentials, Credentials, Deployment, UserKey
from uipath_odata.auth.origin import read_url
from uipath_odata.errors import AuthenticationFailed, QueryError

__all__ = ["Trust", "credentials", "deployment", "folder", "login_pages", "stored_login", "trust"]

_CLOUD: Final = "https://cloud.uipath.com"
_UNSAFE: Final = ("UIPATH_DISABLE_SSL_VERIFY", "UIPATH_INSECURE")
_NO: Final = re.compile(r"(?i)|0|false|no|off")


class Trust(TypedDict, total=False):
    """How to reach a server: authorities to trust beside the system's, and whether the environment names a proxy."""

    ca_file: str
    trust_env: bool


def deployment(environ: Mapping[str, str]) -> Deployment:
    """Locate the tenant by ``UIPATH_URL``, or else by ``UIPATH_URI``, ``UIPATH_ORGANIZATION`` and ``UIPATH_TENANT``.

    ``UIPATH_URL`` is ``https://host/organization/tenant``, as UiPath's tools keep it, or any base URL; organization and
    tenant complete one that is only a host. Raise QueryError that names what is missing.
    """
    given = environ.get("UIPATH_URL")
    base = _url(given or environ.get("UIPATH_URI") or _CLOUD)
    organization, tenant = environ.get("UIPATH_ORGANIZATION"), environ.get("UIPATH_TENANT")
    segments = [segment for segment in base.raw_path.split("/") if segment]
    if segments:
        return Deployment.at(base / "orchestrator_" if len(segments) == 2 else base)  # noqa: PLR2004 - organization, tenant
    if organization and tenant:
        path = f"/{quote(organization, '')}/{quote(tenant, '')}/orchestrator_"
        return Deployment.at(base.with_path(path, encoded=True))
    if tenant and str(base.origin()) != _CLOUD:
        return Deployment.standalone(str(base), tenant)
    if given and not organization:
        return Deployment.at(base)
    raise QueryError(_missing(organization, tenant))


def credentials(environ: Mapping[str, str]) -> Credentials | None:
    """Return what the environment holds: a token, else an application's or a user's key, else a personal access token.

    None where it holds nothing. Raise AuthenticationFailed that names what is missing of a group.
    """
    if token := environ.get("UIPATH_ACCESS_TOKEN"):
        return AccessToken(token)
    token_url = _token_url(environ)
    client_id, secret = environ.get("UIPATH_CLIENT_ID"), environ.get("UIPATH_CLIENT_SECRET")
    key = environ.get("UIPATH_USER_KEY")
    if client_id and secret:
        return ClientCredentials(client_id, secret, environ.get("UIPATH_SCOPE") or None, token_url)
    if client_id and key:
        return UserKey(client_id, key, token_url)
    if client_id:
        raise _half("UIPATH_CLIENT_ID", "UIPATH_CLIENT_SECRET (or UIPATH_USER_KEY)")
    if secret or key:
        raise _half("UIPATH_CLIENT_SECRET" if secret else "UIPATH_USER_KEY", "UIPATH_CLIENT_ID")
    token = environ.get("UIPATH_PAT")
    return AccessToken(token) if token else None


def stored_login(place: Deployment) -> Credentials:
    """Return the login that ``uipath-odata login`` has kept for an Orchestrator. Raise AuthenticationFailed where there is none."""
    try:
        from uipath_odata.auth.store.login_store import system_store  # noqa: PLC0415 - the login is another extra
        from uipath_odata.auth.store.stored_login import StoredLogin  # noqa: PLC0415
    except ModuleNotFoundError:
        store = None
    else:
        store = system_store()
        if store.read(str(place.base_url)) is not None:
            return StoredLogin(store)
    advice = (
        "run  uipath-odata login"
        if store
        else "install 'uipath-odata[cli,login]' and run  uipath-odata login"
    )
    raise AuthenticationFailed(
        "The environment holds no credentials: set UIPATH_ACCESS_TOKEN, or UIPATH_CLIENT_ID with UIPATH_CLIENT_SECRET"
        f" and UIPATH_SCOPE, or UIPATH_CLIENT_ID with UIPATH_USER_KEY, or UIPATH_PAT, or {advice}"
    )


def login_pages(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the addresses of ``UIPATH_IDENTITY_URI``, where it is set, as options of ``BrowserLogin``."""
    identity = (environ.get("UIPATH_IDENTITY_URI") or "").rstrip("/")
    return {f"{name}_url": f"{identity}/connect/{name}" for name in ("authorize", "token") if identity}


def folder(environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Name the folder that a job runs in; its key, which stays when it is renamed, wins over its path."""
    if key := environ.get("UIPATH_FOLDER_KEY"):
        return {"key": key}
    path = environ.get("UIPATH_FOLDER_PATH")
    return {"path": path} if path else None


def trust(environ: Mapping[str, str]) -> Trust:
    """Return the certificates to trust. Raise QueryError where the environment switches the check off."""
    for name in _UNSAFE:
        if not _NO.fullmatch(environ.get(name, "").strip()):
            raise QueryError(
                f"{name} is set, and certificates are always checked: unset it, and give the authority's certificate"
                " as ca_file= or in SSL_CERT_FILE"
            )
    # aiohttp reads SSL_CERT_FILE when it is imported, which may be before the environment is complete.
    bundle = environ.get("REQUESTS_CA_BUNDLE") or environ.get("SSL_CERT_FILE")
    return {"ca_file": bundle} if bundle else {}


def _url(text: str) -> URL:
    return read_url(text if "://" in text else f"https://{text}")


def _token_url(environ: Mapping[str, str]) -> str | None:
    return environ.get("UIPATH_TOKEN_URL") or login_pages(environ).get("token_url")


def _missing(organization: str | None, tenant: str | None) -> str:
    if organization or tenant:
        there, other = ("UIPATH_ORGANIZATION", "UIPATH_TENANT")[:: 1 if organization else -1]
        return f"{there} is set and {other} is not: set both, or UIPATH_URL"
    return "No Orchestrator is named: set UIPATH_URL, or UIPATH_ORGANIZATION and UIPATH_TENANT"


def _half(there: str, missing: str) -> AuthenticationFailed:
    return AuthenticationFailed(f"{there} is set without {missing}: set both, or neither")
