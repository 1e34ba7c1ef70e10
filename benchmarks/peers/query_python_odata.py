from __future__ import annotations

from builder import report
from odata import ODataService
from odata.property import IntegerProperty, StringProperty

service = ODataService("https://host/odata/", reflect_entities=False, quiet_progress=True)


class Job(service.Entity):
    __odata_type__ = "UiPath.Job"
    __odata_collection__ = "Jobs"
    Id = IntegerProperty("Id", primary_key=True)
    State = StringProperty("State")


def build(number):
    query = service.query(Job).filter(Job.State == "Faulted").filter(Job.Id > number)
    query = query.select(Job.Id, Job.State).order_by(Job.Id.desc()).limit(100)
    return query.as_string().partition("?")[2]


report(build)
