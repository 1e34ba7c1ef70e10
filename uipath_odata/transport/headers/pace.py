"""``Retry-After`` and the headers of rate limits: when a server wants the next request."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RateLimit", "rate_limit", "retry_after"]

# draft-ietf-httpapi-ratelimit-headers, "RateLimit" as of version 08, and as of 07.
_REMAINING = re.compile(r"\b(?:r|remaining)\s*=\s*([0-9]{1,12})\b")
_RESET = re.compile(r"\b(?:t|reset)\s*=\s*([0-9]{1,12})\b")
_LIMIT = re.compile(r"\b(?:q|limit)\s*=\s*([0-9]{1,12})\b")
_NUMBER = re.compile(r"^\s*([0-9]{1,12})(?=\s*(?:$|[,;]))")
# Some servers write the time at which the window ends instead of the seconds until then.
_EPOCH = 1_000_000_000


@attrs.frozen
class RateLimit:
    """``remaining`` requests of ``limit``, in the next ``reset`` seconds."""

    remaining: int
    reset: float
    limit: int | None = None


def rate_limit(headers: Mapping[str, str], now: float) -> RateLimit | None:
    """Read ``RateLimit``, ``RateLimit-*`` or ``X-RateLimit-*``, None where there is none; ``now`` is in seconds since 1970."""
    told = headers.get("RateLimit", "")
    remaining, reset = _first(_REMAINING, told), _first(_RESET, told)
    limit = _first(_LIMIT, told) or _first(_LIMIT, headers.get("RateLimit-Policy", ""))
    for prefix in ("RateLimit", "X-RateLimit"):
        remaining = (
            _first(_NUMBER, headers.get(f"{prefix}-Remaining", "")) if remaining is None else remaining
        )
        reset = _first(_NUMBER, headers.get(f"{prefix}-Reset", "")) if reset is None else reset
        limit = _first(_NUMBER, headers.get(f"{prefix}-Limit", "")) if limit is None else limit
    if remaining is None or reset is None:
        return None
    return RateLimit(remaining, max(0.0, reset - now) if reset >= _EPOCH else reset, limit)


def _first(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the server asks to wait, or None where it says nothing that RFC 9110 §10.2.3 allows.

    A date is compared with the server's own ``Date``, else with ``now`` in seconds since 1970.
    """
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]+", value):
        return float(value)
    due = _timestamp(value)
    if due is None:
        return None
    sent = _timestamp(headers.get("Date", ""))
    return max(0.0, due - (now if sent is None else sent))


def _timestamp(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # RFC 9110 §5.6.7: all three forms of an HTTP date are in UTC; the asctime form does not say so.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
