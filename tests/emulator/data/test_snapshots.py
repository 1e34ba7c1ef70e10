from __future__ import annotations

import gc
import time

import pytest

from uipath_odata.emulator import Emulator


def names(emulator):
    return [name for (name,) in emulator.sql("SELECT Name FROM Robots ORDER BY Id")]


@pytest.fixture
def emulator():
    with Emulator(seed=None) as emulator:
        yield emulator


def test_any_of_several_snapshots_is_restored_in_any_order(emulator):
    taken = []
    for number in range(4):
        taken.append(emulator.snapshot())
        emulator.insert("Robots", [{"Id": number, "Name": f"R{number}"}])
    for index in (2, 0, 3, 1, 1, 3):
        emulator.restore(taken[index])
        assert names(emulator) == [f"R{number}" for number in range(index)]
        emulator.insert("Robots", [{"Id": 99, "Name": "lost"}])


def test_a_snapshot_that_nobody_holds_costs_nothing_and_breaks_nothing(emulator):
    first = emulator.snapshot()
    emulator.insert("Robots", [{"Id": 1, "Name": "R1"}])
    emulator.snapshot()
    gc.collect()
    emulator.restore(first)
    assert names(emulator) == []


def test_a_snapshot_of_another_emulator_is_refused(emulator):
    with Emulator(seed=None) as other, pytest.raises(ValueError, match="rows of another emulator"):
        emulator.restore(other.snapshot())


def test_the_time_goes_back_with_a_snapshot_and_the_journal_stays(emulator):
    emulator.fail("Jobs.list", lambda _, proceed: proceed())
    before = emulator.snapshot()
    emulator.clock.advance(hours=2)
    emulator.restore(before)
    assert emulator.clock.ahead == 0
    assert len(emulator.faults) == 1


def test_reset_brings_the_seed_back_and_forgets_the_rest(emulator):
    emulator.insert("Robots", [{"Id": 1, "Name": "R1"}])
    emulator.fail("Jobs.list", lambda _, proceed: proceed())
    emulator.latency = 1.0
    emulator.clock.advance(minutes=5)
    token = emulator.tokens.issue()
    emulator.reset()
    assert (names(emulator), len(emulator.faults), emulator.latency, emulator.clock.ahead) == (
        [],
        0,
        0.0,
        0.0,
    )
    assert emulator.tokens.accepts(f"Bearer {token}")
    emulator.reset(seed="demo")
    assert len(names(emulator)) == 8
    emulator.reset()
    assert len(names(emulator)) == 8
    emulator.reset(seed=None)
    assert names(emulator) == []


def test_the_same_seed_makes_the_same_keys_after_a_reset(emulator):
    first = emulator.add.queue("Invoices")["Key"]
    emulator.reset()
    assert emulator.add.queue("Invoices")["Key"] == first


def test_restoring_the_demo_tenant_takes_less_than_copying_it():
    """The best of some runs, against work of the same machine in the same moment."""
    with Emulator() as emulator:
        before = emulator.snapshot()

        def restored():
            emulator.insert("Robots", [{"Id": 1, "Name": "R1"}])
            started = time.perf_counter()
            emulator.restore(before)
            return time.perf_counter() - started

        def copied():
            started = time.perf_counter()
            emulator._store.image()
            return time.perf_counter() - started

        assert min(restored() for _ in range(5)) < min(copied() for _ in range(5)) / 4


def test_what_was_changed_after_a_seed_is_in_files_and_in_older_snapshots(tmp_path):
    """Both are whole images, taken while the changes are not committed."""
    with Emulator(seed="demo") as emulator, Emulator(seed=None) as other:
        emulator.insert("Robots", [{"Id": 99, "Name": "mine"}])
        taken = emulator.snapshot()
        emulator.save(tmp_path / "state.db")
        emulator.reset(seed=None)
        assert names(emulator) == []
        emulator.reset(seed="demo")
        emulator.restore(taken)
        assert "mine" in names(emulator)
        other.load(tmp_path / "state.db")
        assert names(other) == names(emulator)


def test_seeds_take_turns_without_harm():
    with Emulator(seed=None) as emulator:
        for _ in range(3):
            emulator.reset(seed="demo")
            for number in range(20):
                emulator.insert("RobotLogs", [{"Id": 10**6 + number, "Message": "x" * 100_000}])
            assert emulator.sql("PRAGMA integrity_check") == [("ok",)]
            emulator.reset(seed=None)
            assert emulator.sql("SELECT count(*) FROM RobotLogs") == [(0,)]
            assert emulator.sql("PRAGMA integrity_check") == [("ok",)]
