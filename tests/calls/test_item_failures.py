from __future__ import annotations

import pytest

from uipath_odata.calls.item_failures import reasons_of
from uipath_odata.entities import FailedQueueItem

ITEM = FailedQueueItem(ordinal=2, error_code="DuplicateReference", error_message="Reference r\nis taken.")


@pytest.mark.parametrize(
    ("items", "reasons"),
    [
        ([ITEM], "item 2: Reference r is taken"),
        ([FailedQueueItem(ordinal=3, error_code="DuplicateReference")], "item 3: DuplicateReference"),
        ([{"Id": 9, "ErrorMessage": "Busy"}, {"Message": "Gone"}], "item 9: Busy; item 1: Gone"),
        ({"5": {"message": "No robot"}, "6": "Taken"}, "5: No robot; 6: Taken"),
        ([7, "key"], ""),
        ("all", ""),
        (None, ""),
        ([ITEM] * 7, "; ".join(["item 2: Reference r is taken"] * 5) + "; 2 more"),
    ],
)
def test_each_item_says_why(items, reasons):
    assert reasons_of(items) == reasons
