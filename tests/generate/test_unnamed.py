"""What documents leave without a name, or say in an unusual place."""

from __future__ import annotations

import json

from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.generate.__main__ import main
from uipath_odata.generate.read.document import Array, Envelope, Primitive, Ref
from uipath_odata.generate.read.load_schema import orchestrator
from uipath_odata.generate.read.openapi import read
from uipath_odata.generate.write.operations import left_out

ROBOTS = {"type": "array", "items": {"$ref": "#/definitions/Robot"}}
SPEC = {
    "swagger": "2.0",
    "paths": {
        "/odata/Robots": {
            "get": {
                "parameters": [{"name": "$top", "in": "query", "type": "integer", "maximum": 50}],
                "responses": {"2XX": {"schema": {"type": "object", "properties": {"value": ROBOTS}}}},
            }
        },
        "/odata/Robots/Default.IsFree": {
            "get": {
                "responses": {
                    "200": {"schema": {"type": "object", "properties": {"value": {"type": "boolean"}}}}
                }
            }
        },
        "/odata/Robots/Default.Paint": {
            "post": {
                "parameters": [{"name": "colour", "in": "formData", "type": "string"}],
                "responses": {"204": {}},
            }
        },
    },
    "definitions": {
        "Robot": {
            "type": "object",
            "properties": {
                "self": {"type": "string"},
                "1st": {"type": "string"},
                "Kind": {"type": "string", "enum": []},
                "Size": {"type": "string", "enum": ["Small", None]},
            },
        },
        "Robots": {
            "type": "object",
            "properties": {"@odata.count": {"type": "integer"}, "value": ROBOTS},
        },
    },
}


def test_an_answer_without_a_name_that_has_only_a_value_is_an_envelope():
    listing, is_free, _ = read(SPEC).operations
    assert listing.answer == Envelope(Array(Ref("Robot")))
    assert is_free.answer == Envelope(Primitive("boolean"))


def test_a_value_beside_annotations_is_an_envelope_whatever_its_name():
    assert list(read(SPEC).schemas) == ["Robot"]


def test_a_limit_may_stand_in_the_schema():
    assert read(SPEC).operations[0].options == {"$top": 50}


def test_an_enum_is_its_members_and_a_text_where_it_has_none():
    document = read(SPEC)
    assert document.enums == {"RobotSize": ("Small",)}
    assert [each.type for each in document.schemas["Robot"].properties if each.wire == "Kind"] == [
        Primitive("string")
    ]


async def test_the_package_can_be_used(package, recorder):
    operations, entities = package(SPEC, "unnamed")
    sender = recorder(b'{"value":[{"self":"a","1st":"b"}]}', b'{"value":true}')
    robots = operations.EntitySets(TenantChannel(sender, URL("https://orchestrator.acme.com"))).robots
    (robot,) = await robots.to_list()
    assert robot == entities.Robot(self_="a", x1st="b")
    assert await robots.is_free() is True


def test_what_is_left_out_is_told(tmp_path, capsys):
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(SPEC), encoding="utf-8")
    main([str(spec), "--out", str(tmp_path / "made")])
    assert capsys.readouterr().err == ("POST /odata/Robots/Default.Paint is left out: it takes a form\n")


def test_nothing_of_orchestrator_is_left_out():
    assert not left_out(orchestrator())
