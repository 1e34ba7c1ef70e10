from __future__ import annotations

import random
from importlib.resources import files

import pytest

from uipath_odata.emulator import registry as behaviours
from uipath_odata.emulator.data import schema, undocumented
from uipath_odata.emulator.data.store import Store
from uipath_odata.emulator.http.answers import Refusal
from uipath_odata.emulator.rows import samples
from uipath_odata.emulator.world import Settings, World

OPERATIONS = schema.load().operations
ANSWERS = (files("uipath_odata.docs") / "emulator-answers.md").read_text("utf-8")


def table(heading):
    """Read the rows of the table under a heading of the guide, without its two first lines."""
    section = ANSWERS.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip("` ") for cell in row] for row in rows[2:]]


@pytest.fixture
def world():
    """Make worlds with settings of one's own."""
    api = schema.load()
    store = Store(api, 1)
    yield lambda **settings: World(api, store, Settings(**settings), lambda: 0.0, random.Random(0))
    store.connection.close()


def test_each_behaviour_is_that_of_one_operation():
    own = behaviours.own()
    assert own.keys() <= {operation.id for operation in OPERATIONS}
    with pytest.raises(ValueError, match="Jobs_StartJobs has a behaviour already"):
        behaviours.answers("Jobs_StartJobs")(own["Jobs_StopJobs"])


def test_all_that_changes_a_single_row_has_a_behaviour(world):
    here = world()
    unanswered = {each["id"] for each in undocumented.UNANSWERED}
    for operation in OPERATIONS:
        if operation.id in unanswered:
            continue
        by_key = operation.path.endswith("({key})") or operation.path == f"/odata/{operation.set_name}"
        if by_key and operation.set_name:
            assert behaviours.behaviour(operation, here), operation.id


def test_what_has_no_behaviour_is_refused_unless_samples_are_asked_for(world):
    strict, lenient = world(), world(samples=True)
    sampled = [each for each in OPERATIONS if behaviours.behaviour(each, lenient) is samples.sample]
    assert {each.id for each in sampled} == {row[0] for row in table("What stays unanswered")}
    for operation in sampled:
        with pytest.raises(Refusal, match="start it with samples") as refused:
            behaviours.behaviour(operation, strict)
        assert refused.value.status == 501
        assert operation.path in refused.value.message
    assert all(row[1] for row in table("What stays unanswered"))


@pytest.mark.parametrize(
    ("id_", "name"),
    [
        ("Jobs_Get", "Jobs.list"),
        ("Jobs_GetById", "Jobs.get"),
        ("Assets_Post", "Assets.create"),
        ("Assets_PutById", "Assets.replace"),
        ("Users_PatchById", "Users.update"),
        ("Processes_DeleteById", "Processes.delete"),
        ("Jobs_StartJobs", "Jobs.StartJobs"),
        ("RobotLogs_GetTotalCount", "RobotLogs.GetTotalCount"),
        ("Robots_GetRobotsForProcessByProcessid", "Robots.GetRobotsForProcess"),
        ("Buckets_GetReadUriByKey", "Buckets.GetReadUri"),
        ("GenericTasks_CreateTask", "GenericTasks.CreateTask"),
        ("HttpTriggers_Get", "HttpTriggers.list"),
        ("HttpTriggers_PatchById", "HttpTriggers.update"),
        ("HttpTriggers_SetEnabled", "HttpTriggers.SetEnabled"),
        ("RobotsService_BeginSession", "RobotsService.BeginSession"),
        ("JobTriggers_GetPayloadByInboxid", "JobTriggers.GetPayload"),
    ],
)
def test_operations_are_named_as_in_messages_and_limits(id_, name):
    assert next(operation.name for operation in OPERATIONS if operation.id == id_) == name
