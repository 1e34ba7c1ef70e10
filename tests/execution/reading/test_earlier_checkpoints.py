"""Checkpoints that release 0.1.0 wrote, of the same lists: each still gives the rest."""

from __future__ import annotations

import pytest

from tests.execution.reading.test_resuming import QUERIES

WRITTEN = [
    (
        "keyset",
        12,
        {"version": 1, "query": "11d44f048d2fe3d6ced57b34b70939dd", "plan": "keyset", "after": 12, "to": 50},
    ),
    (
        "keyset",
        48,
        {"version": 1, "query": "11d44f048d2fe3d6ced57b34b70939dd", "plan": "keyset", "after": 48, "to": 50},
    ),
    (
        "keyset, descending",
        12,
        {"version": 1, "query": "863e642b787df354617f8d6c05da6d49", "plan": "keyset", "after": 39, "to": 1},
    ),
    (
        "keyset, descending",
        48,
        {"version": 1, "query": "863e642b787df354617f8d6c05da6d49", "plan": "keyset", "after": 3, "to": 1},
    ),
    (
        "keyset, a total",
        12,
        {
            "version": 1,
            "query": "0a65e21143fbaa63dfb2008a2913adcf",
            "plan": "keyset",
            "after": 12,
            "to": 50,
            "left": 21,
        },
    ),
    (
        "keyset, a total",
        30,
        {
            "version": 1,
            "query": "0a65e21143fbaa63dfb2008a2913adcf",
            "plan": "keyset",
            "after": 30,
            "to": 50,
            "left": 3,
        },
    ),
    ("offset", 16, {"version": 1, "query": "edc37e56a359113c618f7ed5a2b94764", "plan": "offset", "skip": 19}),
    ("offset", 44, {"version": 1, "query": "edc37e56a359113c618f7ed5a2b94764", "plan": "offset", "skip": 47}),
    (
        "offset, a total",
        16,
        {"version": 1, "query": "7f450e743181d64192cd58f3812241c7", "plan": "offset", "skip": 19},
    ),
    (
        "offset, a total",
        28,
        {"version": 1, "query": "7f450e743181d64192cd58f3812241c7", "plan": "offset", "skip": 31},
    ),
    (
        "parts",
        10,
        {
            "version": 1,
            "query": "f56633ca1c1bbbec4cbfdcf5d060a156",
            "plan": "split",
            "with_in": True,
            "part": 1,
            "of": 7,
            "skip": 0,
            "left": None,
            "at": {"plan": "keyset", "after": 14, "to": None},
        },
    ),
    (
        "parts",
        42,
        {
            "version": 1,
            "query": "f56633ca1c1bbbec4cbfdcf5d060a156",
            "plan": "split",
            "with_in": True,
            "part": 5,
            "of": 7,
            "skip": 0,
            "left": None,
            "at": {"plan": "keyset", "after": 46, "to": 46},
        },
    ),
    (
        "parts, a total",
        9,
        {
            "version": 1,
            "query": "92c8f4867be166e42e2b1b45bf369c0c",
            "plan": "split",
            "with_in": True,
            "part": 1,
            "of": 7,
            "skip": 0,
            "left": 21,
            "at": {"plan": "keyset", "after": 17, "to": 18},
        },
    ),
    (
        "parts, a total",
        27,
        {
            "version": 1,
            "query": "92c8f4867be166e42e2b1b45bf369c0c",
            "plan": "split",
            "with_in": True,
            "part": 4,
            "of": 7,
            "skip": 0,
            "left": 3,
            "at": {"plan": "keyset", "after": 35, "to": None},
        },
    ),
]


@pytest.mark.parametrize(("name", "count", "checkpoint"), WRITTEN)
async def test_a_checkpoint_of_an_earlier_release_gives_the_rest(
    serve, client_of, read, name, count, checkpoint
):
    jobs = await serve()
    async with client_of(jobs, in_values=7) as orchestrator:
        whole, _ = await read(QUERIES[name](orchestrator.jobs), page_size=4)
        rest, _ = await read(QUERIES[name](orchestrator.jobs), page_size=6, resume=checkpoint)
    assert whole[:count] + rest == whole
    assert rest
