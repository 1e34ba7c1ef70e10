from __future__ import annotations

import pytest

from uipath_odata.generate.decide.modules import EVENTS, SHARED, modules
from uipath_odata.generate.read.document import (
    ApiOperation,
    Array,
    Document,
    Envelope,
    Primitive,
    Ref,
    Schema,
    SchemaProperty,
)
from uipath_odata.generate.read.load_schema import orchestrator


def _listing(path, tag, answer):
    return ApiOperation(tag, "GET", path, (), (), {}, False, None, {200: answer})


def _schema(name, *related, bases=()):
    return Schema(name, tuple(SchemaProperty(each, Array(Ref(each))) for each in related), bases)


@pytest.fixture
def found():
    schemas = [
        _schema("JobDto", "ErrorDto", "TagDto", "RobotDto"),
        _schema("RobotDto", "TagDto", "VersionDto"),
        _schema("VersionDto", "VersionDto"),
        _schema("ErrorDto"),
        _schema("TagDto", "ColorDto"),
        _schema("ColorDto"),
        _schema("Stats", bases=("StatsBase",)),
        _schema("StatsBase"),
        _schema("JobEvent", "RobotDto"),
    ]
    operations = [
        _listing("/odata/Jobs", "Jobs", Envelope(Array(Ref("JobDto")))),
        _listing("/odata/RobotLogs", "Logs", Envelope(Primitive("integer:int64"))),
        _listing("/odata/Robots", "Robots", Envelope(Array(Ref("RobotDto")))),
        _listing("/api/Stats/Get", "LiveStats", Array(Ref("Stats"))),
    ]
    return modules(Document(tuple(operations), {each.name: each for each in schemas}, {}))


def test_the_entity_of_a_set_lives_in_its_module_even_when_others_use_it(found):
    assert found["RobotDto"] == "robots"
    assert found["JobDto"] == "jobs"


def test_a_schema_lives_with_the_only_module_that_leads_to_it(found):
    assert found["ErrorDto"] == "jobs"
    assert found["VersionDto"] == "robots"
    assert found["Stats"] == found["StatsBase"] == "live_stats"


def test_what_several_modules_lead_to_is_shared(found):
    assert found["TagDto"] == found["ColorDto"] == SHARED


def test_what_no_operation_leads_to_are_events(found):
    assert found["JobEvent"] == EVENTS


def test_few_schemas_of_orchestrator_are_shared():
    document = orchestrator()
    found = modules(document)
    sizes = {module: list(found.values()).count(module) for module in found.values()}
    assert set(found) == set(document.schemas)
    assert sizes.pop(SHARED) < 50
    assert sizes.pop(EVENTS) < 110
    assert max(sizes.values()) < 25
