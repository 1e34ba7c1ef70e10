"""The standing search in its quick size: 3,000 worlds, a tenth of them over real HTTP."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest

from . import search as command
from .reading import is_raw, read
from .search import Tally, is_wired, search
from .wire import is_exported
from .worlds.world import World

pytestmark = pytest.mark.simulation

WORLDS = 3_000
_SLICE = 100


@pytest.mark.parametrize("first", range(0, WORLDS, _SLICE))
async def test_no_reading_is_proven_and_wrong(first):
    tally = await search(range(first, first + _SLICE))
    assert tally.faults == []
    assert tally.worlds == _SLICE


async def test_an_honest_list_whose_ties_fit_a_page_is_proven():
    tally = Tally()
    for seed in range(2 * WORLDS):
        world = World.make(seed)
        if world.ordinary and world.question.provable(world.table):
            tally.add(command.judge(await read(world)))
    assert tally.ordinary > 300
    assert len(tally.refused) < tally.ordinary / 100, tally.refused


def test_a_search_goes_on_after_what_its_log_holds(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "_SLICE", 2)
    log = tmp_path / "log"
    for last, lines in ((4, [[0, 2], [2, 4]]), (6, [[0, 2], [2, 4], [4, 6]])):
        monkeypatch.setattr(sys, "argv", ["search", "--worlds", f"0:{last}", "--log", str(log)])
        assert command.main() == 0
        assert [json.loads(line)["seeds"] for line in log.read_text("utf-8").splitlines()] == lines
        assert f"worlds: {last}\n" in capsys.readouterr().out


def test_worlds_are_read_without_a_wire_and_with_one_as_dicts_and_as_bytes_and_by_exports():
    worlds = [*map(World.make, range(WORLDS))]
    wired = [each for each in worlds if is_wired(each)]
    assert len(wired) == WORLDS / 10
    assert sum(map(is_raw, wired)) == WORLDS / 20
    assert sum(map(is_raw, worlds)) == 3 * WORLDS / 20
    assert WORLDS / 100 < sum(map(is_exported, wired)) < WORLDS / 50


def test_a_world_is_the_same_each_time_it_is_made():
    first, second = (asyncio.run(read(World.make(7))) for _ in range(2))
    assert str(World.make(7)) == str(first.world)
    assert first.server.trace
    assert [each[0] for each in first.server.trace] == [each[0] for each in second.server.trace]
    assert first.tokens == second.tokens
