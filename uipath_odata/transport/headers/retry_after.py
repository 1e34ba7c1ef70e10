"""``Retry-After`` in its forms."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["retry_after"]


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
