from __future__ import annotations

import json

import pytest

from uipath_odata.emulator.data import schema
from uipath_odata.emulator.rows import samples
from uipath_odata.emulator.world import Call, Settings, World

FOLDER = {"OrganizationUnitId": "1"}
GUID = samples._SCALARS["guid"]


def asked(operation):
    """Fill the arguments of an operation's path."""
    path = operation.path
    for name, shape in operation.parameters.items():
        path = path.replace(f"{{{name}}}", GUID if shape == "string:uuid" else "1")
    return path


@pytest.fixture
async def sampling(emulators):
    async with emulators(seed=None, samples=True) as http:
        http.emulator.insert("Folders", [{"Id": 1}])
        yield http


async def test_what_has_no_behaviour_is_answered_from_the_schema(sampling):
    settings = "/odata/Settings/UiPath.Server.Configuration.OData."
    update = (await sampling.get(f"{settings}GetUpdateSettings")).body
    assert update == {
        "UpdateServerSource": "Orchestrator",
        "UpdateServerUrl": "sample",
        "PollingInterval": 1,
    }
    translations = await sampling.get("/api/Translations/GetTranslations?lang=en")
    assert (translations.status, translations.body) == (200, {})
    assert (await sampling.send("POST", f"{settings}VerifySmtpSetting")).status == 200


async def test_what_has_behaviour_has_it_still(sampling):
    assert (await sampling.get("/odata/Robots(5)", **FOLDER)).status == 404
    assert await sampling.rows("/odata/Robots") == []


def faults_of(value, type_, api, path):
    """Name what is not as the schema says, in the value and in what is in it."""
    kinds = {"integer": int, "number": float, "boolean": bool, "enum": str}
    for name, content in value.items():
        found = type_.find(name)
        for each in content if found.many else [content]:
            if found.target:
                yield from faults_of(each, api.types[found.target], api, f"{path}/{name}")
            elif (found.members and each not in found.members) or (
                found.kind != "document" and not isinstance(each, kinds.get(found.kind, str))
            ):
                yield f"{path}/{name}: {each}"
            elif found.longest is not None and len(each) > found.longest:
                yield f"{path}/{name}: too long"
    yield from (
        f"{path}/{each.name}"
        for each in type_.properties.values()
        if each.required and each.name not in value
    )


def test_every_sample_is_of_the_documented_type():
    api = schema.load()
    world = World(api, None, Settings(samples=True), None, None)
    typed = 0
    for operation in api.operations:
        answer = samples.sample(world, Call(operation, {}, "", None, b"", "", ""))
        assert answer.status == operation.status, operation.id
        if operation.result:
            typed += 1
            body = json.loads(answer.content)
            assert list(faults_of(body, api.types[operation.result], api, operation.id)) == []
    assert typed > 200


def one_of_each(emulator, api):
    """Store one row in each entity set, all in folder 1."""
    top = {"Id": 1, "DisplayName": "sample", "FullyQualifiedName": "sample", "ParentId": None}
    for name, entity_set in api.sets.items():
        row = samples._object(entity_set.type, api, 0) | (top if name == "Folders" else {})
        emulator.insert(name, [row], folder=None if "OrganizationUnitId" in row else 1)


class Undo(Exception):
    pass
