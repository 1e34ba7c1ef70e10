"""RobotLogs servers at random, written without the client's ticks and buckets: is every row given once?"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections import Counter
from fractions import Fraction

import attrs
import pytest

from uipath_odata.errors import NotProven
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.partition import Partition, _in_order
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window import WindowPlan

BASE = dt.datetime(2024, 2, 28, 23, 59, 58, tzinfo=dt.UTC)
PRECISIONS = (Fraction(1, 10**7), Fraction(1, 10**6), Fraction(1, 10**3))
WINDOW = 9_999
USERS_FILTER = "Level eq 'Info'"


def text_of(seconds):
    whole = int(seconds)
    decimals = f"{int((seconds - whole) * 10**7):07d}".rstrip("0")
    return (
        f"{BASE + dt.timedelta(seconds=whole):%Y-%m-%dT%H:%M:%S}" + (f".{decimals}" if decimals else "") + "Z"
    )


def seconds_of(text):
    moment, _, decimals = text.removesuffix("Z").partition(".")
    return Fraction((dt.datetime.fromisoformat(f"{moment}Z") - BASE) // dt.timedelta(seconds=1)) + Fraction(
        f"0.{decimals or 0}"
    )


def millisecond(text):
    """The tie group of a row, read off its text."""
    moment, _, decimals = text.removesuffix("Z").partition(".")
    return moment, decimals.ljust(7, "0")[:3]


@attrs.define
class Server:
    """Three replicas that order equal keys differently; which one answers is left to chance."""

    rows: list
    precision: Fraction
    rounds: bool
    cap: int
    counts: str
    faults: float
    chance: random.Random
    requests: int = 0
    replicas: list = attrs.field(init=False)

    def __attrs_post_init__(self):
        keyed = [(seconds_of(row["TimeStamp"]) // self.precision, row) for row in self.rows]
        self.replicas = [
            sorted(self.chance.sample(keyed, len(keyed)), key=lambda pair: pair[0]) for _ in range(3)
        ]

    def answer(self, options):
        if self.chance.random() < self.faults:
            self._answer(options)  # lost on its way, and asked for again
        return self._answer(options)

    def _answer(self, options):
        self.requests += 1
        top, skip = int(options["$top"]), int(options.get("$skip", 0))
        assert skip + top <= WINDOW
        assert options["$orderby"] == "TimeStamp asc"
        assert options.get("$filter", USERS_FILTER).startswith(
            (USERS_FILTER, f"({USERS_FILTER}) and T", "TimeStamp gt ")
        )
        text = options.get("$filter", "")
        bounds = [self._literal(bound) for bound in re.findall(r"TimeStamp gt (\S+)", text)]
        rows = [
            row
            for key, row in self.replicas[self.chance.randrange(3)]
            if all(key > bound for bound in bounds) and ("Level" not in text or row["Level"] == "Info")
        ]
        count = None
        if "$count" in options and self.counts != "absent":
            count = min(len(rows), 25) if self.counts == "capped" else len(rows)
        return Page(rows[skip : skip + min(top, self.cap)], count)

    def _literal(self, text):
        exact = seconds_of(text) / self.precision
        return (exact + Fraction(1, 2)).__floor__() if self.rounds else exact.__floor__()


def random_rows(chance, page_size):
    rows = []
    moment = Fraction(chance.randrange(10**7), 10**7)
    for _ in range(chance.randrange(2 + 12)):
        moment += chance.choice(
            [
                Fraction(1, 10**7),
                Fraction(1, 10**6),
                Fraction(1, 2000),
                Fraction(1, 1000),
                Fraction(chance.randrange(10**8), 10**7),
            ]
        )
        if chance.random() < 0.3:
            moment = Fraction(moment * 1000 // 1, 1000)
        ties = chance.choice([1, 1, 1, 2, 3, page_size // 3, page_size // 2])
        if chance.random() < 0.05:
            ties = chance.choice([page_size - 1, page_size, page_size * 3 // 2])
        step = chance.choice([0, 0, 1, 9, 10, 1234])
        rows += [
            {
                "TimeStamp": text_of(moment + Fraction(step * chance.randrange(ties), 10**7)),
                "Level": chance.choice(["Info", "Warn"]),
                "Message": chance.choice(["same", "same", str(len(rows) + i)]),
                "Id": 0,
            }
            for i in range(ties)
        ]
    return rows


@attrs.frozen
class World:
    rows: list
    page_size: int
    options: dict
    lo: str | None
    hi: str | None
    server: dict

    @classmethod
    def make(cls, seed):
        chance = random.Random(seed)
        page_size = chance.choice([5, 8, 20])
        rows = random_rows(chance, page_size)
        edges = [row["TimeStamp"] for row in rows] + [text_of(Fraction(chance.randrange(10**8), 10**7))]
        lo = chance.choice(edges) if chance.random() < 0.4 else None
        hi = chance.choice(edges) if chance.random() < 0.4 else None
        return cls(
            rows=rows,
            page_size=page_size,
            options={"$filter": USERS_FILTER} if chance.random() < 0.3 else {},
            lo=lo,
            hi=hi,
            server={
                "precision": chance.choice(PRECISIONS),
                "rounds": chance.random() < 0.5,
                "cap": chance.choice([10**6, 10**6, page_size, page_size - 1, page_size // 2]),
                "counts": chance.choice(["exact", "absent", "capped"]),
                "faults": chance.choice([0, 0.3]),
            },
        )

    def serve(self, seed):
        return Server(rows=self.rows, chance=random.Random(seed), **self.server)

    def wanted(self, below=None):
        return [
            row
            for row in self.rows
            if (not self.options or row["Level"] == "Info")
            and (self.lo is None or seconds_of(row["TimeStamp"]) >= seconds_of(self.lo))
            and (self.hi is None or seconds_of(row["TimeStamp"]) < seconds_of(self.hi))
            and (below is None or seconds_of(row["TimeStamp"]) < seconds_of(below))
        ]

    def capacity(self):
        return min(self.page_size, self.server["cap"])

    def largest_group(self):
        """Rows of one millisecond, and of the instant before it, which a bound cannot always leave out."""
        groups = Counter(millisecond(row["TimeStamp"]) for row in self.rows)
        instants = Counter(int(seconds_of(row["TimeStamp"]) * 10**6) for row in self.rows)
        return max(groups.values(), default=0) + max(instants.values(), default=0)


def plan_for(world, partition=Partition):
    lo, hi = (None if text is None else Instant.parse(text).ticks for text in (world.lo, world.hi))
    plan = WindowPlan(options=world.options, page_size=world.page_size, lo=lo, hi=hi)
    true = plan._partition
    plan._partition = partition(
        at=true.at, end=true.end, unit=true.unit, page_size=true.page_size, window=true.window
    )
    return plan


def scan(plan, server):
    """Drive a plan by hand; return its rows and the error that it ended with."""
    given = []
    try:
        while (fetch := plan.next_fetch()) is not None:
            assert server.requests < 10 * len(server.rows) + 10, "the scan does not end"
            plan.receive(fetch, server.answer(fetch.options))
            while (rows := plan.give()) is not None:
                given += rows
    except NotProven as error:
        return given, error
    return given, None


def lost_and_repeated(given, wanted):
    got, due = (Counter(json.dumps(row, sort_keys=True) for row in rows) for rows in (given, wanted))
    return sum((due - got).values()), sum((got - due).values())


def tally(run, worlds):
    """Count the wrong runs, the rows lost and the rows repeated of a method in many worlds."""
    wrong = lost = repeated = 0
    for seed in range(worlds):
        world = World.make(seed)
        given, wanted = run(world, world.serve(seed))
        misses, repeats = lost_and_repeated(given, wanted)
        wrong, lost, repeated = wrong + bool(misses or repeats), lost + misses, repeated + repeats
    return wrong, lost, repeated


def client(world, server, partition=Partition):
    plan = plan_for(world, partition)
    given, error = scan(plan, server)
    assert (error is None) == plan.proof.proven
    if error is None:
        return given, world.wanted()
    assert world.largest_group() > world.capacity(), "a group that a page holds was refused"
    return given, world.wanted(below=error.checkpoint["from"])


def test_every_row_is_given_once_in_a_thousand_worlds():
    """R29, R72, R73, R75, R76, R82: or, behind a group that no page holds, none is given."""
    assert tally(client, 1_000) == (0, 0, 0)


@pytest.mark.full
def test_every_row_is_given_once_in_twenty_thousand_worlds():
    assert tally(client, 20_000) == (0, 0, 0)


def test_the_rows_come_in_the_same_order_whichever_replica_answers():
    for seed in range(200):
        world = World.make(seed)
        first, error = scan(plan_for(world), world.serve(seed))
        again, _ = scan(plan_for(world), world.serve(-seed - 1))
        assert error is not None or first == again


def test_a_scan_goes_on_from_any_checkpoint():
    for seed in range(200):
        world = World.make(seed)
        whole, error = scan(plan_for(world), world.serve(seed))
        plan, server, given = plan_for(world), world.serve(seed), []
        while error is None and (fetch := plan.next_fetch()) is not None:
            plan.receive(fetch, server.answer(fetch.options))
            given += plan.give() or []
            point = json.loads(json.dumps(plan.checkpoint))
            rest, _ = scan(plan_for(attrs.evolve(world, lo=point["from"], hi=point["to"])), world.serve(seed))
            assert given + rest == whole


class NoHoldBack(Partition):
    def _advance(self, rows, kept, last):
        self._move(last + self.unit)
        self.ending = "" if kept else "nothing new"
        return _in_order(kept)


class NoClientCut(Partition):
    def _advance(self, rows, kept, last):
        return super()._advance(rows, [row for row in rows if row[0] < self.end], last)


class ShortPageIsTheEnd(Partition):
    def _probe_behind(self, rows, asked):
        self.ending = "a short page"


class BoundAtTheRow(Partition):
    def _move(self, at):
        super()._move(at)
        self.after = at - 1


@pytest.mark.parametrize("mutant", [NoHoldBack, NoClientCut, ShortPageIsTheEnd, BoundAtTheRow])
def test_a_scan_without_one_of_its_guards_is_caught(mutant):
    def run(world, server):
        given, error = scan(plan_for(world, mutant), server)
        return given, world.wanted(below=error and error.checkpoint["from"])

    wrong, _, _ = tally(run, 300)
    assert wrong > 10


def test_a_skip_loop_to_the_window_loses_rows():
    """As people write it, with a window scaled to the small pages here."""

    def run(world, server):
        size, given = world.page_size, []
        while len(given) + size <= 4 * size:
            options = {"$orderby": "TimeStamp asc", "$top": str(size), "$skip": str(len(given))}
            page = server.answer(options)
            given += page.rows
            if not page.rows:
                break
        return given, world.rows

    wrong, lost, repeated = tally(run, 300)
    assert wrong > 75
    assert lost > 0
    assert repeated > 0


def test_continuing_from_the_last_time_stamp_loses_rows():
    def run(world, server):
        size, given, page = world.page_size, [], None
        while page is None or len(page.rows) == size:
            options = {"$orderby": "TimeStamp asc", "$top": str(size)}
            if given:
                options["$filter"] = f"TimeStamp gt {given[-1]['TimeStamp']}"
            page = server.answer(options)
            given += page.rows
        return given, world.rows

    wrong, lost, _ = tally(run, 300)
    assert wrong > 75
    assert lost > 0
