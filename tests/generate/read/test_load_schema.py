from __future__ import annotations

import json

import pytest

from uipath_odata.generate.read.document import Array, Enum, Envelope, Map, Primitive, Ref, SchemaProperty
from uipath_odata.generate.read.load_schema import orchestrator, read


def _facts(operations=(), schemas=None, enums=None):
    return json.dumps({"operations": list(operations), "schemas": schemas or {}, "enums": enums or {}})


def test_every_kind_of_type_is_read():
    types = {
        "A": "string:uuid",
        "B": {"ref": "Other"},
        "C": {"enum": "State"},
        "D": {"array": {"map": "any"}},
        "E": {"object": {}},
    }
    document = read(
        _facts(schemas={"X": {"properties": {wire: {"type": each} for wire, each in types.items()}}})
    )
    assert document.schemas["X"].properties == (
        SchemaProperty("A", Primitive("string:uuid")),
        SchemaProperty("B", Ref("Other")),
        SchemaProperty("C", Enum("State")),
        SchemaProperty("D", Array(Map(Primitive("any")))),
        SchemaProperty("E", Primitive("object")),
    )
    assert list(document.schemas["X"].references()) == ["Other"]


def test_a_type_that_facts_do_not_have_is_refused():
    with pytest.raises(ValueError, match=r"extend load_schema\.py"):
        read(_facts(schemas={"X": {"properties": {"A": {"type": {"oneOf": []}}}}}))


def test_odata_envelopes_are_opened_and_are_no_schemas():
    envelope = {"properties": {"value": {"type": {"array": {"ref": "RobotDto"}}}}}
    schemas = {"ODataValueOfIEnumerableOfRobotDto": envelope, "RobotDto": {"properties": {}}}
    answer = {"200": {"type": {"ref": "ODataValueOfIEnumerableOfRobotDto"}}, "404": {}}
    operation = {"tag": "Robots", "method": "GET", "path": "/odata/Robots", "responses": answer}
    document = read(_facts([operation], schemas))
    assert set(document.schemas) == {"RobotDto"}
    assert document.operations[0].answer == Envelope(Array(Ref("RobotDto")))


def test_an_answer_is_what_success_brings():
    answers = {"200": {}, "201": {"type": "string"}, "400": {"type": {"ref": "ErrorResult"}}}
    operation = {"tag": "T", "method": "POST", "path": "/api/T", "responses": answers}
    document = read(_facts([operation]))
    assert document.operations[0].answer == Primitive("string")
    assert list(document.operations[0].references()) == ["ErrorResult"]


def test_a_folder_is_required_only_where_the_header_is():
    def operation(path, headers):
        return {"tag": "T", "method": "GET", "path": path, "headers": headers, "responses": {}}

    header = "X-UIPATH-OrganizationUnitId"
    document = read(_facts([operation("/a", {header: "required"}), operation("/b", {header: "optional"})]))
    assert [each.folder_required for each in document.operations] == [True, False]


def test_an_extended_document_keeps_its_own_shapes_and_adds_what_it_lacks():
    def document(wire, members, path):
        operation = {"tag": wire, "method": "GET", "path": path, "responses": {}}
        same = {"tag": wire, "method": "GET", "path": "/same", "responses": {}}
        schema = {"properties": {wire: {"type": "string"}}}
        return read(
            _facts([operation, same], {"Same": schema, wire: schema}, {"Same": members, wire: members})
        )

    merged = document("Newer", ["A"], "/newer").extended_by(document("Older", ["B"], "/older"))
    assert [(each.tag, each.path) for each in merged.operations] == [
        ("Newer", "/newer"),
        ("Newer", "/same"),
        ("Older", "/older"),
    ]
    assert merged.schemas["Same"].properties == (SchemaProperty("Newer", Primitive("string")),)
    assert merged.enums == {"Same": ("A",), "Newer": ("A",), "Older": ("B",)}
    assert set(merged.schemas) == {"Same", "Newer", "Older"}


def test_an_amended_document_has_the_operations_of_the_other_in_its_own_order():
    def operation(path, tag):
        return {"tag": tag, "method": "GET", "path": path, "responses": {}}

    own = read(_facts([operation("/a", "own"), operation("/b", "own")]))
    amended = own.amended_by(read(_facts([operation("/c", "other"), operation("/b", "other")])))
    assert [(each.path, each.tag) for each in amended.operations] == [
        ("/a", "own"),
        ("/b", "other"),
        ("/c", "other"),
    ]


def test_orchestrator_is_v20_with_the_environments_of_2020_10_and_an_action_of_the_field():
    document = orchestrator()
    assert len(document.operations) == 418 + 10 + 1
    assert len(document.schemas) == 397 + 3
    newest = {each.wire for each in document.schemas["EnvironmentDto"].properties}
    assert newest == {"name", "description", "robots", "type", "id"}
