from __future__ import annotations

import pytest

from uipath_odata.generate.decide.naming import attributes, class_names, enum_candidates, first_free, snake


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("Id", "id"),
        ("OrganizationUnitId", "organization_unit_id"),
        ("TimeStamp", "time_stamp"),
        ("StudioXConcurrent", "studio_x_concurrent"),
        ("SLADate", "sla_date"),
        ("HTTPTrigger2Id", "http_trigger2_id"),
        ("externalPoolKey", "external_pool_key"),
        ("RobotLogs", "robot_logs"),
        ("x-request-id", "x_request_id"),
        ("1st", "x1st"),
        ("@", "x"),
    ],
)
def test_attributes_are_snake_case(wire, name):
    assert snake(wire) == name


def test_attributes_that_differ_only_in_case_stay_apart():
    assert attributes(["Name", "name", "NAME"]) == {"Name": "name", "name": "name_", "NAME": "name__"}


def test_attributes_never_are_keywords_nor_hide_what_a_class_body_needs():
    wires = ["Class", "From", "Prop", "Dt", "List", "Type", "Id"]
    assert list(attributes(wires).values()) == ["class_", "from_", "prop_", "dt_", "list_", "type", "id"]


def test_attributes_leave_inherited_names_alone():
    assert attributes(["key", "Value"], taken={"key"}) == {"key": "key_", "Value": "value"}


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ("JobDto", "Job"),
        ("LogDto", "RobotLog"),
        ("ExportModel", "ExportModel"),
        ("BulkOperationResponseDtoOfInt64", "BulkOperationResponseOfInt64"),
        ("TestDataQueueItemODataDto", "TestDataQueueItemOData"),
        ("ResourceOverwriteDto`1", "ResourceOverwrite"),
    ],
)
def test_classes_drop_dto(schema, name):
    assert class_names([schema]) == {schema: name}


def test_a_class_keeps_dto_where_the_shorter_name_is_a_schema_too():
    assert class_names(["JobDto", "Job"]) == {"Job": "Job", "JobDto": "JobDto"}
    assert class_names(["RobotLog", "LogDto"]) == {"RobotLog": "RobotLog", "LogDto": "LogDto"}


def test_a_class_never_takes_a_name_that_modules_import():
    assert class_names(["CollectionDto", "Entity"]) == {"CollectionDto": "CollectionDto", "Entity": "Entity2"}


def test_equal_enums_are_called_by_their_shortest_name_without_stutter():
    assert enum_candidates(["WrappedJobDtoState", "JobDtoState"]) == ["JobState", "WrappedJobState"]
    assert enum_candidates(["ReleaseDtoJobPriority", "JobDtoJobPriority"])[0] == "JobPriority"
    assert enum_candidates(["BulkItemDto`1Status"]) == ["BulkItemStatus"]


def test_names_that_are_all_taken_get_a_number():
    assert first_free(["State", "JobState"], {"State"}) == "JobState"
    assert first_free(["State", "JobState"], {"State", "JobState", "JobState2"}) == "JobState3"
