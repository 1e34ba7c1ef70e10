from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from uipath_odata.generate.decide.entity_sets import entity_sets, set_of
from uipath_odata.generate.read.document import Parameter, Primitive
from uipath_odata.generate.read.load_schema import orchestrator


@pytest.fixture(scope="module")
def sets():
    return entity_sets(orchestrator())


def _paths():
    facts = json.loads((files("uipath_odata.generate") / "orchestrator-v20.json").read_text("utf-8"))
    return [(each["method"], each["path"]) for each in facts["operations"]]


def test_every_set_of_the_schema_is_there_and_environments(sets):
    named = {found[1] for _, path in _paths() if (found := re.match(r"/odata/(\w+)", path))}
    assert len(named) == 52
    assert set(sets) == named | {"Environments"}
    assert list(sets) == sorted(sets)


@pytest.mark.parametrize(
    ("method", "by_key", "kind"),
    [
        ("GET", False, "list"),
        ("GET", True, "get"),
        ("DELETE", True, "delete"),
        ("PUT", True, "replace"),
        ("PATCH", True, "update"),
        ("POST", False, "create"),
    ],
)
def test_operations_are_those_of_the_schema_that_carry_entities(sets, method, by_key, kind):
    pattern = r"/odata/(\w+)\('?\{key\}'?\)" if by_key else r"/odata/(\w+)"
    there = {found[1] for m, path in _paths() if m == method and (found := re.fullmatch(pattern, path))}
    # BusinessRules are written as multipart forms, and a setting is got as its bare value.
    without_entity = {"create": {"BusinessRules"}, "replace": {"BusinessRules"}, "get": {"Settings"}}
    known = {name for name, facts in sets.items() if kind in facts.operations} - {"Environments"}
    assert known == there - without_entity.get(kind, set())


def test_pages_hold_1000_rows_and_those_of_queue_items_100(sets):
    caps = {name: facts.page_cap for name, facts in sets.items() if "list" in facts.operations}
    assert caps.pop("QueueItems") == 100
    assert set(caps.values()) == {1000}
    assert {facts.page_cap for facts in sets.values() if "list" not in facts.operations} == {None}


def test_keys_have_the_types_of_the_schema(sets):
    keys = {name: facts.key for name, facts in sets.items()}
    assert keys["Robots"] == Primitive("integer:int64")
    assert keys["BusinessRules"] == Primitive("string:uuid")
    assert keys["Processes"] == keys["Libraries"] == Primitive("string")
    assert keys["RobotLogs"] is None


def test_machines_are_listed_as_another_entity_than_they_are_written(sets):
    assert sets["Machines"].entity == "ExtendedMachineDto"
    assert sets["Machines"].operations["create"] == "MachineDto"
    assert sets["QueueItems"].operations["replace"] == "QueueItemDataDto"


def test_a_set_without_a_list_is_known_by_what_it_gives_by_key(sets):
    assert sets["Exports"].entity == "ExportModel"
    assert sets["Queues"].entity is None


def test_folders_are_required_as_the_list_says(sets):
    assert sets["Sessions"].folder_required
    assert not next(f for f in sets["Sessions"].functions if f.name == "GetGlobalSessions").folder_required
    assert sets["Queues"].folder_required
    assert not sets["Machines"].folder_required


def test_functions_that_list_entities_keep_their_parameters(sets):
    function = next(each for each in sets["Robots"].functions if each.name == "GetRobotsForProcess")
    assert function.path == (
        "/odata/Robots/UiPath.Server.Configuration.OData.GetRobotsForProcess(processId='{processId}')"
    )
    assert function.entity == "RobotDto"
    assert function.path_parameters == (Parameter("processId", Primitive("string")),)
    assert function.page_cap == 1000
    assert function.folder_required


def test_functions_of_one_entity_and_those_of_another_namespace_are_there_too(sets):
    names = {function.name for function in sets["QueueItems"].functions}
    assert names == {"GetItemProcessingHistory", "GetReviewers"}


def test_lists_of_plain_values_and_actions_are_no_functions_that_list_entities(sets):
    assert "GetUsernames" not in {function.name for function in sets["Robots"].functions}
    assert "AssignTasks" not in {function.name for function in sets["Tasks"].functions}


def test_the_list_keeps_its_own_query_parameters(sets):
    assert [each.name for each in sets["Processes"].query_parameters] == ["searchTerm", "feedId"]


def test_a_path_outside_odata_belongs_to_no_set():
    assert set_of("/odata/Jobs({key})/UiPath.Server.Configuration.OData.ValidateExistingJob") == "Jobs"
    assert set_of("/api/Stats/GetJobsStats") is None
