"""How far logs are complete by the server's own clock."""

from __future__ import annotations

import datetime as dt

import pytest

from uipath_odata.errors import QueryError
from uipath_odata.export.incremental.settle import settled_until
from uipath_odata.odata.instant import Instant


@pytest.mark.parametrize(
    "date", ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
)
def test_five_minutes_before_the_servers_clock_in_each_form_of_it(date):
    """R77, R101."""
    assert settled_until(date) == Instant.parse("1994-11-06T08:44:37Z")


def test_another_lag_is_cut_to_a_whole_tie_unit():
    lag = dt.timedelta(seconds=1, microseconds=1)
    bound = settled_until("Sun, 06 Nov 1994 08:49:37 GMT", lag=lag, tie_unit=100_000)
    assert bound == Instant.parse("1994-11-06T08:49:35.99Z")


@pytest.mark.parametrize(
    "date", ["", "soon", "1994-11-06T08:49:37Z", "Sun, 06 Nov 99999999999999999999 08:49:37 GMT"]
)
def test_what_is_no_date_is_refused(date):
    with pytest.raises(QueryError, match="Date header"):
        settled_until(date)
