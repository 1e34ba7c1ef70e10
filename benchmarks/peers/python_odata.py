"""python-odata with entities declared by hand, as its guide shows; pages by ``offset`` and ``limit``."""

from __future__ import annotations

import datetime as dt

import requests
from odata import ODataService
from odata.property import BooleanProperty, DatetimeProperty, IntegerProperty, StringProperty
from peer import HEADERS, PAGE, SETS, report, types_of

KINDS = {int: IntegerProperty, bool: BooleanProperty, dt.datetime: DatetimeProperty}


def read(base_url, kind, pages):
    session = requests.Session()
    session.headers.update(HEADERS)
    first = session.get(f"{base_url}/odata/{SETS[kind]}?$top={PAGE}").json()["value"][0]
    service = ODataService(f"{base_url}/odata/", session=session, reflect_entities=False, quiet_progress=True)
    properties = {
        name: KINDS.get(each, StringProperty)(name)
        for name, each in types_of(first).items()
        if not isinstance(each, dict)
    }
    name = SETS[kind]
    entity = type(
        name,
        (service.Entity,),
        {"__odata_type__": f"UiPath.{name}", "__odata_collection__": name, **properties},
    )
    for number in range(pages):
        rows = service.query(entity).offset(number * PAGE).limit(PAGE).all()
        names = list(properties)
        for row in rows:
            for each in names:
                getattr(row, each)  # values are made of their texts when they are asked for
        yield rows


report(read, getattr)
