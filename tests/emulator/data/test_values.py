from __future__ import annotations

import pytest

from uipath_odata.emulator.data import schema
from uipath_odata.emulator.data.schema import Property
from uipath_odata.emulator.data.values import BindingError, shown, stored


def keep(kind, value, **facts):
    return stored(Property("P", kind, **facts), value, schema.load())


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("string", "x", "x"),
        ("integer", 5, 5),
        ("number", 5, 5.0),
        ("number", 0.5, 0.5),
        ("boolean", True, True),
        ("instant", "0001-01-01T00:00:01Z", 10_000_000),
        ("guid", "E49C0012-EE01-45E4-884C-0CE1F2AA6FBB", "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"),
        ("document", {"A": [1]}, '{"A":[1]}'),
        ("string", None, None),
    ],
)
def test_a_value_is_kept_by_its_kind(kind, value, expected):
    assert keep(kind, value) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", 5),
        ("integer", "5"),
        ("integer", 5.0),
        ("integer", True),
        ("number", "0.5"),
        ("number", True),
        ("boolean", 1),
        ("instant", 5),
        ("instant", "2024-05-14"),
        ("guid", "x"),
        ("guid", 5),
    ],
)
def test_a_value_of_another_type_is_refused(kind, value):
    with pytest.raises(BindingError):
        keep(kind, value)


def test_an_enum_is_read_by_name_in_any_case_or_by_number():
    members = ("Low", "High")
    assert [keep("enum", value, members=members) for value in ("High", "hIGH", 1)] == ["High"] * 3
    for wrong in ("Middle", 2, -1, True, 1.0):
        with pytest.raises(BindingError):
            keep("enum", wrong, members=members)


def test_documents_are_kept_with_the_schema_s_names_and_shown_without_secrets():
    text = keep(
        "document", {"username": "u", "PASSWORD": "p", "@odata.type": "#x"}, target="UnattendedRobotDto"
    )
    assert text == '{"UserName":"u","Password":"p"}'
    show = shown("document")
    assert show is not None
    assert show(f'[{{"Inner":{text}}}]') == [{"Inner": {"UserName": "u", "Password": None}}]


def test_links_inside_documents_are_checked_as_objects():
    robots = [{"Name": "x", "ExecutionSettings": {"Any": 1}}]
    assert keep("document", {"robots": robots}, target="EnvironmentDto") == (
        '{"robots":[{"Name":"x","ExecutionSettings":{"Any":1}}]}'
    )
    with pytest.raises(BindingError):
        keep("document", {"robots": [{"Colour": "red"}]}, target="EnvironmentDto")
