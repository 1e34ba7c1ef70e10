"""What a night costs: exports of many tenants in simulated time, each against a server with the documented limit."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from random import Random

from measure import Result

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.export.test_night_job import CAPS, PER_MINUTE, SHARE, Night, a_night
from tests.simulated_time import JumpingLoop

TENANTS = (1, 10, 300)


def run(quick):
    """Export every tenant at once; compare the end of the last with what its limit makes it take."""
    time, refused = {}, {}
    for tenants in TENANTS[: 2 if quick else None]:
        least, most = (10_000, 12_000) if quick else (20_000, 40_000 if tenants > 10 else 200_000)
        items = [Random(number).randrange(least, most) for number in range(tenants)]
        nights, seconds = _spend(items)
        name = f"{tenants} tenant{'s' * (tenants > 1)}"
        time[name] = [100 * seconds / _least(max(items))]
        refused[name] = [sum(night.refused for night in nights)]
    note = (
        f"Jobs, RobotLogs and QueueItems; {SHARE:.0%} of {PER_MINUTE} requests a minute on each limited list."
    )
    return [
        Result("The time of a night, where the limit alone makes 100", "%", time, note=note),
        Result("Answers 429 in a night", "answers", refused, note=note),
    ]


def _least(items):
    """Return the seconds that the pages of the longest limited list take at the client's share of the limit."""
    return 60 * items / CAPS["QueueItems"] / (SHARE * PER_MINUTE)


def _spend(items):
    nights = [Night({"RobotLogs": 500, "QueueItems": each, "Jobs": 500}, Random(each)) for each in items]

    async def all_of_them(folder):
        lakes = [Path(folder) / str(number) for number in range(len(nights))]
        ended = await asyncio.gather(*map(a_night, nights, lakes))
        assert all(summary.proven for summary, _ in ended)
        return max(seconds for _, seconds in ended)

    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return nights, runner.run(all_of_them(folder))
