"""What is left out or hashed leaves no trace, and secrets leave only when they are asked for."""

from __future__ import annotations

import hashlib
import hmac
import io
import re
import typing
from uuid import UUID

import orjson
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata import Query, entities, events
from uipath_odata.entities import Asset, AuditLog, Job, QueueItem, Robot, RobotLog, Session
from uipath_odata.errors import DecodeError, QueryError
from uipath_odata.export.formats import Column, Shape, writer_of
from uipath_odata.export.privacy.privacy import Privacy
from uipath_odata.odata.entity import Entity, properties
from uipath_odata.odata.secret_properties import SECRETS, TEXTS

KEY = b"a key of the test's own"


def hashed(text):
    return hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()


def protected(privacy, query, row):
    protect = privacy.protect(Shape.of(query))
    return orjson.loads(protect(row if isinstance(row, bytes) else orjson.dumps(row)))


LOGS, ITEMS = Query(RobotLog), Query(QueueItem)


def test_rows_stay_as_they_are_where_nothing_is_to_be_done():
    row = b'{"Id": 1, "Robot": {"Name": "DocBot"}}'
    assert Privacy().protect(Shape.of(Query(Job)))(row) is row
    assert Privacy(include_secrets=True).protect(Shape.of(Query(Asset))) is None


def test_dropped_columns_are_in_neither_rows_nor_shape():
    privacy = Privacy(drop=("Message", "RobotName"))
    assert protected(privacy, LOGS, {"Message": "a", "RobotName": None, "Id": 1}) == {"Id": 1}
    names = [column.name for column in privacy.columns(Shape.of(LOGS)).columns]
    assert not {"Message", "RobotName"} & {*names}
    assert "Level" in names


def test_hashes_are_keyed_and_equal_for_equal_values_in_all_sets():
    logs = protected(Privacy(hash=("RobotName",), key=KEY), LOGS, {"RobotName": "DocBot"})
    jobs = protected(Privacy(hash=("Robot.Name",), key=KEY), Query(Job), {"Robot": {"Name": "DocBot"}})
    assert logs["RobotName"] == jobs["Robot"]["Name"] == hashed("DocBot")
    other = protected(
        Privacy(hash=("RobotName",), key=b"another key of the test"), LOGS, {"RobotName": "DocBot"}
    )
    assert other != logs


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ü\n", "ü\n"),
        ("", ""),
        (5, "5"),
        (1.50, "1.5"),
        (True, "true"),
        ({"b": 1, "a": [1]}, '{"a": ["1"], "b": "1"}'),
    ],
)
def test_any_value_is_hashed_and_null_stays_null(value, text):
    privacy = Privacy(hash=("Message",), key=KEY)
    assert protected(privacy, LOGS, {"Message": value, "Level": None}) == {
        "Message": hashed(text),
        "Level": None,
    }
    assert protected(privacy, LOGS, {"Message": None}) == {"Message": None}


def test_hashed_columns_hold_texts():
    privacy = Privacy(hash=("MachineId", "TimeStamp"), key=KEY)
    columns = {column.name: column for column in privacy.columns(Shape.of(LOGS)).columns}
    assert columns["MachineId"] == Column("MachineId", "text")
    assert columns["TimeStamp"] == Column("TimeStamp", "text")
    assert columns["Id"].kind == "integer"


def test_dotted_names_reach_into_maps_entities_lists_and_json_in_texts():
    privacy = Privacy(
        drop=("SpecificContent.Customer.Email",), hash=("SpecificData.Phone", "Robot.Name"), key=KEY
    )
    item = {
        "SpecificContent": {
            "Customer": [{"Email": "a@b.c", "Name": "A"}, {"email": "d@e.f"}],
            "Customer.Email": "x",
        },
        "SpecificData": '{"Phone": "1", "Other": {"Phone": 2}}',
        "Robot": {"Name": "DocBot", "Id": 1},
    }
    found = protected(privacy, ITEMS, item)
    assert found["SpecificContent"] == {"Customer": [{"Name": "A"}, {}]}
    assert orjson.loads(found["SpecificData"]) == {"Phone": hashed("1"), "Other": {"Phone": 2}}
    assert found["Robot"] == {"Name": hashed("DocBot"), "Id": 1}


