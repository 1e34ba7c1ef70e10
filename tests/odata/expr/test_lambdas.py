from __future__ import annotations

import copy
import pickle
from decimal import Decimal

import pytest

from uipath_odata import Expand, Instant, Query, path, raw_filter
from uipath_odata.entities import Job, Release, ReleaseVersion, Robot
from uipath_odata.errors import QueryError
from uipath_odata.odata.query import selects_nothing


def versions():
    return Query(Release).filter(
        Release.release_versions.any(lambda v: (v.version_number == "1") & (v.id > 3))
    )


def test_queries_with_the_same_lambda_are_equal_also_after_a_copy_or_a_pickle():
    assert versions() == versions()
    assert hash(versions()) == hash(versions())
    assert copy.deepcopy(versions()) == versions()
    assert pickle.loads(pickle.dumps(versions())) == versions()


def test_nested_lambdas_see_every_item_around_them():
    query = Query(Robot).filter(
        Robot.environments.any(
            lambda a: a.robots.any(
                lambda b: b.environments.any(lambda c: (c.id == 1) & (b.id == 2) & (a.id == 3))
            )
        )
    )
    assert query.options["$filter"].endswith("item3:item3/id eq 1 and item2/Id eq 2 and item/id eq 3)))")


@pytest.mark.parametrize(
    "build",
    [
        lambda item: item.id == 2,
        lambda item: Release.release_versions.any(lambda _: item.id == 2),
    ],
)
def test_an_item_is_refused_outside_of_its_lambda(build):
    kept = []
    Release.release_versions.any(lambda item: kept.append(item) or (item.id == 1))
    with pytest.raises(QueryError, match="inside the lambda"):
        Query(Release).filter(build(kept[0]))


def test_a_lambda_of_known_truth_asks_only_whether_there_are_items():
    none, some = (lambda item: item.id.in_([])), (lambda item: ~item.id.in_([]))
    items = Release.release_versions
    assert selects_nothing(Query(Release).filter(items.any(none)))
    assert Query(Release).filter(items.any(some)).options == {"$filter": "ReleaseVersions/any()"}
    assert Query(Release).filter(items.all(none)).options == {"$filter": "not ReleaseVersions/any()"}
    assert Query(Release).filter(items.all(some)).options == {}


def test_an_expansion_that_selects_nothing_is_sent_without_a_bare_boolean():
    empty = Expand(ReleaseVersion).filter(ReleaseVersion.id.in_([]))
    assert Query(Release).expand(Release.release_versions, empty).options == {
        "$expand": "ReleaseVersions($top=0)"
    }


@pytest.mark.parametrize(("one", "other"), [(1, True), (Decimal("1.0"), Decimal("1.00")), (1, 1.0)])
def test_queries_with_different_texts_are_different(one, other):
    assert Query(Job).filter(path("X") == one) != Query(Job).filter(path("X") == other)


@pytest.mark.parametrize(
    "build",
    [
        lambda: path("X") == Decimal("sNaN"),
        lambda: Query(Job).filter(path("X") == Decimal("1E+100000")).options,
        lambda: Job.id.in_(5),
        lambda: Instant.parse(None),
        lambda: raw_filter(None),
    ],
)
def test_values_of_any_kind_are_refused_with_advice(build):
    with pytest.raises(QueryError, match=r": (leave|use|write)"):
        build()


def test_a_filter_that_is_nested_too_deep_is_refused():
    condition = Job.id == 1
    for _ in range(3_000):
        condition = ~(condition & (Job.id == 2))
    with pytest.raises(QueryError, match="nested too deep"):
        _ = Query(Job).filter(condition).options
