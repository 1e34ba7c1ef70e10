"""What tests hand to the emulator by mistake is refused at once, and the error says what to give."""

from __future__ import annotations

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.emulator.faults import Cut, Html, RateLimited, Slow, Status


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (lambda: Status("503"), "number from 200 to 599, not '503'"),
        (lambda: Status(99), "number from 200 to 599"),
        (lambda: Html(1000), "number from 200 to 599"),
        (lambda: Slow(-1), "Slow takes seconds"),
        (lambda: Cut(at=-5), "at is 0, more, or None"),
        (lambda: RateLimited(retry_after=-1), "retry_after is 0, more, or None"),
    ],
)
def test_a_fault_of_nonsense_is_none(fault, said):
    with pytest.raises(ValueError, match=said):
        fault()


@pytest.mark.parametrize(
    ("act", "kind", "said"),
    [
        (lambda given: given.fail("Jobs.list", Status), TypeError, "not a fault: give a value"),
        (lambda given: given.fail("Jobs.list", Status(503), times=0), ValueError, "times is 1 or more"),
        (lambda given: given.fail("Job.list", Status(503)), ValueError, "did you mean Jobs.list"),
        (lambda given: given.insert("Robot", [{"Id": 1}]), ValueError, "did you mean Robots"),
        (lambda given: given.insert("Robots", {"Id": 1}), TypeError, "a list of rows"),
        (lambda given: given.insert("Robots", [{"id": 1, "Nam": "x"}]), ValueError, "did you mean Name, Id"),
        (lambda given: given.restore("before"), ValueError, r"snapshot\(\) returned, not 'before'"),
        (lambda given: given.add.asset("Rate", 1.5), TypeError, "a whole number or a bool, not 1.5"),
        (lambda given: given.add.queue_item("Q", "text"), TypeError, "a dict, not 'text'"),
        (lambda given: given.clock.advance(minutes=-5), ValueError, "only moves forward"),
        (lambda given: given.clock.advance(days=365 * 9000), ValueError, "ends with the year 9999"),
        (lambda given: given.fail("Jobs.list", Status(503), times=1.5), ValueError, "times is 1 or more"),
        (lambda given: given.reset(page_caps={"Jobs": 0}), ValueError, r"page_caps\['Jobs'\] is a whole"),
        (lambda given: given.reset(page_caps={"Job": 5}), ValueError, "no entity set is named Job"),
        (lambda given: given.reset(replicas=0), ValueError, "replicas is a whole number from 1"),
        (lambda given: given.reset(window="x"), ValueError, "window is a whole number from 1"),
        (lambda given: given.reset(job_pending=-1), ValueError, "job_pending is a number of seconds from 0"),
        (lambda given: given.reset(faulting="Bot"), TypeError, "faulting is a list of names"),
        (lambda _: Emulator(seed=None, control_token=" "), ValueError, "let everybody in"),
        (lambda _: Emulator(seed=None, allow_hosts="host"), TypeError, "not the letters of 'host'"),
        (lambda _: Emulator(seed=None, cors="*"), TypeError, r"not the letters of '\*'"),
        (lambda _: Emulator(seed=None, rate_limits={"Jobs.list": "x"}), ValueError, "limit of Jobs.list"),
    ],
)
def test_a_mistake_is_named(orchestrator_emulator, act, kind, said):
    with pytest.raises(kind, match=said):
        act(orchestrator_emulator)


@pytest.mark.parametrize(
    ("name", "said"), [("t.json", "t.json: not JSON"), ("t.db", r"not a database that save")]
)
def test_a_file_of_something_else_is_named_and_changes_nothing(orchestrator_emulator, tmp_path, name, said):
    orchestrator_emulator.add.queue("Invoices")
    (tmp_path / name).write_text("{")
    with pytest.raises(ValueError, match=said):
        orchestrator_emulator.load(tmp_path / name)
    assert orchestrator_emulator.sql("SELECT Name FROM QueueDefinitions") == [("Invoices",)]


def test_a_schedule_that_was_inserted_runs_in_the_time_that_passes_at_once(orchestrator_emulator):
    folder = orchestrator_emulator.add.process("Bot")["OrganizationUnitId"]
    hourly = {"StartProcessCron": "0 0 * ? * *", "TimeZoneId": "UTC"}
    row = {"Id": 1, "Name": "Hourly", "Enabled": True, "ReleaseName": "Bot", **hourly}
    orchestrator_emulator.insert("ProcessSchedules", [row], folder=folder)
    orchestrator_emulator.clock.advance(hours=3)
    assert orchestrator_emulator.sql("SELECT count(*) FROM Jobs") == [(3,)]
