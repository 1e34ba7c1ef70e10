"""OAuth scopes: as requested and as granted."""

from __future__ import annotations

from collections.abc import Iterable

from uipath_odata.errors import QueryError

__all__ = ["OFFLINE", "dropped_scopes", "scope_text"]

OFFLINE = "offline_access"
"""The scope that brings a refresh token."""


def scope_text(scope: str | Iterable[str] | None) -> str | None:
    """Join scopes as OAuth sends them; a text is one already, and no scope is None."""
    if scope is None or isinstance(scope, str):
        return scope or None
    try:
        return " ".join(scope) or None
    except TypeError:
        raise QueryError(
            "The scope is neither a text nor a list of texts: write 'OR.Jobs OR.Queues'"
        ) from None


def dropped_scopes(asked: str | None, granted: str | None, *, refreshable: bool) -> tuple[str, ...]:
    """Name the scopes that were asked for and silently not granted.

    RFC 6749 §5.1: an answer that names no scope grants all of them.
    """
    if asked is None or granted is None:
        return ()
    held = {*granted.split(), *([OFFLINE] if refreshable else [])}
    return tuple(each for each in asked.split() if each not in held)
