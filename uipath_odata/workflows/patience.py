"""How long a workflow looks for the effect of a lost answer, and which errors leave it open."""

from __future__ import annotations

import asyncio
import math
from typing import Final

from uipath_odata.calls.amounts import seconds
from uipath_odata.errors import DecodeError, ItemsFailed, NotProven, OrchestratorError

__all__ = ["WAITS", "is_final", "maybe_happened", "time_limit"]

WAITS: Final = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each look; half a minute in all, as long as gateways let a request run on."""


def time_limit(timeout: float | None) -> asyncio.Timeout:
    """Return the limit of a wait, None for none; one that is over already ends it at once."""
    if timeout is not None:
        seconds("timeout", timeout, least=-math.inf, advice="give a number, or None for no limit")
    return asyncio.timeout(timeout)


def maybe_happened(error: OrchestratorError) -> bool:
    """Return whether a write that failed with this may have been done without anybody knowing."""
    return not isinstance(error, ItemsFailed) and (error.may_have_happened or isinstance(error, DecodeError))


def is_final(error: OrchestratorError) -> bool:
    """Return whether looking again would end the same."""
    return not (error.retryable or maybe_happened(error) or isinstance(error, NotProven))
