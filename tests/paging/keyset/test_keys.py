"""The keys of an answer's rows, held against what was asked for."""

from __future__ import annotations

import pytest

from uipath_odata.errors import DecodeError, OrderViolation
from uipath_odata.paging.keyset.keys import Keys


def rows_of(*ids, folder=1):
    return [{"Id": each, "OrganizationUnitId": folder} for each in ids]


def test_keys_rise_from_above_the_lower_bound_to_the_upper():
    assert Keys().read(rows_of(4, 5, 9), 3, 9) == [4, 5, 9]
    assert Keys(descending=True).read(rows_of(9, 5, 4), -10, -4) == [-9, -5, -4]
    assert Keys().read([]) == []


@pytest.mark.parametrize(
    ("ids", "named"), [((3, 5), 3), ((2, 5), 2), ((4, 10), 10), ((3, 10), 3), ((4, 5, 11), 11)]
)
def test_the_row_outside_is_named(ids, named):
    with pytest.raises(OrderViolation, match=rf"sent the Id {named} outside of the range .* by \$filter"):
        Keys().read(rows_of(*ids), 3, 9)


def test_the_rows_out_of_order_are_named_as_they_came():
    with pytest.raises(OrderViolation, match=r"the Id 5 after 7, out of order of Id, against \$orderby"):
        Keys().read(rows_of(4, 7, 5, 9))
    with pytest.raises(OrderViolation, match=r"the Id 7 after 5"):
        Keys(descending=True).read(rows_of(9, 5, 7))
    assert Keys().read(rows_of(7, 5), in_order=False) == [7, 5]
    assert Keys(linked=True).read(rows_of(4) + rows_of(4, folder=2)) == [4, 4]


def test_an_id_twice_is_refused_unless_several_rows_may_share_it():
    with pytest.raises(OrderViolation, match=r"the Id 4 twice in one answer"):
        Keys().read(rows_of(4) + rows_of(4, folder=2))
    with pytest.raises(OrderViolation, match=r"the Id 4 twice in one answer"):
        Keys(linked=True).read(rows_of(3, 4, 4))
    others = [{"Id": 4, "OrganizationUnitId": 1, "Name": name} for name in ("a", "b")]
    assert Keys(linked=True).read(others) == [4, 4]
    assert Keys(linked=True).read([{"Id": 4}, {"Id": 4}]) == [4, 4]


def test_a_row_without_an_id_is_counted_from_the_first():
    with pytest.raises(DecodeError) as caught:
        Keys().read([{"Id": 1}, {"Id": "x"}, {}])
    assert (caught.value.row, caught.value.property) == (1, "Id")
