"""How delta-rs reaches the bucket that fsspec reaches: it reads the same environment, but none of fsspec's own settings."""

from __future__ import annotations

import os
from typing import Any, Final

from uipath_odata.export.places.reach import url_to_filesystem

__all__ = ["storage_options"]

_S3: Final = frozenset({"s3", "s3a"})
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")


def storage_options(uri: str) -> dict[str, str] | None:
    """Return what delta-rs has to be told for a URI, None where that is nothing."""
    if "://" not in uri or uri.partition("://")[0] not in _S3:
        return None
    filesystem, _ = url_to_filesystem(uri)
    known: dict[str, Any] = {
        "AWS_ACCESS_KEY_ID": filesystem.key,
        "AWS_SECRET_ACCESS_KEY": filesystem.secret,
        "AWS_SESSION_TOKEN": filesystem.token,
        "AWS_REGION": filesystem.client_kwargs.get("region_name"),
        "AWS_ENDPOINT_URL": _endpoint(filesystem),
    }
    options = {name: str(value) for name, value in known.items() if value}
    if options.get("AWS_ENDPOINT_URL", "").startswith("http://"):
        options["AWS_ALLOW_HTTP"] = "true"  # else it refuses what fsspec takes
    return options or None


def _endpoint(filesystem: Any) -> str | None:
    told = filesystem.client_kwargs.get("endpoint_url") or filesystem.endpoint_url
    return told or next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), None)
