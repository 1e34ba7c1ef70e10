"""A coordinator gives all processes of a job one rate, asked before each attempt."""

from __future__ import annotations

import heapq
import pickle

import attrs
import pytest

from uipath_odata.emulator.faults import RateLimited
from uipath_odata.partitions import Connection, SharedRates, partitions, read_table
from uipath_odata.transport.rate.budgets import Allowance

from .conftest import FAST


@attrs.define
class Recorded:
    """A coordinator in this process, which lets everybody go at once."""

    rates: SharedRates = attrs.field(factory=SharedRates)
    turns: list = attrs.field(factory=list)
    refusals: list = attrs.field(factory=list)

    async def turn(self, lane):
        self.turns.append(lane)
        return 0.0

    async def refused(self, lane, seconds):
        self.refusals.append((lane, seconds))


def test_turns_come_in_even_steps_however_many_ask_at_once():
    now = [0.0]
    rates = SharedRates(Allowance(100, 0.8), clock=lambda: now[0])
    step = 60 / 80
    assert [rates.turn("acme Jobs.list") for _ in range(200)] == pytest.approx(
        [step * number for number in range(1, 201)]
    )
    assert rates.turn("other Jobs.list") == pytest.approx(step)
    now[0] = 1_000.0
    assert rates.turn("acme Jobs.list") <= step


@pytest.mark.parametrize("workers", [1, 4, 16])
@pytest.mark.parametrize("requests_each", [1, 10, 10_000])
def test_processes_of_any_length_take_the_share_and_no_more(workers, requests_each):
    """Each worker asks for its next turn when its last request was answered, and begins anew after some."""
    now, minutes, answer_time, start_time = [0.0], 30, 0.4, 1.0
    rates = SharedRates(Allowance(100, 0.8), clock=lambda: now[0])
    events, sent = [(0.0, worker, 0) for worker in range(workers)], []
    while events:
        now[0], worker, done = heapq.heappop(events)
        leaves = now[0] + rates.turn("acme Jobs.list")
        if leaves >= 60 * minutes:
            continue
        sent.append(leaves)
        again = leaves + answer_time + (start_time if done % requests_each == 0 else 0.0)
        heapq.heappush(events, (again, worker, done + 1))
    sent.sort()
    assert len(sent) <= 80 * minutes
    assert len(sent) >= 0.99 * 80 * minutes or (workers, requests_each) == (1, 1)  # it is slower by itself
    assert all(later - first >= 60 - 1e-6 for first, later in zip(sent, sent[80:], strict=False))


def test_a_refusal_pauses_the_lane_for_everybody():
    now = [0.0]
    rates = SharedRates(clock=lambda: now[0])
    rates.turn("acme Jobs.list")
    rates.refused("acme Jobs.list", 30)
    assert rates.turn("acme Jobs.list") >= 30
    assert rates.turn("other Jobs.list") < 30


def test_rates_travel_to_whoever_holds_them():
    rates = pickle.loads(pickle.dumps(SharedRates(Allowance(1_000, 0.5))))
    assert rates.allowance == Allowance(1_000, 0.5)


def test_each_attempt_of_a_coordinated_partition_asks_for_its_turn(emulator, acme, monkeypatch):
    monkeypatch.setenv("ACME_FOLDER_PATH", "Shared")
    emulator.insert("Folders", [{"Id": 36885, "DisplayName": "Shared", "FullyQualifiedName": "Shared"}])
    emulator.insert("Jobs", ({"Id": number, "Info": "x"} for number in range(1, 50)), folder=36885)
    [partition] = partitions(Connection(acme.name, settings=FAST), "Jobs")
    before = len(emulator.calls.of("Jobs.list"))
    emulator.fail("Jobs.list", RateLimited(0))
    coordinator = Recorded()
    assert read_table(partition, coordinator=coordinator).num_rows == 49
    assert len(coordinator.turns) == len(emulator.calls.of("Jobs.list")) - before
    assert {*coordinator.turns} == {partition.lane}
    assert coordinator.refusals == [(partition.lane, 0)]
    assert read_table(partition).num_rows == 49
    assert len(coordinator.refusals) == 1
