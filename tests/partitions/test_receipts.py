"""A check of receipts notices what is not there, what is there twice, and what does not fit together."""

from __future__ import annotations

import attrs
import pytest

from uipath_odata.errors import NotProven, QueryError
from uipath_odata.partitions import Partition, Receipt, check

PLAN = [
    Partition(
        url="https://cloud.uipath.com/acme/Default/orchestrator_",
        tenant="cloud.uipath.com/acme/Default",
        entity_set="Jobs",
        plan="keyset",
        exact=True,
        lo=lo,
        hi=hi,
        number=number,
        of=3,
        read_at="2024-05-14T06:00:00Z",
        list_id="a list",
    )
    for number, (lo, hi) in enumerate([(None, 100), (100, 200), (200, 301)], 1)
]


def receipt(partition, rows=10, proof="by_later_bucket"):
    return Receipt(
        partition=partition.id, name=str(partition), rows=rows, proof=proof, reason="r", guarantee="g"
    )


def changed(number, **fields):
    return [attrs.evolve(each, **fields) if each.number == number else each for each in PLAN]


def test_all_partitions_with_proof_are_the_sum_of_their_rows():
    assert check(PLAN, map(receipt, reversed(PLAN))) == 30


@pytest.mark.parametrize(
    ("plan", "receipts", "fault"),
    [
        (changed(2, lo=101), None, "there is a gap"),
        (changed(2, lo=99), None, "there is an overlap"),
        (changed(2, hi=None), None, "there is an overlap|there is a gap"),
        ([], None, "there is no partition"),
        (PLAN[:2], None, "partition 3 of 3 is missing"),
        (PLAN[1:], None, "partition 1 of 3 is missing"),
        ([*PLAN, PLAN[1]], None, "is there twice"),
        (changed(3, read_at="2024-05-14T07:00:00Z"), None, r"was planned at .* and .* at"),
        (PLAN, PLAN[:2], "has no receipt"),
        (PLAN, [*PLAN, PLAN[0]], "has two receipts"),
        (PLAN, [*PLAN[:2], attrs.evolve(PLAN[2], hi=302)], "of a partition of another plan"),
    ],
)
def test_what_is_wrong_with_a_plan_or_its_receipts_is_said(plan, receipts, fault):
    with pytest.raises(NotProven, match=fault):
        check(plan, map(receipt, plan if receipts is None else receipts))


def test_a_partition_that_nothing_proves_is_not_complete():
    given = [receipt(PLAN[0], proof="none"), *map(receipt, PLAN[1:])]
    with pytest.raises(NotProven, match=r"partition 1 of 3 .* is not proven complete"):
        check(PLAN, given)


def test_a_receipt_is_the_same_after_json():
    assert Receipt.from_json(receipt(PLAN[0]).to_json()) == receipt(PLAN[0])
    with pytest.raises(QueryError, match="not a receipt"):
        Receipt.from_json("[]")
    with pytest.raises(QueryError, match="proof"):
        Receipt.from_json(receipt(PLAN[0]).to_json().replace("by_later_bucket", "by_hope"))
