"""RobotLogs that change between any two answers: no row is lost that exists throughout, and none comes twice."""

from __future__ import annotations

import functools
import random

import pytest

from uipath_odata.errors import NotProven
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.plan import WindowPlan

from ..driving import count_wrong

pytestmark = pytest.mark.simulation

PAGE = 6
SINCE = Instant.parse("2024-01-01T00:00:00Z").ticks


class Changing:
    """Logs in a few milliseconds, of which some go and some come before each answer; equals in any order."""

    def __init__(self, chance, *, inserts, deletes):
        self.chance, self.inserts, self.deletes = chance, inserts, deletes
        self.made, self.rows = 0, {}
        for millisecond in range(chance.randrange(1, 12)):
            for _ in range(chance.choice([1, 1, 2, 3, PAGE - 1, PAGE, PAGE + 2])):
                self._add(millisecond)
        self.throughout = set(self.rows)

    def _add(self, millisecond):
        self.made += 1
        robot = self.chance.choice(["A", "B", None, f"robot {self.made}"])
        self.rows[self.made] = millisecond, robot

    def _change(self):
        if self.inserts and self.chance.random() < 0.2:
            self._add(self.chance.randrange(13))
        if self.deletes and self.chance.random() < 0.2 and self.rows:
            gone = self.chance.choice([*self.rows])
            del self.rows[gone]
            self.throughout.discard(gone)

    def answer(self, fetch):
        self._change()
        meets = _filter(fetch.options.get("$filter", ""))
        found = [number for number, row in self.rows.items() if meets(row)]
        if fetch.total:
            return Page([], len(found))
        self.chance.shuffle(found)
        falls = fetch.options["$orderby"].endswith("desc")
        found.sort(key=lambda number: self.rows[number][0], reverse=falls)
        skip = int(fetch.options.get("$skip", 0))
        page = found[skip : skip + int(fetch.options["$top"])]
        return Page([self._row(number) for number in page], len(found) if "$count" in fetch.options else None)

    def _row(self, number):
        millisecond, robot = self.rows[number]
        return {"TimeStamp": _text_of(millisecond), "RobotName": robot, "Message": number}


@functools.cache
def _text_of(millisecond):
    return str(Instant(SINCE + 10_000 * millisecond))


@functools.lru_cache(1_000)
def _filter(text):
    """Read what the scan writes: comparisons joined by `and`, of which one may be `(… or TimeStamp gt …)`."""
    before, _, either = text.partition("(")
    parts = [_comparison(part) for part in before.split(" and ") if part]
    if either:
        cell, _, later = either.removesuffix(")").partition(" or ")
        meets_cell, is_later = _filter(cell), _comparison(later)
        parts.append(lambda row: meets_cell(row) or is_later(row))
    return lambda row: all(part(row) for part in parts)


def _comparison(text):
    name, operator, literal = text.split(" ", 2)
    if name == "TimeStamp":
        bound = (Instant.parse(literal).ticks - SINCE) / 10_000
        return (lambda row: row[0] > bound) if operator == "gt" else (lambda row: row[0] < bound)
    robot, wanted = None if literal == "null" else literal[1:-1], operator == "eq"
    return lambda row: (row[1] == robot) == wanted


def scan(seed, *, inserts, deletes):
    """Return whether a scan was refused, and what it lost and repeated."""
    chance = random.Random(seed)
    logs = Changing(chance, inserts=inserts, deletes=deletes)
    plan = WindowPlan(
        options={}, page_size=PAGE, window=29, workers=chance.choice([1, 3]), exact=True, ordered=seed % 2 > 0
    )
    given, under_way = [], []
    try:
        while True:
            while (rows := plan.next_rows()) is not None:
                given += [row["Message"] for row in rows]
            while len(under_way) + plan.buffered_pages < plan.workers and (fetch := plan.next_fetch()):
                under_way.append(fetch)
            if not under_way:
                break
            fetch = under_way.pop(chance.randrange(len(under_way)))
            plan.on_page(fetch, logs.answer(fetch))
    except NotProven:
        return True, set(), len(given) - len(set(given))
    lost = logs.throughout - set(given)
    return not plan.proof.proven, lost if plan.proof.proven else set(), len(given) - len(set(given))


CHURN = {
    "deletions": {"inserts": False, "deletes": True},
    "insertions": {"inserts": True, "deletes": False},
    "both": {"inserts": True, "deletes": True},
}


@pytest.mark.parametrize("churn", CHURN.values(), ids=CHURN)
def test_nothing_is_lost_or_repeated_while_rows_come_and_go(churn):
    """R71, R72, R78: two thousand scans."""
    refused, wrong = count_wrong(scan(seed, **churn) for seed in range(2_000))
    assert wrong == 0
    assert refused < 1_000


@pytest.mark.full
@pytest.mark.parametrize("churn", CHURN.values(), ids=CHURN)
def test_nothing_is_lost_or_repeated_in_a_hundred_thousand_scans(churn):
    refused, wrong = count_wrong(scan(seed, **churn) for seed in range(2_000, 102_000))
    print(f"100,000 scans, {churn}: {wrong} wrong, {refused} refused")  # noqa: T201 - the figures
    assert wrong == 0
