"""The columns follow from the entity, the selection and the expansions, and from nothing else."""

from __future__ import annotations

import json

import pytest

from uipath_odata import Expand, Query, path
from uipath_odata.entities import Job, License, Machine, QueueItem, Release, ReleaseVersion, RobotLog
from uipath_odata.errors import QueryError
from uipath_odata.export.formats import Column, Shape, writer_of
from uipath_odata.odata.entity import properties


def columns(query, *extra):
    return {column.name: column for column in Shape.of(query, extra).columns}


def test_without_a_selection_all_properties_are_columns_in_the_order_of_the_schema():
    names = [member.wire for member in properties(Job).values()]
    assert [*columns(Query(Job))] == names
    assert [*columns(Query(Job), Column("_read_at", "timestamp"))] == [*names, "_read_at"]


@pytest.mark.parametrize(
    ("query", "name", "kind"),
    [
        (Query(RobotLog), "Level", "enum"),
        (Query(RobotLog), "JobKey", "text"),
        (Query(RobotLog), "RawMessage", "text"),
        (Query(RobotLog), "MachineId", "integer"),
        (Query(RobotLog), "TimeStamp", "timestamp"),
        (Query(QueueItem), "SpecificContent", "json"),
        (Query(QueueItem), "Robot", "json"),
        (Query(QueueItem), "HasVideoRecorded", "boolean"),
        (Query(License), "ExpireDate", "integer"),
        (Query(License), "LicensedFeatures", "json"),
        (Query(License), "Allowed", "json"),
    ],
)
def test_kinds_come_from_the_schema(query, name, kind):
    assert columns(query)[name].kind == kind


def test_a_selection_keeps_its_columns_and_what_it_expands():
    query = Query(Job).select(Job.state, Job.id, Job.robot.name).expand(Job.release)
    found = columns(query)
    assert {*found} == {"State", "Id", "Robot", "Release"}
    assert found["Robot"].columns == (Column("Name", "text"),)
    assert {"Name", "ProcessKey"} <= {column.name for column in found["Release"].columns}


def test_options_of_an_expansion_count_and_collections_stay_json():
    versions = Expand(ReleaseVersion).select(ReleaseVersion.version_number)
    found = columns(Query(Release).expand(Release.release_versions, versions))
    assert found["ReleaseVersions"] == Column("ReleaseVersions", "json", ReleaseVersion)
    entry = columns(Query(Release).expand(Release.current_version, versions))["CurrentVersion"]
    assert entry.columns == (Column("VersionNumber", "text"),)


def test_properties_that_the_schema_does_not_know_are_json_and_stand_last():
    query = Query(Machine).select(Machine.name, path("Newer"), path("Another"))
    assert [*columns(query)] == ["Name", "Another", "Newer"]
    assert columns(query)["Newer"].kind == "json"


def test_equal_shapes_alone_are_described_alike():
    shapes = [
        Shape.of(Query(Job)),
        Shape.of(Query(Job).select(Job.id)),
        Shape.of(Query(Job).expand(Job.robot)),
        Shape.of(Query(Job).select(Job.id, Job.robot.name)),
        Shape.of(Query(Job), [Column("_deleted", "boolean")]),
    ]
    described = [json.dumps(shape.describe()) for shape in shapes]
    assert len({*described}) == len(shapes)
    assert Shape.of(Query(Job).filter(Job.id == 1)).describe() == shapes[0].describe()


def test_an_unknown_format_is_an_error_that_lists_the_known_ones():
    with pytest.raises(QueryError, match="'jsonl', 'csv', 'parquet'"):
        writer_of("xml", Shape.of(Query(Job)))
