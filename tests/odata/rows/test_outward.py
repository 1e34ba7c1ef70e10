"""Entities leave the program whole, by names that a caller chooses, and nothing private shows."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
import typing
from uuid import UUID

import attrs
import cattrs
import msgspec
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata import entities
from uipath_odata.entities import Asset, Job, Release
from uipath_odata.errors import DecodeError
from uipath_odata.odata.entity import Entity, properties
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.selected import Selected

ROW = {
    "Id": 1,
    "State": "Faulted",
    "StartTime": "2024-05-14T06:00:00.123456Z",
    "Key": "5a1b2c3d-0000-4000-8000-123456789abc",
    "Robot": {"Id": 5, "Name": "x", "Odd": 1},
    "New": [3],
}
KEY = UUID(ROW["Key"])


@pytest.fixture
def job():
    (made,) = decode(Job, [json.loads(json.dumps(ROW))])
    return made


def test_a_dict_has_attributes_and_pythons_values(job):
    assert job.to_dict() == {
        "id": 1,
        "state": "Faulted",
        "start_time": dt.datetime(2024, 5, 14, 6, 0, 0, 123456, tzinfo=dt.UTC),
        "key": KEY,
        "robot": {"id": 5, "name": "x", "Odd": 1},
        "New": [3],
    }


def test_by_wire_it_is_the_row_that_was_sent(job):
    assert job.to_dict(wire=True) == ROW
    assert json.loads(job.to_json(wire=True)) == ROW


@pytest.mark.parametrize(
    "leave", [Job.to_dict, lambda job: job.to_dict(wire=True), lambda job: json.loads(job.to_json())]
)
def test_what_left_comes_back_equal(job, leave):
    back = Job.from_dict(leave(job))
    assert back == job
    assert (back.extra, back.robot.extra) == ({"New": [3]}, {"Odd": 1})


TEXTS = st.dictionaries(
    st.sampled_from(["Info", "ReleaseName", "SourceType", "Newer"]), st.text(), max_size=4
)


@given(TEXTS)
def test_any_texts_come_back(texts):
    row = {"Id": 1, **texts}
    (made,) = decode(Job, [dict(row)])
    assert made.to_dict(wire=True) == row
    assert Job.from_dict(made.to_dict()) == made


def test_secrets_leave_with_the_others():
    asset = Asset(credential_password="hunter2")
    assert asset.to_dict() == {"credential_password": "hunter2"}
    assert "hunter2" not in repr(asset)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"Id": "x"}, "Job.Id cannot be read"),
        ({"id": "x"}, "Job.Id cannot be read"),
        (["Id"], "made of a dict, not of list"),
        ({1: 2}, "no place for 1: give each"),
        ({"Id": 1, "id": 2}, "no place for 'id': give each"),
        ({"robot": {"name": "x", "Name": "y"}}, "SimpleRobot has no place for 'Name'"),
    ],
)
def test_what_is_not_an_entity_is_refused_in_words(row, said):
    with pytest.raises(DecodeError, match=said):
        Job.from_dict(row)


ALL = [
    kind
    for name in entities.__all__
    if isinstance(kind := getattr(entities, name), type) and issubclass(kind, Entity)
]


def test_the_annotations_of_every_entity_resolve():
    assert len(ALL) > 100
    for kind in ALL:
        found = typing.get_type_hints(kind)
        assert {*properties(kind)} <= {*found}
        assert not any(isinstance(hint, str) for hint in found.values())
    job = typing.get_type_hints(Job)
    assert (job["id"], job["start_time"]) == (int | None, dt.datetime | None)
    assert job["robot"] == entities.SimpleRobot | None
    assert "Faulted" in typing.get_args(typing.get_args(job["state"])[0])


def test_other_libraries_see_attributes_and_nothing_private(job):
    for found in (
        attrs.asdict(job),
        cattrs.unstructure(job),
        msgspec.to_builtins(job),
        json.loads(msgspec.json.encode(job)),
    ):
        assert not [name for name in found if name.startswith("_")]
        assert (found["id"], found["state"], found["robot"]["name"]) == (1, "Faulted", "x")
        assert found["extra"] == {"New": [3]}


def test_pydantic_takes_entities_in_and_gives_them_out(job):
    class Answer(pydantic.BaseModel):
        jobs: list[Job]

    answer = Answer(jobs=[job])
    assert answer.jobs[0] is job
    given_out = json.loads(answer.model_dump_json())
    assert given_out == {"jobs": [json.loads(job.to_json())]}
    assert Answer.model_validate(given_out).jobs == [job]
    assert Answer.model_json_schema()["properties"]["jobs"]["items"] == {"title": "Job", "type": "object"}
    with pytest.raises(pydantic.ValidationError, match=r"Job\.Id cannot be read"):
        Answer.model_validate({"jobs": [{"id": "x"}]})


@pytest.mark.parametrize(
    "copied", [attrs.evolve, copy.copy, copy.deepcopy, lambda row: pickle.loads(pickle.dumps(row))]
)
def test_a_copy_of_a_row_that_came_in_part_is_still_one(copied):
    (release,) = decode(Release, [{"Id": 1, "Odd": 2}], selected=Selected(None, {"Id": None}, {}))
    assert release.extra.is_partial
    assert copied(release).extra.is_partial
    assert copied(release).extra == {"Odd": 2}
