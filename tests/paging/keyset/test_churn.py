"""Exact readings by Id while rows come and go: what exists throughout is given once, however the list changes."""

from __future__ import annotations

import random
import re

import attrs
import pytest

from uipath_odata.errors import NotProven
from uipath_odata.paging.keyset.plan import KeysetPlan
from uipath_odata.paging.plan import Page

from ..driving import count_wrong

pytestmark = pytest.mark.simulation

PAGE = 5
BOUND = re.compile(r"Id (gt|le|lt|ge) (-?\d+)")
TESTS = {"gt": int.__gt__, "le": int.__le__, "lt": int.__lt__, "ge": int.__ge__}
CHURN = {
    "deletions": {"inserts": False, "deletes": True},
    "insertions": {"inserts": True, "deletes": False},
    "both": {"inserts": True, "deletes": True},
}


@attrs.define(eq=False)
class Changing:
    """A list of Ids that changes before each answer, and comes to rest at last."""

    chance: random.Random
    inserts: bool
    deletes: bool
    ids: list = attrs.field(init=False)
    gone: set = attrs.field(factory=set, init=False)
    answers: int = 0

    def __attrs_post_init__(self):
        step = self.chance.choice([1, 1, 3, 1_000])
        self.ids = sorted(self.chance.sample(range(1, 40 * step), self.chance.choice([1, 4, 5, 6, 12, 30])))

    def answer(self, options):
        self.answers += 1
        if self.answers < 40:
            self._change()
        found = [each for each in self.ids if self._meets(each, options.get("$filter", ""))]
        if options["$orderby"] == "Id desc":
            found.reverse()
        rows = [{"Id": each} for each in found[: int(options["$top"])]]
        return Page(rows, len(found) if "$count" in options else None)

    def _change(self):
        chance = self.chance
        if self.deletes and self.ids and chance.random() < 0.5:
            first = chance.randrange(len(self.ids))
            self.gone.update(self.ids[first : first + chance.choice([1, 1, 3])])
            self.ids = [each for each in self.ids if each not in self.gone]
        if self.inserts and chance.random() < 0.5:
            newest = max([*self.ids, *self.gone, 0])
            self.ids += [newest + each for each in chance.choice([(1,), (1, 2), (7,)])]

    def _meets(self, row_id, text):
        return all(TESTS[name](row_id, int(bound)) for name, bound in BOUND.findall(text))


def read(seed, churn):
    """Return whether a reading was refused, and what it lost and repeated."""
    chance = random.Random(seed)
    server = Changing(chance, **churn)
    first = {*server.ids}
    descending = chance.random() < 0.3
    options = {"$orderby": "Id desc"} if descending else {}
    plan = KeysetPlan(
        options=options, page_size=PAGE, exact=True, ordered=chance.random() < 0.5, descending=descending
    )
    given, under_way, workers = [], [], chance.choice([1, 3])
    try:
        while True:
            while (rows := plan.next_rows()) is not None:
                given += [row["Id"] for row in rows]
            while len(under_way) + plan.buffered_pages < workers and (fetch := plan.next_fetch()):
                under_way.append(fetch)
            if not under_way:
                break
            fetch = under_way.pop(chance.randrange(len(under_way)))
            plan.on_page(fetch, server.answer(fetch.options))
    except NotProven:
        return True, set(), len(given) - len({*given})
    lost = first - server.gone - {*given} if plan.proof.proven else set()
    return not plan.proof.proven, lost, len(given) - len({*given})


@pytest.mark.parametrize("churn", CHURN.values(), ids=CHURN)
def test_nothing_is_lost_or_repeated_while_ids_come_and_go(churn):
    """R71, R72: two thousand readings, of which hardly any is refused."""
    refused, wrong = count_wrong(read(seed, churn) for seed in range(2_000))
    assert wrong == 0
    assert refused < 20


@pytest.mark.full
@pytest.mark.parametrize("churn", CHURN.values(), ids=CHURN)
def test_nothing_is_lost_or_repeated_in_a_hundred_thousand_readings(churn):
    refused, wrong = count_wrong(read(seed, churn) for seed in range(2_000, 102_000))
    print(f"100,000 readings, {churn}: {wrong} wrong, {refused} refused")  # noqa: T201 - the figures
    assert wrong == 0
