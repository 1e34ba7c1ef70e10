"""Pages of lists that change between them: no row that stays is missed or comes twice, forward and back."""

from __future__ import annotations

from random import Random

import pytest

from uipath_odata.entities import Job

from .conftest import World, client, in_order

pytestmark = pytest.mark.simulation

TERMS = {
    "EndTime": Job.end_time,
    "ReleaseName": Job.release_name,
    "HasMediaRecorded": Job.has_media_recorded,
    "OrganizationUnitId": Job.organization_unit_id,
    "Id": Job.id,
}


def new_row(chance, number):
    second = chance.randrange(3)
    return {
        "Id": number,
        "EndTime": chance.choice(
            [None, f"2024-01-01T00:00:0{second}Z", f"2024-01-01T00:00:0{second}.1234567Z"]
        ),
        "ReleaseName": chance.choice([None, "a", "b'c", "B", "ü"]),
        "HasMediaRecorded": chance.choice([None, True, False]),
        "OrganizationUnitId": chance.choice([None, 1, 2, -3]),
        "State": "Faulted",
    }


class Walk:
    """One reader of one world in which others insert and delete."""

    def __init__(self, seed):
        self.chance = chance = Random(seed)
        self.world = World(largest=chance.choice([1_000, 1_000, 1_000, 3]))
        self.number = 1_000
        for _ in range(chance.choice([0, 1, 5, 30, 60])):
            self.insert()
        names = chance.sample([*TERMS], chance.randrange(4))
        orders = [(name, chance.random() < 0.5) for name in names]
        terms = [TERMS[name].desc() if descending else TERMS[name] for name, descending in orders]
        self.query = client(self.world).jobs.filter(Job.state == "Faulted").order_by(*terms).dicts()
        self.order = self.asked_order(orders)
        self.staying = {row["Id"] for row in self.world.rows}

    def asked_order(self, orders):
        named = [f"{name} desc" if descending else name for name, descending in orders]
        if not any(name == "Id" for name, _ in orders):
            named.append("Id desc" if orders and orders[-1][1] else "Id")
        return ",".join(named)

    def insert(self):
        self.number += self.chance.randrange(1, 4)
        self.world.rows.append(
            new_row(self.chance, self.number if self.chance.random() < 0.5 else -self.number)
        )

    def change(self):
        # A list that grows faster than it is read has no end.
        for _ in range(self.chance.randrange(4) if self.number < 1_400 else 0):
            self.insert()
        for _ in range(self.chance.randrange(3)):
            if self.world.rows:
                gone = self.world.rows.pop(self.chance.randrange(len(self.world.rows)))
                self.staying.discard(gone["Id"])

    async def walk(self, way, page, size):
        """Follow one kind of cursor to its end; give the pages in reading order."""
        pages = [page]
        while (after := getattr(page, way)) is not None:
            assert len(after) <= 200
            self.change()
            page = await self.query.page(size, after)
            assert page.stable
            assert len(page.rows) <= size
            if getattr(page, way) is not None:
                assert len(page.rows) == size
            pages.append(page)
            assert len(pages) < 500
        return pages

    def check(self, pages):
        rows = [row for page in pages for row in page.rows]
        ids = [row["Id"] for row in rows]
        assert len(set(ids)) == len(ids)
        assert self.staying <= set(ids)
        assert rows == in_order(rows, self.order)


async def walk_a_world(seed):
    walk = Walk(seed)
    size = walk.chance.randrange(1, 9)
    first = await walk.query.page(size)
    assert first.previous is None
    pages = await walk.walk("next", first, size)
    walk.check(pages)
    back = await walk.walk("previous", pages[-1], size)
    walk.check(back[::-1])
    again = await walk.walk("next", back[-1], size)
    walk.check(again)


@pytest.mark.parametrize("start", range(0, 40, 20))
async def test_no_row_that_stays_is_missed_or_comes_twice(start):
    for seed in range(start, start + 20):
        await walk_a_world(seed)


@pytest.mark.full
async def test_a_thousand_worlds():
    for seed in range(1_000):
        await walk_a_world(seed)
