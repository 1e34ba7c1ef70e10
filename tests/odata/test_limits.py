from __future__ import annotations

import pytest

from uipath_odata import Expand, Query
from uipath_odata.entities import Job, Release, Session
from uipath_odata.errors import QueryError
from uipath_odata.odata.limits import check_limits


def many(count, entity=Job):
    condition = entity.id == 0
    for number in range(1, count):
        condition |= entity.id == number
    return condition


def test_a_hundred_comparisons_pass_and_one_more_does_not():
    check_limits(Query(Job).filter(many(100)))
    with pytest.raises(
        QueryError, match=r"101 comparisons, and Orchestrator allows 100: ask in several queries$"
    ):
        check_limits(Query(Job).filter(many(101)))


def test_functions_lambdas_and_the_plans_own_comparisons_count():
    inside = Release.tags.any(lambda tag: (tag.name == "x") & tag.name.contains("y"))
    query = Query(Release).filter(
        many(95, Release), inside, Release.name.startswith("x"), Release.id.in_([1, 2])
    )
    check_limits(query, added=1)
    with pytest.raises(
        QueryError,
        match=r"99 comparisons and its plan adds 2, and Orchestrator allows 100: .*or for one page with top\(n\)",
    ):
        check_limits(query, added=2)


def test_five_order_terms_pass_and_six_do_not():
    terms = [Job.id, Job.info, Job.state, Job.key, Job.start_time.desc()]
    check_limits(Query(Job).order_by(*terms))
    with pytest.raises(QueryError, match="6 terms and Orchestrator allows 5: leave the last ones out"):
        check_limits(Query(Job).order_by(*terms, Job.end_time))


def test_fifty_values_and_two_thousand_characters_pass_in_one_in():
    check_limits(Query(Job).filter(Job.id.in_(range(50))))
    with pytest.raises(
        QueryError,
        match=r"51 values of \d+ characters, and 50 of 2000 are safe in one request: ask in several queries",
    ):
        check_limits(Query(Job).filter(~Job.id.in_(range(51))))
    long = [f"{number:02d}{'x' * 35}" for number in range(50)]
    check_limits(Query(Job).filter(Job.info.in_(long)))
    with pytest.raises(QueryError, match="50 values of 2001 characters"):
        check_limits(Query(Job).filter(Job.info.in_([f"{long[0]}x", *long[1:]])))


def test_the_limits_hold_inside_expand():
    with pytest.raises(QueryError, match="101 comparisons"):
        check_limits(Query(Session).expand(Session.job, Expand(Job).filter(many(101))))
    with pytest.raises(QueryError, match="6 terms"):
        check_limits(Query(Session).expand(Session.job, Expand(Job).order_by(*[Job.id] * 6)))
