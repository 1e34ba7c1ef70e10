"""The URL shapes of cloud, Automation Suite and standalone Orchestrators."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import attrs
from yarl import URL

from uipath_odata.auth.origin import check_origin, read_url
from uipath_odata.auth.secret import text_fault
from uipath_odata.errors import QueryError

__all__ = ["Deployment"]

_CLOUD = "https://cloud.uipath.com"
_SERVICE_PATH = re.compile(r"/(?P<organization>[^/]+)/[^/]+/orchestrator_", re.IGNORECASE)
_HEADER_TEXT = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


def _base_url(url: URL | str) -> URL:
    url = check_origin(read_url(url))
    if url.raw_query_string or url.raw_fragment:
        raise QueryError(
            f"The base URL on {url.host} carries a query or fragment: write the URL up to its path"
        )
    path = url.raw_path.rstrip("/")
    if path.lower().endswith("/odata"):
        raise QueryError(
            f"The base URL on {url.host} ends with /odata, which each request adds: leave that out"
        )
    return url.with_path(path, encoded=True)


def _can_be_header(_deployment: Any, _attribute: Any, name: object) -> None:
    if name is not None and not (isinstance(name, str) and _HEADER_TEXT.fullmatch(name)):
        raise QueryError("The tenant's name cannot be a header: give its plain ASCII name")


@attrs.frozen
class Deployment:
    """Where an Orchestrator and its identity server are."""

    base_url: URL = attrs.field(converter=_base_url)
    token_url: str
    """OAuth token endpoint of the identity server."""
    account_url: str | None = None
    """Where user keys are exchanged; only Automation Cloud has such a place."""
    tenant_name: str | None = attrs.field(default=None, validator=_can_be_header)
    """Sent as ``X-UIPATH-TenantName`` where the URL does not name the tenant."""
    authorize_url: str | None = None
    """Where people log in. It belongs to the host: pages of an organization refuse users of a federated directory."""
    has_cloud_limits: bool = attrs.field(default=True, kw_only=True)
    """Whether it limits requests and pages as Automation Cloud documents, which a standalone Orchestrator does not."""

    @property
    def name(self) -> str:
        """Host and tenant for people: ``cloud.uipath.com/acme/Default``."""
        path = self.base_url.path.removesuffix("/").removesuffix("/orchestrator_")
        origin = f"{self.base_url.host}{path}"
        return f"{origin}, tenant {self.tenant_name}" if self.tenant_name else origin

    @classmethod
    def cloud(cls, organization: str, tenant: str, host: str = _CLOUD) -> Deployment:
        """Locate a tenant of Automation Cloud, of its public sector or of a dedicated instance by ``host``."""
        origin = _origin(host)
        return cls(
            f"{origin}/{_segment(organization)}/{_segment(tenant)}/orchestrator_",
            f"{origin}/{_segment(organization)}/identity_/connect/token",
            _account_url(origin),
            authorize_url=f"{origin}/identity_/connect/authorize",
        )

    @classmethod
    def automation_suite(cls, host: str, organization: str, tenant: str) -> Deployment:
        """Locate a tenant of an Automation Suite, whose identity server belongs to the host."""
        origin = _origin(host)
        return cls(
            f"{origin}/{_segment(organization)}/{_segment(tenant)}/orchestrator_",
            f"{origin}/identity_/connect/token",
            authorize_url=f"{origin}/identity_/connect/authorize",
        )

    @classmethod
    def standalone(cls, host: str, tenant: str) -> Deployment:
        """Locate a standalone Orchestrator, which learns the tenant from a header."""
        _can_be_header(None, None, tenant or "")  # without one it would ask another tenant
        origin = _origin(host)
        identity = f"{origin}/identity/connect"
        return cls(
            origin,
            f"{identity}/token",
            tenant_name=tenant,
            authorize_url=f"{identity}/authorize",
            has_cloud_limits=False,
        )

    @classmethod
    def at(cls, base_url: URL | str) -> Deployment:
        """Tell the kind of deployment from the shape of its base URL."""
        base = _base_url(base_url)
        service = _SERVICE_PATH.fullmatch(base.raw_path)
        if service is None:
            identity = f"{str(base).rstrip('/')}/identity/connect"
            return cls(base, f"{identity}/token", _account_url(base), authorize_url=f"{identity}/authorize")
        origin = base.origin()
        identity, account = f"{origin}/identity_", None
        if _is_uipath(origin):
            identity, account = f"{origin}/{service['organization']}/identity_", _account_url(origin)
        return cls(
            base,
            f"{identity}/connect/token",
            account,
            authorize_url=f"{origin}/identity_/connect/authorize",
        )


def _origin(host: object) -> URL:
    if not isinstance(host, str):
        raise QueryError(f"The host is a text, not {type(host).__name__}: write it like cloud.uipath.com")
    url = _base_url(host if "://" in host else f"https://{host}")
    if url.raw_path != "/":
        raise QueryError(f"The host {url.host} carries a path: use the base URL instead of its parts")
    return url.origin()


def _segment(name: str) -> str:
    if text_fault(name) or not name.strip("."):
        raise QueryError(
            "The name of an organization or tenant is empty or has a control character: copy it from the address of"
            " Orchestrator"
        )
    return quote(name, safe="")


def _is_uipath(origin: URL) -> bool:
    return f".{origin.host}".endswith((".uipath.com", ".uipath.us"))


def _account_url(origin: URL) -> str | None:
    return "https://account.uipath.com/oauth/token" if f".{origin.host}".endswith(".uipath.com") else None
