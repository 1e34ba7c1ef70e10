from __future__ import annotations

from builder import report

from uipath_odata import Query
from uipath_odata.entities import Job


def build(number):
    query = Query(Job).filter(Job.state == "Faulted", Job.id > number).select(Job.id, Job.state)
    return query.order_by(Job.id.desc()).top(100).query_string


report(build)
