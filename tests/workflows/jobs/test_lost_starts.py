"""Starts whose answers are lost: never a job twice, and each that is undecided is named."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from uuid import UUID

import pytest

from uipath_odata.errors import BadRequest, OutcomeUnknown, StartsFailed

from .scripted import Fate, Scripted

THEIRS = "batch-7"
SHORTEST, LONGEST = 200, 245
"""Fewer and more bytes than any answer of this server has."""


async def started(process, number, *, reference=None, search=20):
    try:
        return await process.start({"n": number}, reference=reference, search=search)
    except OutcomeUnknown as error:
        return error


@pytest.mark.parametrize(
    ("performed", "reference", "step"),
    [(True, None, 1), (True, THEIRS, 7), (False, None, 7), (False, THEIRS, 7)],
)
async def test_an_answer_lost_at_any_byte_never_starts_a_job_twice(performed, reference, step):
    await lose_answers(performed, reference, range(0, LONGEST, step))


@pytest.mark.full
@pytest.mark.parametrize("performed", [True, False])
@pytest.mark.parametrize("reference", [None, THEIRS])
async def test_an_answer_lost_at_each_byte(performed, reference):
    await lose_answers(performed, reference, range(LONGEST))


async def lose_answers(performed, reference, cuts):
    async with Scripted() as server, server.client() as orchestrator:
        process = orchestrator.process("Intake")
        for cut in cuts:
            before = len(server.jobs)
            server.fates.append(Fate(performed, cut))
            outcome = await started(process, cut, reference=reference, search=3)
            made = server.jobs[before:]
            assert len(made) == performed
            if performed:
                assert outcome.id == made[0].id
            elif isinstance(outcome, OutcomeUnknown):
                (sought,) = outcome.find_by["Reference"]
                assert sought in str(outcome)
                assert sought == (reference or str(UUID(sought)))
            else:
                # The whole answer came: what an Orchestrator says is taken.
                assert cut >= server.answered
        assert Counter(server.received) == {f'{{"n":{cut}}}': 1 for cut in cuts}


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 520])
async def test_a_server_error_is_looked_into_and_not_sent_again(status):
    async with Scripted() as server, server.client() as orchestrator:
        server.fates += [Fate(True, status=status), Fate(False, status=status)]
        process = orchestrator.process("Intake")
        assert (await started(process, 1)).id == 1
        undecided = await started(process, 2)
        assert isinstance(undecided, OutcomeUnknown)
        assert undecided.response.status == status
        assert len(server.received) == 2


async def test_a_refusal_is_a_refusal():
    async with Scripted() as server, server.client() as orchestrator:
        server.fates.append(Fate(False, status=400))
        with pytest.raises(BadRequest):
            await orchestrator.process("Intake").start({"n": 1})


async def test_a_job_that_lists_show_late_is_waited_for():
    async with Scripted() as server, server.client() as orchestrator:
        server.fates.append(Fate(cut=0, hidden=4))
        assert (await started(orchestrator.process("Intake"), 1)).id == 1


async def test_yesterdays_job_of_the_same_reference_is_not_taken():
    async with Scripted() as server, server.client() as orchestrator:
        server.add(THEIRS, "yesterday")
        server.fates += [Fate(False, cut=0), Fate(True, cut=0)]
        process = orchestrator.process("Intake")
        undecided = await started(process, 1, reference=THEIRS)
        assert isinstance(undecided, OutcomeUnknown)
        assert "Id above 1" in str(undecided)
        assert (await started(process, 2, reference=THEIRS)).id == 2


async def test_of_two_jobs_that_may_be_ours_none_is_taken_and_both_are_named():
    async with Scripted() as server, server.client() as orchestrator:
        server.fates += [Fate(cut=0), Fate(cut=0)]
        process = orchestrator.process("Intake")
        outcomes = await asyncio.gather(
            *(started(process, number, reference=THEIRS) for number in range(2)), return_exceptions=True
        )
        undecided = [each for each in outcomes if isinstance(each, OutcomeUnknown)]
        assert undecided
        assert undecided[-1].find_by == {"Reference": (THEIRS,), "Id": ("1", "2")}


async def test_a_search_that_fails_leaves_the_start_undecided_and_unsent():
    async with Scripted() as server, server.client() as orchestrator:
        process = orchestrator.process("Intake")
        await started(process, 0)
        server.fates.append(Fate(cut=0))
        server.failing = 1
        undecided = await started(process, 1)
        assert isinstance(undecided, OutcomeUnknown)
        assert "the search failed" in str(undecided)
        assert len(server.received) == 2


async def test_a_start_that_was_cancelled_while_sought_says_what_to_look_for():
    async with Scripted() as server, server.client() as orchestrator:
        server.fates.append(Fate(False, cut=0))
        task = asyncio.create_task(started(orchestrator.process("Intake"), 1, search=1e9))
        await server.looked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert any("look for" in note for note in caught.value.__notes__)


async def test_of_many_starts_those_that_were_made_and_those_that_were_not_are_told_apart():
    async with Scripted() as server, server.client() as orchestrator:
        server.fates += [Fate(), Fate(cut=0), Fate(False, status=400), Fate()]
        inputs = [{"n": number} for number in range(6)]
        with pytest.raises(StartsFailed) as caught:
            await orchestrator.process("Intake").start_many(inputs, concurrency=1)
        kinds = [type(each).__name__ for each in caught.value.results]
        assert kinds == ["JobRun", "JobRun", "BadRequest", "NoneType", "NoneType", "NoneType"]
        assert caught.value.failed_items.keys() == {2}
        assert len(server.jobs) == 2


@pytest.mark.parametrize("seed", range(150))
async def test_random_schedules(seed):
    await schedule(seed)


@pytest.mark.full
@pytest.mark.parametrize("begin", range(150, 10_050, 100))
async def test_ten_thousand_random_schedules(begin):
    for seed in range(begin, begin + 100):
        await schedule(seed)


async def schedule(seed):
    """Start jobs at once and in turn under references of theirs and of ours, with all that can go wrong."""
    chance = random.Random(seed)
    async with Scripted() as server, server.client() as orchestrator:
        for _ in range(chance.randrange(3)):
            server.add(chance.choice([THEIRS, "other"]), "before")
        server.fates.extend(random_fate(chance) for _ in range(6))
        names = [chance.choice([None, THEIRS, "other"]) for _ in range(6)]
        process = orchestrator.process("Intake")
        for turn in (names[:3], names[3:]):
            numbers = range(len(server.received), len(server.received) + len(turn))
            outcomes = await asyncio.gather(
                *(started(process, at, reference=name) for at, name in zip(numbers, turn, strict=True))
            )
            check(server, dict(zip(numbers, zip(turn, outcomes, strict=True), strict=True)))


def random_fate(chance):
    """Return what may become of a start; an answer that says that it did what it did not do is not one of the faults."""
    cut, status = (
        chance.choice([None, None, 0, chance.randrange(SHORTEST)]),
        chance.choice([201, 201, 201, 500, 503]),
    )
    performed = chance.random() < 0.6 or (cut is None and status == 201)
    return Fate(performed, cut, status, hidden=chance.choice([0, 0, 1, 3]))


def check(server, outcomes):
    assert max(Counter(server.received).values()) == 1
    made = {job.by: job for job in server.jobs}
    assert len([job for job in server.jobs if job.by != "before"]) == len(made.keys() - {"before"})
    for number, (reference, outcome) in outcomes.items():
        own = made.get(f'{{"n":{number}}}')
        if isinstance(outcome, OutcomeUnknown):
            assert outcome.find_by["Reference"] == (
                (reference or own.reference) if own else outcome.find_by["Reference"][0],
            )
            # Under a Reference of ours what was done is found.
            assert reference is not None or own is None
        elif reference is None:
            assert outcome.id == own.id
        else:
            assert outcome.job.reference == reference
            assert outcome.id > sum(job.by == "before" for job in server.jobs)
