"""A page of rows is protected as each row is by itself, whatever stands in it twice."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata import Query
from uipath_odata.entities import Job, Robot, RobotLog
from uipath_odata.errors import DecodeError
from uipath_odata.export.formats import Shape
from uipath_odata.export.privacy.privacy import Privacy
from uipath_odata.odata.rows.raw_row import read_raw_page

KEY = b"a key of the test's own"
PRIVACIES = (
    Privacy(),
    Privacy(drop=("Robot.Name", "Info")),
    Privacy(hash=("Id", "Release.Name"), key=KEY),
    Privacy(drop="Robot", include_secrets=True),
)
SMALL = st.sampled_from([{}, {"LicenseKey": "canary"}, {"Id": 1, "LicenseKey": None}, {"Id": 1, "Name": "a"}])
ANY = SMALL | st.sampled_from([None, 1, "canary", [{"ApiKey": "canary"}], '{"Password": "canary"}', [[]]])
ROWS = st.fixed_dictionaries(
    {"Id": st.integers(0, 3)},
    optional={
        "Info": ANY,
        "Robot": SMALL | st.builds(lambda one: {**one, "New": one}, SMALL) | st.none(),
        "Machine": SMALL,
        "Release": st.builds(lambda one, other: {**one, "Arguments": other, "Name": "n"}, SMALL, ANY),
        "New": ANY,
        "robot": SMALL,
        "LicenseKey": ANY,
        "ApiKey": ANY,
        "a\\b": ANY,
    },
)


def page_of(texts, protection, names=("Id",)):
    return read_raw_page(b'{"value":[%b]}' % b",".join(texts), names, protection.foreseen)[0]


@given(
    pages=st.lists(st.lists(ROWS, min_size=1, max_size=6), min_size=1, max_size=3),
    privacy=st.sampled_from(PRIVACIES),
    spaced=st.booleans(),
)
def test_a_page_is_protected_as_each_row_is(pages, privacy, spaced):
    shape = Shape.of(Query(Job))
    at_once, alone = privacy.protect(shape), privacy.protect(shape)
    for page in pages:
        texts = [orjson.dumps(row, option=orjson.OPT_INDENT_2 if spaced else None) for row in page]
        rows = page_of(texts, at_once)
        written = [*map(bytes, at_once.rows(rows))]
        assert written == [alone(row.raw) for row in rows]
        assert [*map(bytes, at_once.rows(rows[1:]))] == written[1:]


def test_the_value_that_is_looked_at_is_the_one_that_changes():
    value = b'{"LicenseKey":"canary"}'
    row = b'{"Info":%b,"Robot":%b,"Machine":%b}' % (orjson.dumps(value.decode()), value, value)
    protection = Privacy().protect(Shape.of(Query(Job)))
    [written] = protection.rows(page_of([row], protection))
    assert bytes(written) == row.replace(b":" + value, b":{}")
    plain = b'{"OutputArguments":%b,"Robot":%b}' % (value, value)
    [written] = protection.rows(page_of([plain], protection))
    assert bytes(written) == b'{"OutputArguments":%b,"Robot":{}}' % value


def test_of_a_member_that_stands_twice_neither_value_leaves():
    twice = b'{"Robot":{"LicenseKey":"canary"},"Robot":{"Id":1,"LicenseKey":"other"}}'
    protection = Privacy().protect(Shape.of(Query(Job)))
    [written] = protection.rows(page_of([twice], protection))
    assert bytes(written) == protection(twice) == b'{"Robot":{"Id":1}}'


def test_rows_of_several_pages_are_each_protected_by_what_stands_in_their_own():
    protection = Privacy().protect(Shape.of(Query(Job)))
    first, second = (
        page_of([b'{"Id":%d,"New":{"Token":"canary","Id":%d}}' % (each, each)], protection) for each in (1, 2)
    )
    assert [*map(bytes, protection.rows([*second, *first]))] == [
        b'{"Id":2,"New":{"Id":2}}',
        b'{"Id":1,"New":{"Id":1}}',
    ]


def test_a_page_in_which_nothing_changes_is_not_copied():
    protection = Privacy().protect(Shape.of(Query(Job)))
    rows = page_of([b'{"Id":1,"New":{"a":1},"Robot":{"Name":"r"}}', b'{"Id":2}'], protection)
    assert [text is row.text for text, row in zip(protection.rows(rows), rows, strict=True)] == [True, True]


@pytest.mark.parametrize("entity", [Job, Robot, RobotLog])
def test_a_value_that_is_nested_too_deep_is_refused(entity):
    deep = b'{"Id":1,"New":%b}' % (b'{"a":' * 600 + b"1" + b"}" * 600)
    protection = Privacy().protect(Shape.of(Query(entity)))
    with pytest.raises(DecodeError, match=r"nested too deep .* leave the property out"):
        protection.rows(page_of([deep], protection))
