"""How many requests a small list takes: two where it is read exactly, one where it is not, or is empty."""

from __future__ import annotations

import pytest

from .reading import read
from .worlds.question import Question
from .worlds.shape import PAGE, Shape
from .worlds.tables import JOBS, LOGS, QUEUE_ITEMS
from .worlds.world import World

SIZES = {
    "none": (),
    "one": (1,),
    "two": (1, 1),
    "a page": (1,) * PAGE,
    "a page and one": (1,) * (PAGE + 1),
    "two of one bucket": (2,),
    "a page of one bucket": (PAGE,),
}

# Requests, and the proof: plain, and exact. Two rows of one bucket have no neighbour, so that their count is all that
# shows them whole; one request more shows that it is not one of the page, and does not end where the pages do.
EXPECTED = {
    ("Jobs", "none"): ((1, "by_one_answer"), (1, "by_one_answer")),
    ("Jobs", "one"): ((1, "none"), (2, "by_later_bucket")),
    ("Jobs", "two"): ((1, "none"), (2, "by_later_bucket")),
    ("Jobs", "a page"): ((2, "by_later_bucket"), (2, "by_later_bucket")),
    ("Jobs", "a page and one"): ((3, "by_later_bucket"), (4, "by_later_bucket")),
    ("QueueItems", "none"): ((1, "by_one_answer"), (1, "by_one_answer")),
    ("QueueItems", "one"): ((1, "none"), (2, "by_count")),
    ("QueueItems", "two"): ((1, "none"), (2, "by_later_bucket")),
    ("QueueItems", "a page"): ((2, "by_later_bucket"), (2, "by_later_bucket")),
    ("QueueItems", "a page and one"): ((3, "by_later_bucket"), (4, "by_later_bucket")),
    ("QueueItems", "two of one bucket"): ((1, "none"), (3, "by_count")),
    ("QueueItems", "a page of one bucket"): ((7, "by_remainder"), (3, "by_count")),
    ("RobotLogs", "none"): ((1, "by_one_answer"), (1, "by_one_answer")),
    ("RobotLogs", "one"): ((1, "none"), (2, "by_count")),
    ("RobotLogs", "two"): ((1, "none"), (2, "by_later_bucket")),
    ("RobotLogs", "a page"): ((2, "by_later_bucket"), (2, "by_later_bucket")),
    ("RobotLogs", "a page and one"): ((3, "by_later_bucket"), (4, "by_later_bucket")),
    ("RobotLogs", "two of one bucket"): ((1, "none"), (3, "by_count")),
    ("RobotLogs", "a page of one bucket"): ((3, "by_count"), (3, "by_count")),
}
TABLES = {table.name: table for table in (JOBS, QUEUE_ITEMS, LOGS)}


@pytest.mark.parametrize(("name", "size"), EXPECTED)
@pytest.mark.parametrize("exact", [False, True], ids=["plain", "exact"])
async def test_a_small_list_takes_so_many_requests(name, size, exact):
    table = TABLES[name]
    shape = Shape(sizes=SIZES[size], step=(30_000,) if table.window else (1,), variety=2)
    world = World(seed=1, table=table, shape=shape, question=Question(exact=exact, workers=1))
    reading = await read(world)
    assert reading.error is None
    assert len(reading.tokens) == sum(SIZES[size])
    requests, kind = EXPECTED[name, size][exact]
    assert (len(reading.server.trace), reading.reports[-1].proof) == (requests, kind)