@pytest.mark.parametrize("text", ["no JSON", '{"fileName": "C:\\\\Users\\\\ada', "5", '"ada"', "[1"])
def test_a_text_that_is_no_json_goes_whole(text):
    assert protected(Privacy(drop=("RawMessage.fileName",)), LOGS, {"RawMessage": text}) == {}
    kept = protected(Privacy(hash=("RawMessage.fileName",), key=KEY), LOGS, {"RawMessage": text})
    assert kept == {"RawMessage": hashed(text)}


@pytest.mark.parametrize("text", [None, "", "{}", '{"level": "Info"}'])
def test_a_text_without_the_name_stays_as_it_is(text):
    row = orjson.dumps({"RawMessage": text})
    assert Privacy(drop=("RawMessage.fileName",)).protect(Shape.of(LOGS))(row) is row


def test_names_are_found_in_any_case_since_servers_differ_in_it():
    assert protected(Privacy(drop=("message",)), LOGS, {"MESSAGE": "a", "Id": 1}) == {"Id": 1}


def test_half_a_surrogate_pair_hides_nothing():
    row = b'{"SpecificContent":{"Email":"\\ud83d","List":[{"a":"\\ud83d"},{"Email":1e400}]},"Progress":"\\ude00"}'
    found = Privacy(drop=("SpecificContent.Email", "SpecificContent.List.Email")).protect(Shape.of(ITEMS))(
        row
    )
    assert found == b'{"SpecificContent":{"List":[{"a":"\\ud83d"},{}]},"Progress":"\\ude00"}'


def test_half_a_surrogate_pair_is_hashed_too():
    protect = Privacy(hash=("Message", "RawMessage.a"), key=KEY).protect(Shape.of(LOGS))
    found = orjson.loads(protect(b'{"Message":"\\ud83d","RawMessage":"{\\"a\\":\\"\\\\ud83d\\"}"}'))
    half = hmac.new(KEY, "\ud83d".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    assert found == {"Message": half, "RawMessage": f'{{"a":"{half}"}}'}


def test_an_entity_in_a_text_or_in_the_place_of_another_value_is_reached_into():
    row = {"Robot": '{"Password": "hidden", "Name": "DocBot"}', "Release": [1, "text", None]}
    found = protected(Privacy(), Query(Job), row)
    assert found == {"Robot": '{"Name":"DocBot"}', "Release": [1, "text", None]}


def test_what_is_dropped_wins_over_what_is_hashed():
    privacy = Privacy(drop=("Message",), hash=("Message", "RawMessage"), key=KEY)
    assert protected(privacy, LOGS, {"Message": "a", "Id": 1}) == {"Id": 1}


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("Mesage", "did you mean Message"),
        ("robot_name", "did you mean RobotName"),
        ("Nothing at all", "it has Level, WindowsIdentity"),
        ("", "it has"),
    ],
)
def test_an_unknown_column_is_an_error_that_names_the_nearest(name, advice):
    for privacy in (Privacy(drop=(name,)), Privacy(hash=(name,), key=KEY)):
        with pytest.raises(QueryError, match=advice):
            privacy.protect(Shape.of(LOGS))
        with pytest.raises(QueryError, match=advice):
            privacy.columns(Shape.of(LOGS))


def test_an_unknown_name_within_an_entity_is_an_error_too_but_not_within_a_map():
    with pytest.raises(QueryError, match=r"Robot\.Nmae is not a column of SimpleRobot: did you mean Name"):
        Privacy(drop=("Robot.Nmae",)).protect(Shape.of(Query(Job)))
    Privacy(drop=("SpecificContent.Anything", "_folder_path")).columns(
        Shape.of(ITEMS, [Column("_folder_path", "text")])
    )


