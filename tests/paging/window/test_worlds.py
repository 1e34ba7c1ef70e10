"""Scans of random RobotLogs servers through the real reader: is every row given once?"""

from __future__ import annotations

import json
from collections import Counter

import attrs
import pytest

from uipath_odata.errors import NotProven, ServerError, Unprovable, WindowOverflow
from uipath_odata.execution.stream import Stream
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.partition import TieSplit
from uipath_odata.paging.window.plan import WindowPlan
from uipath_odata.paging.window.schedule import Schedule
from uipath_odata.paging.window.tie_group import TieGroup


@attrs.frozen
class Answer:
    page: Page
    attempts: int = 1
    waited: float = 0.0


def plan_of(world, *, resume=None, partition=TieSplit, schedule=Schedule):
    lo, hi = (None if text is None else Instant.parse(text).ticks for text in (world.lo, world.hi))
    plan = WindowPlan(
        options=world.options,
        page_size=world.page_size,
        window=world.window,
        lo=lo,
        hi=hi,
        workers=world.workers,
        ordered=world.ordered,
        upper_bound=world.upper_bound,
        resume=resume,
    )
    true = plan._schedule
    parts = [partition(at=p.at, end=p.end, habits=p.habits, first=p.first) for p in true.partitions]
    plan._schedule = schedule(habits=true.habits, partitions=parts)
    return plan


async def _scan(world, server, **parts):
    """Read a world through the reader; return its rows, the error it ended with, and the stream."""
    plan, given = plan_of(world, **parts), []

    async def fetch(fetch):
        assert server.requests < 100 * len(server.rows) + 1_000, "the scan does not end"
        return Answer(await server(fetch))

    stream = Stream(
        plan, fetch=fetch, parse=lambda _, answer: answer.page, decode=list, concurrency=world.workers
    )
    async with stream:
        try:
            async for page in stream.pages():
                assert server.running + plan.buffered_pages < max(world.workers, 2), "more pages than workers"
                given += page
        except (NotProven, ServerError) as error:
            return given, error, stream
    if plan.ordered:
        stamps = [row["TimeStamp"].removesuffix("Z").partition(".") for row in given]
        assert stamps == sorted(stamps)
    return given, None, stream


@pytest.fixture
def scan_world():
    return _scan


class Counted:
    """What many worlds came to."""

    def __init__(self):
        self.wrong = self.lost = self.repeated = self.rows = 0
        self.ended = Counter()

    def add(self, world, given, error, unread):
        got, due = _bag(given), _bag(map(world.shown, world.wanted(unread)))
        # A row that came late may be given or not.
        late = _bag(world.shown(row) for _, row in world.late if world.is_wanted(row, unread))
        lost, repeated = sum((due - got).values()), sum((got - due - late).values())
        self.rows += len(given)
        self.wrong += bool(lost or repeated)
        self.lost += lost
        self.repeated += repeated
        self.ended[type(error)] += 1


def _bag(rows):
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


def _unread(checkpoint):
    return checkpoint.get("open", [(checkpoint["from"], checkpoint["to"])])


@pytest.fixture
def count(make_world, scan_world):
    """Scan worlds and count what was lost or repeated, of rows before the checkpoint where a scan ended early."""

    async def run(seeds, **parts):
        counted = Counted()
        for seed in seeds:
            world = make_world(seed)
            given, error, stream = await scan_world(world, world.serve(seed), **parts)
            assert stream.report.proven == (error is None)
            if error is not None and not world.late:
                assert world.largest_group() > world.capacity(), f"{seed}: a page held the group"
            counted.add(world, given, error, () if error is None else _unread(error.checkpoint))
        return counted

    return run


async def test_every_row_is_given_once_in_five_hundred_worlds(count):
    """R29, R72 to R77, R82: else a named error, and then exactly the rows before its checkpoint."""
    counted = await count(range(500))
    assert (counted.wrong, counted.lost, counted.repeated) == (0, 0, 0)
    assert set(counted.ended) == {type(None), Unprovable, WindowOverflow}
    assert counted.ended[type(None)] > 400


@pytest.mark.full
async def test_every_row_is_given_once_in_ten_thousand_worlds(count):
    """R29, R72 to R77, R82."""
    counted = await count(range(500, 10_500))
    print({kind.__name__: number for kind, number in counted.ended.items()}, counted.rows, "rows")  # noqa: T201 - the figures
    assert (counted.wrong, counted.lost, counted.repeated) == (0, 0, 0)


