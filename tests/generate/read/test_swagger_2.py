"""A Swagger 2 document, such as older Orchestrators have, becomes a package that plugs into the same client."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.client import FolderClient
from uipath_odata.generate.__main__ import main
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
from uipath_odata.generate.read.openapi import load, read

FOLDER = {"name": "X-UIPATH-OrganizationUnitId", "in": "header", "type": "integer", "required": True}
TEXT = (
    "Client Credentials Flow required permissions: Robots.\n\nOAuth required scopes: OR.Robots or OR.Robots.Read.\n\n"
    "Required permissions: Robots.View and Folders.View."
)

SWAGGER_2 = {
    "swagger": "2.0",
    "info": {"title": "UiPath.WebApi", "version": "2019.10"},
    "basePath": "/odata",
    "parameters": {
        "top": {"name": "$top", "in": "query", "type": "integer", "description": "The maximum value is 50."}
    },
    "paths": {
        "/odata/Robots": {
            "parameters": [FOLDER],
            "get": {
                "tags": ["Robots"],
                "description": TEXT,
                "parameters": [
                    {"$ref": "#/parameters/top"},
                    {"name": "$skip", "in": "query", "type": "integer"},
                    {"name": "kind", "in": "query", "type": "string", "enum": ["Small", "Large"]},
                ],
                "responses": {"200": {"schema": {"$ref": "#/definitions/ODataResponse[List[RobotDto]]"}}},
            },
            "post": {
                "tags": ["Robots"],
                "parameters": [
                    {"name": "robotDto", "in": "body", "schema": {"$ref": "#/definitions/RobotDto"}}
                ],
                "responses": {"201": {"schema": {"$ref": "#/definitions/RobotDto"}}, "default": {}},
            },
        },
        "/odata/Robots({Id})": {
            "get": {
                "tags": ["Robots"],
                "parameters": [
                    {"name": "Id", "in": "path", "required": True, "type": "integer", "format": "int64"}
                ],
                "responses": {"200": {"schema": {"$ref": "#/definitions/RobotDto"}}},
            }
        },
        "/odata/Robots/UiPath.Server.Configuration.OData.Rename": {
            "post": {
                "tags": ["Robots"],
                "deprecated": True,
                "parameters": [
                    {
                        "name": "actionParameters",
                        "in": "body",
                        "schema": {
                            "type": "object",
                            "required": ["name"],
                            "properties": {
                                "name": {"type": "string"},
                                "tags": {"type": "array", "items": {"type": "string"}},
                            },
                        },
                    }
                ],
                "responses": {"200": {"schema": {"type": "file"}}},
            }
        },
        "/odata/Processes/UiPath.Server.Configuration.OData.UploadPackage": {
            "post": {
                "tags": ["Processes"],
                "consumes": ["multipart/form-data"],
                "parameters": [{"name": "file", "in": "formData", "type": "file"}],
                "responses": {"200": {}},
            }
        },
    },
    "definitions": {
        "ODataResponse[List[RobotDto]]": {
            "type": "object",
            "properties": {
                "@odata.context": {"type": "string"},
                "value": {"type": "array", "items": {"$ref": "#/definitions/RobotDto"}},
            },
        },
        "RobotDto": {
            "required": ["Name"],
            "type": "object",
            "properties": {
                "Name": {"type": "string"},
                "Type": {"type": "string", "enum": ["Attended", "Unattended"]},
                "ExecutionSettings": {"type": "object", "additionalProperties": {"type": "object"}},
                "Id": {"type": "integer", "format": "int64", "readOnly": True},
            },
        },
    },
}


def test_swagger_2_is_read_with_definitions_and_bodies_among_the_parameters():
    document = read(SWAGGER_2)
    listing, create, by_key, rename, upload = document.operations
    assert (listing.tag, listing.method, listing.path) == ("Robots", "GET", "/odata/Robots")
    assert listing.answer == Envelope(Array(Ref("RobotDto")))
    assert listing.options == {"$top": 50, "$skip": None}
    assert listing.query_parameters == (Parameter("kind", Enum("Kind")),)
    assert listing.folder_required
    assert create.folder_required
    assert not by_key.folder_required
    assert listing.scopes == ("OR.Robots", "OR.Robots.Read")
    assert listing.permissions == ("Robots.View", "Folders.View")
    assert create.body == create.answer == Ref("RobotDto")
    assert by_key.path_parameters == (Parameter("Id", Primitive("integer:int64")),)
    assert rename.body == Ref("RobotsPostRenameBody")
    assert rename.deprecated
    assert rename.answer == Primitive("string:binary")
    assert upload.multipart
    assert upload.body is None
    assert document.schemas["RobotDto"].properties == (
        SchemaProperty("Name", Primitive("string"), required=True),
        SchemaProperty("Type", Enum("RobotDtoType")),
        SchemaProperty("ExecutionSettings", Map(Primitive("object"))),
        SchemaProperty("Id", Primitive("integer:int64"), read_only=True),
    )
    assert set(document.schemas) == {"RobotDto", "RobotsPostRenameBody"}
    assert document.enums == {"Kind": ("Small", "Large"), "RobotDtoType": ("Attended", "Unattended")}


async def test_a_package_of_swagger_2_plugs_into_the_client(package, recorder):
    operations, entities = package(SWAGGER_2, "orchestrator_2019")
    sender = recorder(b'{"value":[{"Id":5}]}', b'{"Id":7,"Name":"x"}', b"PK", b'{"Id":8}')
    scope = FolderClient(TenantChannel(sender, URL("https://orchestrator.acme.com"))).folder("Shared")
    robots = operations.EntitySets.of(scope).robots
    assert await robots.with_parameters(kind="Small").top(3).to_list() == [entities.Robot(id=5)]
    assert await robots.get(7) == entities.Robot(id=7, name="x")
    assert await robots.rename(name="y", tags=["a"]) == b"PK"
    assert (await robots.create(entities.Robot(name="z", id=8))).id == 8
    assert [(each.method, each.path, each.query, each.body) for each in sender.sent] == [
        ("GET", "/odata/Robots", "kind=Small&$top=3", None),
        ("GET", "/odata/Robots(7)", "", None),
        ("POST", "/odata/Robots/UiPath.Server.Configuration.OData.Rename", "", b'{"name":"y","tags":["a"]}'),
        ("POST", "/odata/Robots", "", b'{"Name":"z"}'),
    ]
    assert {each.headers["X-UIPATH-FolderPath"] for each in sender.sent} == {"Shared"}
    assert (robots._page_cap, robots._paged) == (50, True)


def test_the_command_writes_a_package(tmp_path):
    spec = tmp_path / "spec.json"
    spec.write_text("\ufeff" + json.dumps(SWAGGER_2), encoding="utf-8")
    command = [sys.executable, "-m", "uipath_odata.generate", str(spec), "--out", str(tmp_path / "made")]
    subprocess.run(command, check=True)
    assert (tmp_path / "made" / "__init__.py").exists()
    assert sorted(path.name for path in (tmp_path / "made" / "operations").iterdir()) == [
        "__init__.py",
        "robots.py",
    ]


def test_yaml_is_read_where_pyyaml_is_installed(tmp_path):
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "swagger: '2.0'\npaths: {}\ndefinitions:\n  Empty: {type: object, properties: {}}\n", encoding="utf-8"
    )
    assert list(load(spec).schemas) == ["Empty"]


def test_yaml_without_pyyaml_says_what_to_do(tmp_path):
    (tmp_path / "yaml.py").write_text("raise ImportError\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text("swagger: '2.0'\n", encoding="utf-8")
    command = [sys.executable, "-m", "uipath_odata.generate", "spec.yaml", "--out", "made"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "install PyYAML" in done.stderr


def test_a_document_of_ones_own_is_not_written_over_this_package(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path / "spec.json")])
    assert "give --out DIR" in capsys.readouterr().err