def test_a_hash_without_a_key_is_an_error_that_says_how_to_make_one():
    with pytest.raises(QueryError, match="token_bytes"):
        Privacy(hash=("Message",))


def test_the_key_is_shown_nowhere():
    privacy = Privacy(hash=("Message",), key=KEY)
    assert "key of the test" not in repr(privacy) + repr(privacy.describe())
    assert privacy.describe() != Privacy(hash=("Message",), key=b"another key of the test").describe()
    assert Privacy().describe() == {"drop": [], "hash": [], "key": None, "include_secrets": False}


def test_values_of_assets_are_left_out_unless_asked_for():
    asset = {
        "Name": "a",
        "Value": "hidden",
        "StringValue": "hidden",
        "KeyValueList": [{"Key": "k", "Value": "hidden"}],
    }
    row = {**asset, "Id": 1, "RobotValues": [{**asset, "RobotId": 2, "CredentialPassword": "hidden"}]}
    found = protected(Privacy(), Query(Asset), row)
    assert found == {"Name": "a", "Id": 1, "RobotValues": [{"Name": "a", "RobotId": 2}]}
    names = [column.name for column in Privacy().columns(Shape.of(Query(Asset))).columns]
    assert "Value" not in names
    assert "CredentialPassword" not in names
    assert "Value" in [c.name for c in Privacy(include_secrets=True).columns(Shape.of(Query(Asset))).columns]


def test_secrets_of_expanded_entities_are_left_out():
    shape = Shape.of(Query(Session).expand(Session.robot))
    privacy = Privacy()
    row = b'{"Id":1,"Robot":{"Name":"DocBot","Password":"hidden","LicenseKey":"hidden"}}'
    assert privacy.protect(shape)(row) == b'{"Id":1,"Robot":{"Name":"DocBot"}}'
    writer = writer_of("parquet", privacy.columns(shape))
    data = b"".join([*writer.write([privacy.protect(shape)(row)]), writer.close()])
    (robot,) = pq.read_table(io.BytesIO(data))["Robot"].to_pylist()
    assert "Password" not in robot


def test_a_query_for_secrets_alone_leaves_no_empty_struct():
    shape = Shape.of(Query(Session).select(Session.id, Session.robot.password))
    assert [column.name for column in Privacy().columns(shape).columns] == ["Id"]


def test_a_secret_is_not_even_hashed():
    assert protected(Privacy(hash=("Password",), key=KEY), Query(Robot), {"Password": "hidden", "Id": 1}) == {
        "Id": 1
    }


def test_a_property_newer_than_the_schema_is_left_out_where_it_sounds_secret():
    assert protected(Privacy(), Query(Robot), {"AccessToken": "hidden", "Colour": "red"}) == {"Colour": "red"}


AUDITS = [
    ('{"Asset": {"Name": "a", "StringValue": "hidden", "Deep": "{\\"Password\\": \\"hidden\\"}"}}', {"Asset": {"Name": "a", "Deep": "{}"}}),
    ('[{"clientSecret": "hidden"}]', [{}]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kept"), AUDITS)
def test_audit_logs_do_not_repeat_secrets(text, kept):
    found = protected(
        Privacy(), Query(AuditLog), {"Parameters": text, "Entities": [{"CustomData": text, "Id": 1}]}
    )
    assert orjson.loads(found["Parameters"]) == kept
    assert orjson.loads(found["Entities"][0]["CustomData"]) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [('{"Password": "hid', False), ('{"Name": "cut of', True), ("Password changed", True), ("", True)],
)
def test_a_cut_audit_text_goes_whole_where_it_names_a_secret(text, kept):
    found = protected(Privacy(), Query(AuditLog), {"Id": 1, "Parameters": text})
    assert found == ({"Id": 1, "Parameters": text} if kept else {"Id": 1})


def test_a_row_nested_too_deep_to_look_through_is_an_error():
    deep = b'{"Entities":[{"CustomData":%b}]}' % (b'{"a":' * 600 + b"1" + b"}" * 600)
    with pytest.raises(DecodeError, match="too deep"):
        Privacy().protect(Shape.of(Query(AuditLog)))(deep)


SHAPES = st.recursive(
    st.none() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Email", "email", "Name", "Robot", "Password"]), inner, max_size=3)
        | inner.map(lambda value: orjson.dumps(value).decode())
    ),
    max_leaves=8,
)


