"""What is kept from others has twins: elsewhere in the row, in texts that are nearly JSON, in what no schema knows."""

from __future__ import annotations

import hashlib
import hmac
import json

import orjson
import pytest

from uipath_odata import Query
from uipath_odata.entities import AuditLog, Job, QueueItem, RobotLog, Webhook
from uipath_odata.errors import QueryError
from uipath_odata.export.formats import Shape
from uipath_odata.export.parts.row_bytes import RowBytes
from uipath_odata.export.privacy.fingerprint import fingerprint, is_same_key
from uipath_odata.export.privacy.privacy import Privacy
from uipath_odata.export.privacy.redaction import Members
from uipath_odata.export.privacy.secret_members import flat_row_of
from uipath_odata.odata.rows.raw_row import read_raw_page

KEY = b"sixteen bytes, o"
ITEMS = Query(QueueItem)


def protected(privacy, query, row):
    return orjson.loads(privacy.protect(Shape.of(query))(orjson.dumps(row)))


def item(**values):
    text = json.dumps({"DynamicProperties": values})
    return {
        "Id": 1,
        "SpecificContent": values,
        "SpecificData": text,
        "Output": values,
        "OutputData": text,
        "Analytics": values,
        "AnalyticsData": text,
    }


@pytest.mark.parametrize("name", ["SpecificContent", "SpecificData", "Output", "OutputData", "Analytics"])
def test_a_dropped_value_is_dropped_from_its_twin(name):
    kept = protected(Privacy(drop=f"{name}.Email"), ITEMS, item(Email="ann@acme.test", Sum=7))
    both = {each for each in kept if each.startswith(name[:6])}
    assert len(both) == 2
    for each in both:
        assert "ann@acme.test" not in json.dumps(kept[each])
        assert "Sum" in json.dumps(kept[each])
    others = [each for each in kept if each not in both and each != "Id"]
    assert all("ann@acme.test" in json.dumps(kept[each]) for each in others)


def test_a_value_is_dropped_from_its_twin_in_whatever_case_it_is_named():
    kept = protected(
        Privacy(drop="specificdata.dynamicproperties.Email"), ITEMS, item(Email="ann@acme.test", Sum=7)
    )
    assert "ann@acme.test" not in json.dumps([kept["SpecificContent"], kept["SpecificData"]])


def test_a_hashed_value_has_one_hash_in_both():
    kept = protected(Privacy(hash="SpecificContent.Email", key=KEY), ITEMS, item(Email="ann@acme.test"))
    wanted = hmac.new(KEY, b"ann@acme.test", hashlib.sha256).hexdigest()
    assert kept["SpecificContent"]["Email"] == wanted
    assert json.loads(kept["SpecificData"])["DynamicProperties"]["Email"] == wanted


def test_a_whole_column_goes_with_its_twin():
    privacy = Privacy(drop="SpecificContent")
    assert not {"SpecificContent", "SpecificData"} & protected(privacy, ITEMS, item(Email="x")).keys()
    names = {column.name for column in privacy.columns(Shape.of(ITEMS)).columns}
    assert not {"SpecificContent", "SpecificData"} & names


@pytest.mark.parametrize("entity", [RobotLog, Job, QueueItem])
@pytest.mark.parametrize(
    "name", ["apiKey", "password", "Sas", "accountKey", "connectionString", "p\\u0061ssword"]
)
def test_secrets_are_found_at_any_depth_of_what_the_schema_does_not_know_in_every_set(entity, name):
    row = b'{"Id":1,"New":{"deep":[{"%b":"canary","kept":1}]},"Other":"x"}' % name.encode()
    protect = Privacy().protect(Shape.of(Query(entity)))
    assert orjson.loads(protect(row)) == {"Id": 1, "New": {"deep": [{"kept": 1}]}, "Other": "x"}
    assert Privacy(include_secrets=True).protect(Shape.of(Query(entity))) is None


SECRET = {"Password": "canary", "Name": "kept"}
NEARLY_JSON = {
    "a byte order mark": "\ufeff" + json.dumps(SECRET),
    "JSON in JSON": json.dumps(json.dumps(SECRET)),
    "JSON in a member": json.dumps({"Inner": json.dumps(SECRET)}),
    "cut": json.dumps(SECRET)[:-3],
    "what it was": json.dumps({"OldValue": "canary", "NewValue": "canary", "Name": "kept"}),
    "a key of a storage account": json.dumps({"accountKey": "canary", "sas": "canary", "Name": "kept"}),
}


