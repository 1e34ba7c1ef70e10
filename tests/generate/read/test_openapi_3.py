"""An OpenAPI 3 document of a tenant's own becomes a package that plugs into the same client."""

from __future__ import annotations

from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.generate.read.document import (
    Array,
    Enum,
    Envelope,
    Map,
    Parameter,
    Primitive,
    Ref,
    SchemaProperty,
)
from uipath_odata.generate.read.openapi import read

OPENAPI_3 = {
    "openapi": "3.1.0",
    "info": {"title": "UiPath.WebApi", "version": "21"},
    "paths": {
        "/odata/Widgets": {
            "get": {
                "tags": ["Widgets"],
                "parameters": [
                    {"name": "$top", "in": "query", "schema": {"type": "integer"}},
                    {"$ref": "#/components/parameters/after"},
                ],
                "responses": {"200": {"$ref": "#/components/responses/widgets"}},
            },
            "post": {
                "tags": ["Widgets"],
                "requestBody": {"$ref": "#/components/requestBodies/spin"},
                "responses": {"204": {"description": "made"}},
            },
        },
        "/odata/Widgets({key})/UiPath.Server.Configuration.OData.Spin": {
            "post": {
                "tags": ["Widgets"],
                "parameters": [{"name": "key", "in": "path", "schema": {"type": "string", "format": "uuid"}}],
                "requestBody": {"$ref": "#/components/requestBodies/spin"},
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"type": "boolean"}}}},
                    "204": {},
                },
            }
        },
        "/odata/Widgets/UiPath.Server.Configuration.OData.Upload": {
            "post": {
                "tags": ["Widgets"],
                "requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object"}}}},
                "responses": {"2XX": {}},
            }
        },
        "/odata/Widgets/UiPath.Server.Configuration.OData.Top": {
            "get": {"tags": ["Widgets"], "responses": {"200": {"schema": {"type": "integer"}}}}
        },
        "/odata/Widgets/UiPath.Server.Configuration.OData.Spin": {
            "post": {"tags": ["Widgets"], "responses": {"204": {}}}
        },
        "/api/Gadgets/Count": {
            "get": {
                "responses": {
                    "200": {
                        "content": {
                            "text/plain": {"schema": {}},
                            "application/json": {"schema": {"type": "integer"}},
                        }
                    }
                }
            }
        },
    },
    "components": {
        "parameters": {
            "after": {"name": "after", "in": "query", "schema": {"type": "string", "format": "date-time"}}
        },
        "requestBodies": {
            "spin": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Spin"}}}}
        },
        "responses": {
            "widgets": {
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/ODataValueOfWidgets"}}
                }
            }
        },
        "schemas": {
            "ODataValueOfWidgets": {
                "type": "object",
                "properties": {"value": {"type": "array", "items": {"$ref": "#/components/schemas/Widget"}}},
            },
            "Thing": {"type": "object", "properties": {"Id": {"type": "string", "format": "uuid"}}},
            "Widget": {
                "allOf": [
                    {"$ref": "#/components/schemas/Thing"},
                    {
                        "type": "object",
                        "required": ["Name"],
                        "properties": {"Name": {"type": ["string", "null"]}},
                    },
                ]
            },
            "Speed": {"type": "string", "enum": ["Slow", "Fast"]},
            "Spin": {
                "type": "object",
                "properties": {
                    "speed": {"allOf": [{"$ref": "#/components/schemas/Speed"}], "nullable": True},
                    "free": {"additionalProperties": True},
                    "shape": {"type": "object", "properties": {"round": {"type": "boolean"}}},
                    "anything": {},
                },
            },
        },
    },
}


def test_openapi_3_is_read_with_references_of_every_kind():
    document = read(OPENAPI_3)
    listing, _, spin, upload, _, _, count = document.operations
    assert listing.answer == Envelope(Array(Ref("Widget")))
    assert listing.query_parameters == (Parameter("after", Primitive("string:date-time")),)
    assert spin.body == Ref("Spin")
    assert spin.answers == {200: Primitive("boolean"), 204: None}
    assert upload.multipart
    assert (count.tag, count.answer) == ("Gadgets", Primitive("integer"))
    assert document.schemas["Widget"].bases == ("Thing",)
    assert document.schemas["Widget"].properties == (
        SchemaProperty("Name", Primitive("string"), required=True),
    )
    assert document.schemas["Spin"].properties == (
        SchemaProperty("speed", Enum("Speed")),
        SchemaProperty("free", Map(Primitive("any"))),
        SchemaProperty("shape", Ref("SpinShape")),
        SchemaProperty("anything", Primitive("any")),
    )
    assert document.enums == {"Speed": ("Slow", "Fast")}


async def test_a_package_of_openapi_3_plugs_into_the_client(package, recorder):
    operations, entities = package(OPENAPI_3, "orchestrator_next")
    sender = recorder(b'{"value":[{"Name":"w"}]}', b"", b"3", b"")
    sets = operations.EntitySets(TenantChannel(sender, URL("https://orchestrator.acme.com")))
    assert await sets.widgets.to_list() == [entities.Widget(name="w")]
    key = "E49C0012-EE01-45E4-884C-0CE1F2AA6FBB"
    assert await sets.widgets.spin(key, speed="Fast", shape=entities.SpinShape(round=True)) is None
    assert await sets.gadgets.count() == 3
    assert await sets.widgets.create(entities.Spin(speed="Slow")) is None
    assert (sender.sent[3].method, sender.sent[3].body) == ("POST", b'{"speed":"Slow"}')
    assert {name for name in vars(type(sets.widgets)) if name[0] != "_"} == {
        "create",
        "spin",
        "spin_",
        "top_",
        "with_parameters",
    }
    spin = "/odata/Widgets(e49c0012-ee01-45e4-884c-0ce1f2aa6fbb)/UiPath.Server.Configuration.OData.Spin"
    assert (sender.sent[1].path, sender.sent[1].body) == (
        spin,
        b'{"speed":"Fast","shape":{"round":true}}',
    )
    assert sender.sent[2].path == "/api/Gadgets/Count"
