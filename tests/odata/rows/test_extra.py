"""What the schema does not know stays with the entity, at any depth and however its page is read."""

from __future__ import annotations

import copy
import pickle

import attrs
import orjson
import pytest

from uipath_odata import Expand, Query
from uipath_odata.entities import Job, Release, ReleaseVersion, Session
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.rows.struct_pages import StructPageReader, StructRow
from uipath_odata.odata.selected import Selected


def release(number):
    return {
        "@odata.etag": "x",
        "Id": number,
        "Name": "Invoices",
        "ResourceOverwrites": [{"Key": number}],
        "CurrentVersion": {"Id": 7, "Channel": "beta", "@odata.id": "y"},
        "ReleaseVersions": [{"Id": 1, "Channel": "alpha"}],
    }


def as_structs(rows):
    read = StructPageReader(Release)
    body = orjson.dumps({"value": rows})
    read(body)
    made = read(body)[0]
    assert all(isinstance(row, StructRow) for row in made)
    return made


@pytest.mark.parametrize("lay", [list, as_structs])
@pytest.mark.parametrize("count", [1, 3, 200])
def test_unknown_properties_are_kept_where_they_were(lay, count):
    for number, made in enumerate(decode(Release, lay([release(number) for number in range(count)]))):
        assert made.extra == {"ResourceOverwrites": [{"Key": number}]}
        assert made.current_version.extra == {"Channel": "beta"}
        assert made.release_versions[0].extra == {"Channel": "alpha"}


def test_rows_of_different_keys_keep_each_their_own():
    rows = [{"Id": n, f"New{n % 3}": n} for n in range(300)]
    assert [made.extra for made in decode(Release, rows)] == [{f"New{n % 3}": n} for n in range(300)]


def test_copies_and_pickles_keep_them():
    (made,) = decode(Release, [release(1)])
    for other in (
        copy.copy(made),
        copy.deepcopy(made),
        pickle.loads(pickle.dumps(made)),
        attrs.evolve(made, name="b"),
    ):
        assert other.extra == made.extra


def test_an_entity_of_ones_own_starts_without_any_and_takes_some():
    job = Job(state="Faulted")
    assert job.extra == {}
    job.extra["Newest"] = 1
    assert job.extra == {"Newest": 1}


def test_repr_names_them_and_shows_no_value():
    (made,) = decode(Release, [{"Id": 1, "NewPassword": "hunter2"}])
    assert repr(made) == "Release(id=1, extra=<NewPassword>)"


def test_only_what_was_expanded_in_part_is_marked():
    query = Query(Release).expand(Release.release_versions, Expand(ReleaseVersion).select(ReleaseVersion.id))
    (made,) = decode(Release, [release(1)], selected=Selected.of(query))
    assert (made.extra.is_partial, made.current_version.extra.is_partial) == (False, False)
    assert made.release_versions[0].extra.is_partial
    (session,) = decode(
        Session,
        [{"Id": 1, "Robot": {"Name": "a"}}],
        selected=Selected.of(Query(Session).select(Session.robot.name)),
    )
    assert (session.extra.is_partial, session.robot.extra.is_partial) == (False, True)