@pytest.mark.parametrize("kind", NEARLY_JSON)
def test_audit_texts_that_are_nearly_json_keep_no_secret(kind):
    assert "canary" not in json.dumps(
        protected(Privacy(), Query(AuditLog), {"Parameters": NEARLY_JSON[kind]})
    )


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://u:canary@hooks.test/services/canary?sig=canary", "https://hooks.test"),
        ("https://hooks.test:8443/", "https://hooks.test:8443"),
        ("canary", ""),
        (None, None),
    ],
)
def test_of_a_webhooks_address_the_origin_stays(url, kept):
    assert protected(Privacy(), Query(Webhook), {"Url": url, "Name": "n"}) == {"Url": kept, "Name": "n"}
    assert protected(Privacy(), Query(Webhook), {"url": url, "name": "n"}) == {"url": kept, "name": "n"}


@pytest.mark.parametrize("size", [1, 15])
def test_a_key_that_can_be_tried_out_is_refused(size):
    with pytest.raises(
        QueryError, match=f"has {size} bytes, so that trying all keys finds it: give 16 or more"
    ):
        Privacy(hash="Message", key=b"k" * size)


def test_the_fingerprint_of_a_key_is_stretched_and_that_of_an_earlier_release_known():
    made = fingerprint(KEY)
    assert made.startswith("scrypt:")
    earlier = hmac.new(KEY, b"uipath-odata fingerprint", hashlib.sha256).hexdigest()[:16]
    assert is_same_key(earlier, made)
    assert is_same_key(made, made)
    assert not is_same_key(earlier, fingerprint(b"another key of 32 bytes or so"))


def test_a_text_of_audit_logs_is_kept_from_others_by_name_and_by_secret():
    row = {"Parameters": json.dumps({"Password": "canary", "Email": "ann@acme.test", "Name": "kept"})}
    kept = protected(Privacy(drop="Parameters.Email"), Query(AuditLog), row)
    assert json.loads(kept["Parameters"]) == {"Name": "kept"}


@pytest.mark.parametrize(
    ("entity", "row", "flat"),
    [
        (RobotLog, {"Id": 0, "Message": 'the "password": "x" and the api_key', "MachineKey": None}, True),
        (Job, {"Id": 1, "Robot": None}, True),
        (RobotLog, {"Id": 0, "Message": {"deep": [1]}}, True),
        (RobotLog, {"Id": 0, "ApiKey": "x"}, False),
        (RobotLog, {"id": 0}, False),
        (RobotLog, {"@odata.id": "x"}, False),
        (Job, {"Id": 1, "Robot": {"Id": 5, "ApiKey": "x"}}, False),
        (Job, [1], False),
    ],
)
def test_a_flat_row_is_one_in_which_nothing_would_be_found(entity, row, flat):
    sent = orjson.dumps(row)
    assert flat_row_of(entity)(sent) is flat
    if flat:
        assert Members((), entity, secrets=True).into_object(sent) is sent
        assert Privacy().protect(Shape.of(Query(entity)))(sent) is sent


def test_bytes_that_are_no_row_are_not_flat():
    assert not any(map(flat_row_of(RobotLog), [b"", b"{", b'{"Id":', b'{"Id":"\xff"}{', b"[" * 5_000]))


@pytest.mark.parametrize("privacy", [Privacy(), Privacy(drop="Message"), Privacy(hash="Message", key=KEY)])
@pytest.mark.parametrize(
    "row",
    [
        {"Id": 0, "Message": "a", "RawMessage": '{"password":"x"}'},
        {"Id": 0, "Message": "a", "ApiKey": "x"},
        {"Id": 0, "Message": "a", "New": {"deep": [{"Password": "x"}]}},
    ],
)
def test_a_page_of_rows_is_protected_as_each_row_is(privacy, row):
    sent = [orjson.dumps(each) for each in ({"Id": 0, "Message": "b"}, row)]
    protect = privacy.protect(Shape.of(Query(RobotLog)))
    for page in (sent, sent[:1], sent[1:]):
        rows, _, _ = read_raw_page(b'{"value":[%b]}' % b",".join(page), ("TimeStamp",), protect.foreseen)
        assert [*map(bytes, RowBytes(protect).of(rows))] == [*map(protect, page)]
