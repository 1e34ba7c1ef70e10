"""How many requests a proven scan takes of a server that answers in any order, in simulated time."""

from __future__ import annotations

import bisect
import heapq
import math
import random
import re

import pytest

from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.plan import WindowPlan

pytestmark = pytest.mark.simulation

PAGE = 1_000
ROWS = 200_000
SINCE = Instant.parse("2024-01-01T00:00:00Z").ticks
_BOUND = re.compile(r"TimeStamp gt (\S+)")


def uniform(chance):
    """Two rows a second, in milliseconds."""
    return [chance.randrange(ROWS * 500) for _ in range(ROWS)]


def bursty(chance):
    """Bursts of about ten minutes, whose rates are log-normal."""
    moments, now = [], 0.0
    while len(moments) < ROWS:
        rate, end = math.exp(chance.gauss(0, 1.5)) / 500, now + chance.expovariate(1 / 600_000)
        now += chance.expovariate(rate)
        while now < end and len(moments) < ROWS:
            moments.append(int(now))
            now += chance.expovariate(rate)
        now = end
    return moments


def tied(chance):
    """One row in ten has 49 others of its millisecond."""
    ties = [chance.randrange(ROWS * 500) for _ in range(ROWS // 500)]
    return [*(chance.randrange(ROWS * 500) for _ in range(ROWS * 9 // 10)), *ties * 50]


class Logs:
    """A server that counts to 10,000 in a list, and to the end in GetTotalCount."""

    def __init__(self, moments):
        self.ticks = [SINCE + 10_000 * moment for moment in sorted(moments)]
        self.stamps = [str(Instant(ticks)) for ticks in self.ticks]

    def answer(self, fetch):
        bound = _BOUND.search(fetch.options.get("$filter", ""))
        first = bisect.bisect_right(self.ticks, Instant.parse(bound[1]).ticks) if bound else 0
        if fetch.total:
            return Page([], len(self.ticks) - first)
        count = min(len(self.ticks) - first, 10_000) if "$count" in fetch.options else None
        top, found = int(fetch.options["$top"]), range(first, len(self.ticks))
        shown = found[::-1] if fetch.options["$orderby"].endswith("desc") else found
        return Page([{"TimeStamp": self.stamps[number], "Number": number} for number in shown[:top]], count)


def read(logs, chance, **settings):
    """Return the numbers of the rows given, and how many requests it took; each takes half to one and a half seconds."""
    plan = WindowPlan(options={}, page_size=PAGE, exact=True, **settings)
    under_way, now, started, given = [], 0.0, 0, []
    while True:
        while (rows := plan.next_rows()) is not None:
            given += [row["Number"] for row in rows]
        while len(under_way) + plan.buffered_pages < plan.workers and (fetch := plan.next_fetch()):
            started += 1
            heapq.heappush(under_way, (now + chance.uniform(0.5, 1.5), started, fetch))
        if not under_way:
            assert plan.proof.kind == "by_later_bucket"
            return given, started
        now, _, fetch = heapq.heappop(under_way)
        plan.on_page(fetch, logs.answer(fetch))


@pytest.mark.parametrize(
    ("shape", "settings", "ratio"),
    [
        (uniform, {"workers": 8, "ordered": False}, 1.10),
        (bursty, {"workers": 8, "ordered": False}, 1.15),
        (tied, {"workers": 8, "ordered": False}, 1.15),
        (uniform, {"workers": 8, "ordered": True}, 1.15),
        (uniform, {"workers": 1}, 1.05),
        (bursty, {"workers": 1}, 1.05),
        (tied, {"workers": 1}, 1.05),
    ],
)
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 12))])
def test_an_exact_scan_of_200_000_logs_costs_little_more_than_its_pages(shape, settings, ratio, seed):
    """G15."""
    chance = random.Random(seed)
    given, requests = read(Logs(shape(chance)), chance, **settings)
    assert sorted(given) == [*range(ROWS)]
    print(f"{shape.__name__}, {settings}, seed {seed}: {requests / (ROWS / PAGE):.3f} a page")  # noqa: T201 - the figures
    assert requests <= ratio * ROWS / PAGE
