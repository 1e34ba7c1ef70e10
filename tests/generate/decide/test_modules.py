from __future__ import annotations

import pytest

from uipath_odata.generate.decide.modules import Home, modules
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
        _schema("JobEvent", "RobotDto", "PlaceDto"),
        _schema("JobsStartedEventDto", "PlaceDto", "CauseDto"),
        _schema("QueueStatusChangedEvent", "CauseDto"),
        _schema("PlaceDto", "TagDto"),
        _schema("CauseDto"),
        _schema("SpareDto"),
    ]
    operations = [
        _listing("/odata/Jobs", "Jobs", Envelope(Array(Ref("JobDto")))),
        _listing("/odata/RobotLogs", "Logs", Envelope(Primitive("integer:int64"))),
        _listing("/odata/Robots", "Robots", Envelope(Array(Ref("RobotDto")))),
        _listing("/api/Stats/Get", "LiveStats", Array(Ref("Stats"))),
    ]
    return modules(Document(tuple(operations), {each.name: each for each in schemas}, {}))


def test_the_entity_of_a_set_lives_in_its_module_even_when_others_use_it(found):
    assert found["RobotDto"] == Home("entities", "robots")
    assert found["JobDto"] == Home("entities", "jobs")


def test_a_schema_lives_with_the_only_module_that_leads_to_it(found):
    assert found["ErrorDto"] == Home("entities", "jobs")
    assert found["VersionDto"] == Home("entities", "robots")
    assert found["Stats"] == found["StatsBase"] == Home("entities", "live_stats")


def test_what_several_modules_lead_to_is_shared(found):
    assert found["TagDto"] == found["ColorDto"] == Home("entities", "shared")


def test_events_to_which_no_operation_leads_are_grouped_by_what_they_happen_to(found):
    assert found["JobEvent"] == found["JobsStartedEventDto"] == Home("events", "job")
    assert found["QueueStatusChangedEvent"] == Home("events", "queue_status")


def test_what_events_alone_need_lives_with_them(found):
    assert found["PlaceDto"] == Home("events", "job")
    assert found["CauseDto"] == Home("events", "shared")


def test_what_nothing_leads_to_and_is_not_an_event_stays_an_entity(found):
    assert found["SpareDto"] == Home("entities", "others")


def test_a_module_is_imported_from_its_own_package_or_from_the_one_beside():
    job, place = Home("events", "job"), Home("events", "shared")
    assert job.path_to(place) == ".shared"
    assert job.path_to(Home("entities", "robots")) == "..entities.robots"


def test_few_schemas_of_orchestrator_are_shared():
    document = orchestrator()
    found = modules(document)
    sizes = {home: list(found.values()).count(home) for home in found.values()}
    assert set(found) == set(document.schemas)
    assert sizes.pop(Home("entities", "shared")) < 50
    assert max(sizes.values()) < 25
