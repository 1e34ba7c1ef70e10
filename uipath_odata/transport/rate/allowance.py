"""How much of a tenant's documented limits its clients take."""

from __future__ import annotations

import math
from typing import Final

import attrs

from uipath_odata.errors import QueryError

__all__ = ["Allowance"]

# docs.uipath.com, Orchestrator API guide, "Rate limits": the lists of these two, by tenant and minute.
_LIMITED: Final = frozenset({"Jobs.list", "QueueItems.list"})


def _is_share(_allowance: Allowance, _attribute: attrs.Attribute[float], share: float) -> None:
    if not 0 < share <= 1:
        raise QueryError(f"share={share} is not a part of the tenant's limit: give more than 0 and at most 1")


@attrs.frozen
class Allowance:
    """Requests a minute that the tenant has, and the share of them that this program takes.

    UiPath documents 100 a minute, and 1,000 for automation use. The limit is the tenant's: what this program does not
    take is left for the others.
    """

    requests_a_minute: float = 100
    share: float = attrs.field(default=0.8, validator=_is_share)
    limited: frozenset[str] = _LIMITED

    def limit(self, rate_class: str) -> float:
        """Return the documented limit of a class, infinite where there is none."""
        return self.requests_a_minute if rate_class in self.limited else math.inf

    def ceiling(self, rate_class: str) -> float:
        """Return what this program takes of it, at least one."""
        return max(1.0, self.share * self.limit(rate_class))
