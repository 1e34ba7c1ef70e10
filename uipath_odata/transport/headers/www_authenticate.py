"""What an answer says in ``WWW-Authenticate`` about the token that it wants (RFC 6750 §3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["missing_scope", "scope_is_missing"]

_INSUFFICIENT = re.compile(r'error\s*=\s*"?insufficient_scope')
_SCOPE = re.compile(r'scope="([\x20-\x7e]{1,200}?)"')


def scope_is_missing(headers: Mapping[str, str]) -> bool:
    """Tell whether the token is good and lacks a scope."""
    return bool(_INSUFFICIENT.search(_challenges(headers)))


def missing_scope(headers: Mapping[str, str]) -> str | None:
    """Name the scopes that are wanted, where the answer names any."""
    found = _SCOPE.search(_challenges(headers))
    return found[1] if found else None


def _challenges(headers: Mapping[str, str]) -> str:
    # IIS writes a header of its own for each scheme: Negotiate, NTLM, Bearer.
    return ", ".join(value for name, value in headers.items() if name.lower() == "www-authenticate")
