"""Which requests a query sends, and how long the rate budget makes them wait."""

from __future__ import annotations

import math
import shlex
from typing import TYPE_CHECKING

import attrs

from uipath_odata.execution.list_source import ListSource
from uipath_odata.paging.plan import Plan

if TYPE_CHECKING:
    from uipath_odata.transport.rate.budgets import RateUsage

__all__ = ["Estimate", "Explanation", "estimate", "explain"]


@attrs.frozen(kw_only=True)
class Explanation:
    """How a query is read; ``str()`` gives it as text."""

    plan: str
    added: tuple[str, ...]
    """What is sent beyond what was asked for."""
    first_request: str
    """Method and URL; empty where nothing is asked."""
    curl: str
    """The first request for a shell that has the token in ``$TOKEN``."""
    guarantee: str
    """What the plan promises, in words."""
    budget: RateUsage | None
    """How much of the list's rate is used now; None as long as nothing limits it."""

    def __str__(self) -> str:
        added = "\n".join(f"  + {what}" for what in self.added)
        plan = f"plan: {self.plan} ({self.guarantee})"
        return "\n".join(filter(None, (plan, added, self._rate(), self.first_request, self.curl)))

    def _rate(self) -> str:
        if self.budget is None:
            return ""
        return f"rate: at most {self.budget.share:.0f} requests a minute, {self.budget.used} used"


@attrs.frozen(kw_only=True)
class Estimate:
    """What reading a query costs; ``minutes`` is what the rate budget allows now, None where nothing limits the list."""

    rows: int
    requests: int
    minutes: float | None


def explain(plan: Plan, source: ListSource) -> Explanation:
    """Say what a plan does first; the plan is used up."""
    fetch = plan.next_fetch()
    url = "" if fetch is None else str(source.url(fetch.options))
    headers = {"Authorization": "Bearer $TOKEN", **source.channel.headers}
    # Double quotes around the token, so that the shell puts it in.
    shown = [
        f'-H "{name}: {text}"' if "$TOKEN" in text else f"-H {shlex.quote(f'{name}: {text}')}"
        for name, text in headers.items()
    ]
    return Explanation(
        plan=plan.name,
        guarantee=plan.guarantee,
        budget=source.budget,
        added=plan.added,
        first_request=f"GET {url}" if url else "",
        curl=f"curl {' '.join(shown)} {shlex.quote(url)}" if url else "",
    )


def estimate(rows: int, source: ListSource, plan: Plan, *, exact: bool) -> Estimate:
    """Say how many requests so many rows take by a plan, and how long these take within the rate budget."""
    pages = math.ceil(rows / source.page_cap) if source.paged else 1
    parts = max(len(plan.subqueries), 1)
    # That nothing follows is asked as well where the server's count is not trusted.
    return cost(rows, max(parts, pages) + (parts if exact else 0), source)


def cost(rows: int, requests: int, source: ListSource) -> Estimate:
    """Say how long requests to a list take within the rate budget."""
    budget = source.budget
    minutes = requests / budget.share if budget and budget.share else None
    return Estimate(rows=rows, requests=requests, minutes=minutes)
