"""Which parts become one, and what that one says."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from uipath_odata.export.compaction.groups import Grouping, merged_facts
from uipath_odata.export.journal.records import MERGED, File, Part, StepProof


def part(number, **facts):
    known = {"run": number, "step": "new", "rows": 10, "lo": number * 10, "hi": number * 10 + 10}
    file = File(name=f"Jobs/part-{number:06d}-g1.jsonl", rows=10, bytes=100, sha256="")
    return Part(**{"entity_list": "Jobs", "number": number, "files": (file,)} | known | facts)


def numbers(parts, **facts):
    grouping = Grouping(**{"part_rows": 100, "adjoins": True, "is_watched": lambda _: False} | facts)
    return [[each.number for each in group] for group in grouping.groups_of(parts)]


PARTS = [part(number) for number in range(1, 7)]


def test_neighbours_become_one_up_to_the_rows_of_a_part_and_are_in_order():
    assert numbers(reversed(PARTS)) == [[1, 2, 3, 4, 5, 6]]
    assert numbers(PARTS, part_rows=30) == [[1, 2, 3], [4, 5, 6]]
    assert numbers(PARTS, part_rows=19) == []


@pytest.mark.parametrize(
    "third",
    [
        pytest.param({"schema": 2}, id="columns"),
        pytest.param({"run": 1}, id="read before"),
        pytest.param({"lo": 31}, id="a gap"),
        pytest.param({"hi": None}, id="open"),
        pytest.param({"lo": None}, id="from the first row on"),
        pytest.param({"rows": 1_000}, id="large"),
        pytest.param(
            {"files": (File(name="Jobs/x", rows=10, bytes=200_000_000, sha256=""),)}, id="many bytes"
        ),
    ],
)
def test_a_group_ends_where_parts_differ(third):
    parts = [*PARTS[:2], part(3, **third), *PARTS[3:]]
    assert all(3 not in group or 2 not in group for group in numbers(parts))
    assert numbers(parts)[0] == [1, 2]


def test_parts_that_are_watched_stay_small():
    assert numbers(PARTS, is_watched=lambda each: each.number > 4) == [[1, 2, 3, 4]]


def test_parts_whose_intervals_are_never_counted_need_not_adjoin():
    assert numbers([replace(each, lo=None, hi=None) for each in PARTS], adjoins=False) == [[1, 2, 3, 4, 5, 6]]


def test_parts_of_different_days_save_no_file():
    days = [
        part(n, files=(File(name=f"Jobs/date={n}/part.jsonl", rows=1, bytes=1, sha256=""),)) for n in (1, 2)
    ]
    assert numbers(days) == []


def test_the_merged_part_says_what_those_of_its_group_said_and_follows_no_id_twice():
    strong = StepProof(proven=True, reason="", kind="by_later_bucket")
    weak = StepProof(proven=True, reason="counted", kind="by_count")
    group = [
        part(1, run=3, largest=70, proof=strong, open=(1,), failed={1: 2}, digests={1: 3}, settled=(2,)),
        part(2, run=4, generation=3, largest=60, proof=weak, gone=(9,), cursor={"at": 1}),
        part(3, run=4, generation=2, schema=2, largest=None),
    ]
    assert merged_facts(group) == Part(
        entity_list="Jobs",
        number=3,
        run=4,
        step=MERGED,
        generation=3,
        schema=2,
        rows=30,
        lo=10,
        hi=40,
        largest=70,
        proof=weak,
    )
    unrecorded = part(4, proof=StepProof(proven=True, reason="", kind=None))
    not_proven = part(5, proof=StepProof(proven=False, reason="", kind="none"))
    assert merged_facts([*group, unrecorded]).proof == unrecorded.proof
    assert merged_facts([unrecorded, not_proven, *group]).proof == not_proven.proof