@given(SHAPES)
def test_whatever_holds_the_name_the_value_is_gone(value):
    planted = {
        "Email": "planted",
        "Items": [value, {"Email": "planted"}],
        "Text": orjson.dumps({"Email": "planted"}).decode(),
    }
    names = ("SpecificContent.Email", "SpecificContent.Items.Email", "SpecificContent.Text.Email")
    protect = Privacy(drop=names).protect(Shape.of(ITEMS))
    assert b"planted" not in protect(orjson.dumps({"SpecificContent": planted}))
    assert b"planted" not in protect(orjson.dumps({"SpecificContent": orjson.dumps(planted).decode()}))


SOUNDS_SECRET = re.compile(
    r"passw|pwd|secret|credential|connection|token|key|licen[cs]e|certif|private|\bpin\b|auth|signature|configuration"
    r"|passphrase|apikey|value|parameters|subscriptioncode|environmentvariables",
    re.IGNORECASE,
)
# Reviewed: names, counts and places of things, and what users put into their own processes.
HARMLESS = {
    "Key", "key", "Keys", "KeyTrail", "AccountKey", "TenantKey", "ProcessKey", "PackageKey", "ProjectKey", "ReleaseKey",
    "releaseKey", "resourceKey", "robotKey", "ExternalJobKey", "AdminUserKey", "Authors", "AuthenticationSource",
    "CredentialStoreId", "CredentialStoreName", "CredentialExternalName", "LicenseUrl", "LicensedFeatures", "PossibleValues",
    "SpecificPriorityValue", "specificPriorityValue", "ValueType", "DefaultValue", "DisplayValue", "connectionError",
    "continuationToken", "AssignedToUserIdOldValue", "TriggerConfiguration", "EnvironmentVariables", "environmentVariables",
}  # fmt: skip
HARMLESS_VALUES = {"Tag.Value", "TestSetInputArgument.Value", "ActionableMessageField.value"}


def classes():
    # `Settings` is an entity as well, and `import *` leaves it out.
    names = ((package, name) for package in (entities, events) for name in {*package.__all__, *dir(package)})
    found = {getattr(package, name) for package, name in names} | {entities.Settings}
    return [cls for cls in found if isinstance(cls, type) and issubclass(cls, Entity)]


def tells_nothing(member):
    """Keys by which things are known, switches and fixed words are no secrets, and entities are walked themselves."""
    argument = member.argument
    related = isinstance(argument, type) and issubclass(argument, Entity)
    return related or argument in (UUID, bool) or typing.get_origin(argument) is typing.Literal


def test_every_property_that_sounds_secret_is_listed_as_a_secret_or_as_harmless():
    unknown = [
        f"{cls.__name__}.{member.wire}"
        for cls in classes()
        for member in properties(cls).values()
        if SOUNDS_SECRET.search(member.wire)
        and not tells_nothing(member)
        and member.wire not in (*SECRETS.get(cls.__name__, ()), *TEXTS.get(cls.__name__, ()))
        and member.wire not in HARMLESS
        and f"{cls.__name__}.{member.wire}" not in HARMLESS_VALUES
    ]
    assert unknown == []


def test_every_listed_secret_is_in_the_schema():
    known = {cls.__name__: {member.wire for member in properties(cls).values()} for cls in classes()}
    for name, secrets in (*SECRETS.items(), *TEXTS.items()):
        assert {*secrets} <= known[name], name
