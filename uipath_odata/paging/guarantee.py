"""What each plan promises, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from uipath_odata.paging.fallback import FallbackPlan
from uipath_odata.paging.plan import Plan
from uipath_odata.paging.split.plan import SplitPlan

__all__ = ["guarantee"]

_PROMISES: Final[Mapping[str, str]] = {
    "keyset": "each row that exists throughout is given once, whatever is added or deleted meanwhile",
    "window": "each row that exists throughout is given once; what cannot be proven is an error",
    "offset": "one page is what the server gave; several are best effort, because rows that come or go move others",
    "whole": "one answer holds the whole list",
    "nothing": "no row can meet the filter",
}


def guarantee(plan: Plan) -> str:
    """Say what a plan promises about its rows."""
    if isinstance(plan, FallbackPlan):
        return guarantee(plan.plan)
    if isinstance(plan, SplitPlan):
        return f"in disjoint parts: {guarantee(plan.parts[0])}"
    return _PROMISES[plan.name]
