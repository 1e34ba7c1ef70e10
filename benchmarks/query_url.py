"""From a composed query to its URL, and the URL of its next page, each time with another value."""

from __future__ import annotations

import datetime as dt
from itertools import count

from measure import table, take_turns
from yarl import URL

from uipath_odata import Query
from uipath_odata.entities import Session
from uipath_odata.odata.url import query_string

SINCE = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
BASE = "https://cloud.uipath.com/acme/Default/orchestrator_/odata/Sessions"


def composed(since=SINCE):
    return (
        Query(Session)
        .filter(Session.state == "Available", Session.robot.name == "DocBot", Session.reporting_time > since)
        .select(Session.state)
        .expand(Session.robot)
        .order_by(Session.reporting_time.desc())
        .top(2500)
    )


class Varied:
    """Queries of one form that were composed before, each with a time of its own, so that no cache knows them."""

    def __init__(self, queries=300):
        self.queries = [composed(SINCE + dt.timedelta(milliseconds=37 * each)) for each in range(queries)]

    def url(self, turn):
        return URL(f"{BASE}?{self.queries[turn % len(self.queries)].query_string}", encoded=True)


class Following:
    """The pages of one query, each with the next ``$skip``."""

    def __init__(self):
        self.options = composed().options

    def url(self, turn):
        return URL(f"{BASE}?{query_string({**self.options, '$skip': str(turn * 1000)})}", encoded=True)


def repeated(url, times):
    turns = count()

    def run():
        for _ in range(times):
            url(next(turns))

    return run


def run(quick):
    times = 200 if quick else 3_000
    options = composed().options
    ours = URL(f"{BASE}?{composed().query_string}", encoded=True)
    assert dict(ours.query) == options == dict(URL(BASE).with_query(options).query)
    variants = {
        "yarl with_query of ready texts": lambda turn: URL(BASE).with_query({**options, "$skip": str(turn)}),
        "uipath_odata, composed query to URL": Varied().url,
        "uipath_odata, composing too": lambda turn: URL(
            f"{BASE}?{composed(SINCE + dt.timedelta(seconds=turn)).query_string}", encoded=True
        ),
        "uipath_odata, next page's URL": Following().url,
    }
    samples = take_turns(
        {name: repeated(url, times) for name, url in variants.items()}, 3 if quick else 15, times
    )
    return [table("Query to URL", samples, next(iter(variants)))]
