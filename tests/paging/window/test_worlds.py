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
from uipath_odata.paging.window.interval_scan import IntervalScan
from uipath_odata.paging.window.plan import WindowPlan
from uipath_odata.paging.window.request import WindowRequest
from uipath_odata.paging.window.schedule import Schedule
from uipath_odata.paging.window.ties.copies import Copies
from uipath_odata.paging.window.ties.sandwich import Sandwich
from uipath_odata.paging.window.ties.tie_group import TieGroup
from uipath_odata.paging.window.ties.tie_split import TieSplit, _Look

pytestmark = pytest.mark.simulation


@attrs.frozen
class Answer:
    page: Page
    attempts: int = 1
    waited: float = 0.0


def plan_of(world, *, resume=None, scan=IntervalScan, schedule=Schedule):
    lo, hi = (None if text is None else Instant.parse(text).ticks for text in (world.lo, world.hi))
    plan = WindowPlan(
        options=world.options,
        page_size=world.page_size,
        window=world.window,
        lo=lo,
        hi=hi,
        workers=world.workers,
        ordered=world.ordered,
        exact=world.exact,
        upper_bound=world.upper_bound,
        resume=resume,
    )
    true = plan._schedule
    scans = [
        scan(at=s.at, end=s.end, profile=s.profile, first=s.first, believes_count=s.believes_count)
        for s in true.scans
    ]
    plan._schedule = schedule(profile=true.profile, scans=scans, steals=true.steals)
    return plan


async def _scan(world, server, **parts):
    """Read a world through the reader; return its rows, the error it ended with, and the stream."""
    plan, given = plan_of(world, **parts), []

    async def fetch(fetch, number):
        assert server.requests < 100 * len(server.rows) + 1_000, "the scan does not end"
        return Answer(await server(fetch))

    stream = Stream(
        plan, fetch=fetch, parse=lambda _, answer: answer.page, decode=list, concurrency=world.workers
    )
    async with stream:
        try:
            async for page in stream.pages():
                held = server.running + plan.buffered_pages  # the page in hand comes on top
                assert held <= max(world.workers, 2), "more pages than workers"
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
            assert error is not None or stream.report.proven or not world.exact
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
    assert counted.ended[type(None)] > 250


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


class NoHoldBack(IntervalScan):
    def _give(self, rows, until):
        rows = [*rows]
        super()._give(rows, max(until, self.profile.after_bucket(rows[-1][0])) if rows else until)


class NoClientCut(IntervalScan):
    def _give(self, rows, until):
        rows = [*rows]
        self._proven += [one for one in rows if one[0] < until]
        super()._give((), until)


class ShortPageIsTheEnd(IntervalScan):
    def _look_for_the_end(self, rows, counted):
        yield from ()
        self._finish(rows, "a short page", exhausted=True)


class EmptyAnswerCompletesTheBucket(IntervalScan):
    """A short page and nothing beyond its last bucket: the way of most readers."""

    def _look_for_the_end(self, rows, counted):
        beyond = self.profile.bucket_of(rows[-1][0] if rows else self.at)
        _, later = yield from self._bound.answer(WindowRequest(after=beyond + self.profile.unit, top=1))
        if later:
            yield from self._read_group()
        else:
            self._finish(rows, "nothing beyond", exhausted=True)


class BoundAtTheRow(IntervalScan):
    def _move(self, at):
        super()._move(at)
        self._bound.after = at - 1


class BucketOwnedByTwo(IntervalScan):
    """Whoever takes the rest takes the bucket that is being read, too."""

    def cut(self, at):
        rest = super().cut(at)
        return attrs.evolve(rest, at=self.profile.bucket_of(self.at)) if self.in_group else rest


def _scan_with(split):
    """Make scans whose groups are split this way."""

    class Group(TieGroup):
        def _read(self):
            seen = Copies()
            parts = split(start=self.start, after=self.after, profile=self.profile, seen=seen)
            if (yield from parts.shows_all()):
                return seen.rows
            end = self.start + self.profile.unit
            last = Sandwich(after=self.after, end=end, profile=self.profile, cells=parts.open_cells)
            return (yield from last.read(seen)).rows

    class Scan(IntervalScan):
        def _read_group(self):
            self.in_group = True
            group = Group(
                start=self.profile.bucket_of(self.at), after=self._bound.after, profile=self.profile
            )
            rows = yield from group.read()
            self.in_group = False
            self._give(((ticks, self.profile.kept(row)) for ticks, row in rows), self.bucket_end)

    return Scan


class NoRemainder(TieSplit):
    def _can_leave_out(self, cell, name, values):
        yield from ()
        return True

    def _look(self, cell):
        if cell and cell[-1].excluded:
            return _Look([], is_whole=True)
        return (yield from super()._look(cell))


class BegunByTwo(Schedule):
    """An answer reads on into what others read already."""

    def answered(self, scan):
        scan.end = max(other.end for other in self.scans)


@pytest.mark.parametrize(
    "mutant",
    [
        {"scan": NoHoldBack},
        {"scan": NoClientCut},
        {"scan": ShortPageIsTheEnd},
        {"scan": EmptyAnswerCompletesTheBucket},
        {"scan": BoundAtTheRow},
        {"scan": BucketOwnedByTwo},
        {"scan": _scan_with(split=NoRemainder)},
        {"schedule": BegunByTwo},
    ],
    ids=lambda mutant: next(iter(mutant.values())).__name__,
)
async def test_a_scan_without_one_of_its_guards_is_caught(make_world, scan_world, mutant):
    counted, endless = Counted(), 0
    for seed in range(400):
        world = attrs.evolve(make_world(seed), workers=5, late=[], ordered=False, exact=False)
        try:
            given, error, _ = await scan_world(world, world.serve(seed), **mutant)
        except AssertionError:
            endless += 1
        else:
            counted.add(world, given, error, () if error is None else _unread(error.checkpoint))
        if counted.wrong + endless > 1:
            return
    pytest.fail("no world shows the difference")