async def test_the_rows_come_in_the_same_order_whichever_replica_answers(make_world, scan_world):
    for seed in range(60):
        world = attrs.evolve(make_world(seed), late=[], ordered=True)
        first, error, _ = await scan_world(world, world.serve(seed))
        again, other, _ = await scan_world(attrs.evolve(world, workers=3), world.serve(-seed - 1))
        assert error or other or first == again


async def test_a_scan_that_broke_off_goes_on_from_its_checkpoint(make_world, scan_world):
    """In order or not, what was given before and what is given then are all rows, each once."""
    counted = Counted()
    for seed in range(150):
        world = attrs.evolve(make_world(seed), late=[])
        server = world.serve(seed, breaks_at=1 + seed % 11)
        given, error, stream = await scan_world(world, server)
        if isinstance(error, ServerError):
            point = json.loads(json.dumps(stream.checkpoint))
            rest, error, _ = await scan_world(world, world.serve(seed), resume=point)
            given += rest
        counted.add(world, given, error, () if error is None else _unread(error.checkpoint))
    assert (counted.wrong, counted.lost, counted.repeated) == (0, 0, 0)


async def test_one_empty_answer_among_many_workers_loses_nothing(make_world, scan_world):
    counted = Counted()
    for seed in range(150):
        world = attrs.evolve(make_world(seed), late=[])
        server = world.serve(seed, counts="exact", empty_at=1 + seed % 40)
        given, error, _ = await scan_world(world, server)
        counted.add(world, given, error, () if error is None else _unread(error.checkpoint))
    assert (counted.wrong, counted.lost, counted.repeated) == (0, 0, 0)


class NoHoldBack(TieSplit):
    def _advance(self, rows, asked, count):
        self._give(rows, self.habits.group_of(rows[-1][0]) + self.habits.unit)
        yield from ()


class NoClientCut(TieSplit):
    def _give(self, rows, until):
        self._given += [one for one in rows if one[0] < until]
        super()._give((), until)


class ShortPageIsTheEnd(TieSplit):
    def _look_behind(self, rows, asked, count):
        yield from ()
        self._finish(rows, "a short page", exhausted=True)
        return True


class BoundAtTheRow(TieSplit):
    def _move(self, at):
        super()._move(at)
        self._after = at - 1


class GroupOwnedByTwo(TieSplit):
    """Whoever takes the rest takes the group that is being read, too."""

    def cut(self, at):
        rest = super().cut(at)
        start = self.habits.group_of(self.at)
        return attrs.evolve(rest, at=start) if self.in_group else rest


class EverySkippedRowIsAnother(TieGroup):
    """As if no answer ever held a row of an earlier one."""

    def _learn(self, rows):
        for one in rows:
            self._seen[str(self._found).encode()] = [one]
            self._found += 1


class AlikeRowsBySkip(TieSplit):
    def _read_group(self):
        self.in_group = True
        start = self.habits.group_of(self.at)
        rows = yield from EverySkippedRowIsAnother(start=start, after=self._after, habits=self.habits).read()
        self.in_group = False
        self._give(((ticks, self.habits.kept(row)) for ticks, row in rows), self.group_end)


class BegunByTwo(Schedule):
    """An answer reads on into what others read already."""

    def answered(self, partition):
        partition.end = max(other.end for other in self.partitions)


@pytest.mark.parametrize(
    "mutant",
    [
        {"partition": NoHoldBack},
        {"partition": NoClientCut},
        {"partition": ShortPageIsTheEnd},
        {"partition": BoundAtTheRow},
        {"partition": GroupOwnedByTwo},
        {"partition": AlikeRowsBySkip},
        {"schedule": BegunByTwo},
    ],
    ids=lambda mutant: next(iter(mutant.values())).__name__,
)
async def test_a_scan_without_one_of_its_guards_is_caught(make_world, scan_world, mutant):
    counted, endless = Counted(), 0
    for seed in range(100):
        world = attrs.evolve(make_world(seed), workers=5, late=[], ordered=False)
        try:
            given, error, _ = await scan_world(world, world.serve(seed), **mutant)
        except AssertionError:
            endless += 1
        else:
            counted.add(world, given, error, () if error is None else _unread(error.checkpoint))
        if counted.wrong + endless > 1:
            return
    pytest.fail("no world shows the difference")
