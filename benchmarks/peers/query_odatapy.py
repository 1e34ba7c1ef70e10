from __future__ import annotations

from builder import report
from odatapy.client import Field, OrderBy, URIBuilder


def build(number):
    builder = URIBuilder("https://host/odata").append_entity_set_segment("Jobs")
    condition = Field("State").eq("Faulted") & Field("Id").gt(number)
    builder.filter(condition).select("Id", "State").orderby(OrderBy(Field("Id").desc())).top(100)
    return builder.build().partition("?")[2]


report(build)
