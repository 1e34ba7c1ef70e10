from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.entities import Job
from uipath_odata.workflows.jobs.starts.start_search import Sought, decide, pause_before

OURS = "0f8fad5b-d9cb-469f-a165-70867728950e"


def job(number, reference=OURS, process="Intake"):
    return Job(id=number, key=UUID(int=number), reference=reference, release_name=process)


def ids(decision):
    return decision.kind, [each.id for each in decision.jobs]


@pytest.mark.parametrize(
    ("sought", "jobs", "decision"),
    [
        (Sought(OURS), [job(1)], ("found", [1])),
        (Sought(OURS), [job(1), job(1)], ("found", [1])),
        (Sought(OURS), [], ("again", [])),
        (Sought(OURS), [job(1, OURS.upper())], ("again", [])),
        (Sought(OURS), [job(1), job(2)], ("undecided", [1, 2])),
        (Sought(OURS, 2), [job(1)], ("again", [1])),
        (Sought(OURS, 2), [job(1), job(2)], ("found", [1, 2])),
        (Sought("b", after=7, process="Intake"), [job(7, "b")], ("again", [])),
        (Sought("b", after=7, process="Intake"), [job(7, "b"), job(8, "b")], ("found", [8])),
        (
            Sought("b", after=7, process="Intake"),
            [job(8, "b", "Other"), job(9, "b", "intake")],
            ("found", [9]),
        ),
        (Sought("b", after=7, process="Intake"), [job(8, "b"), job(9, "b")], ("undecided", [8, 9])),
        (Sought(OURS), [Job(id=1, reference=OURS)], ("again", [])),
    ],
)
def test_only_a_job_that_can_be_nobody_elses_is_found(sought, jobs, decision):
    assert ids(decide(sought, jobs, left=1)) == decision


def test_when_the_time_is_over_what_is_not_found_is_undecided():
    assert ids(decide(Sought(OURS, 2), [job(1)], left=0)) == ("undecided", [1])


@given(
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["a", "b"]), st.sampled_from(["Intake", "Other"]))),
    st.integers(0, 9),
    st.integers(1, 3),
)
def test_more_than_were_started_are_never_found_and_none_from_before(rows, after, count):
    sought = Sought("a", count, after=after, process="Intake")
    decision = decide(sought, [job(*row) for row in rows], left=1)
    assert all(each.id > after and each.reference == "a" for each in decision.jobs)
    assert decision.kind != "found" or len(decision.jobs) == count


def test_looks_come_at_once_then_ever_later_and_the_last_when_the_time_is_over():
    left, pauses = 60.0, []
    for look in range(100):
        pauses.append(pause_before(look, left=left))
        left -= pauses[-1]
        if left <= 0:
            break
    assert pauses == [0, 0.5, 1, 2, 4, 8, 15, 15, 14.5]
