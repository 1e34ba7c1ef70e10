"""From a composed query to its URL, and the URL of its next page."""

from __future__ import annotations

import datetime as dt

from measure import table, take_turns
from yarl import URL

from uipath_odata import Query
from uipath_odata.entities import Session
from uipath_odata.odata.percent import query_string

SINCE = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
BASE = "https://cloud.uipath.com/acme/Default/orchestrator_/odata/Sessions"


def composed():
    return (
        Query(Session)
        .filter(Session.state == "Available", Session.robot.name == "DocBot", Session.reporting_time > SINCE)
        .select(Session.state)
        .expand(Session.robot)
        .order_by(Session.reporting_time.desc())
        .top(2500)
    )


def repeated(call, times):
    def run():
        for _ in range(times):
            call()

    return run


def run(quick):
    times = 200 if quick else 5_000
    query = composed()
    options = query.options
    ours = URL(f"{BASE}?{query.query_string}", encoded=True)
    assert dict(ours.query) == options == dict(URL(BASE).with_query(options).query)
    variants = {
        "yarl with_query of ready texts": lambda: URL(BASE).with_query(options),
        "uipath_odata, composed query to URL": lambda: URL(f"{BASE}?{query.query_string}", encoded=True),
        "uipath_odata, composing too": lambda: URL(f"{BASE}?{composed().query_string}", encoded=True),
        "uipath_odata, next page's URL": lambda: URL(
            f"{BASE}?{query_string({**options, '$skip': '1000'})}", encoded=True
        ),
    }
    samples = take_turns(
        {name: repeated(call, times) for name, call in variants.items()}, 3 if quick else 9, times
    )
    return table("Query to URL", samples, next(iter(variants)))
