"""A page's JSON to entities, beside JSON alone and plain cattrs."""

from __future__ import annotations

import datetime as dt
from itertools import cycle
from uuid import UUID

import attrs
import cattrs
import orjson
from measure import table, take_turns
from rows import PAGE, page

from uipath_odata.entities import Job, RobotLog
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.rows.struct_pages import StructPageReader


def plain_cattrs(rows):
    """Structure the same properties as optional attributes of plain attrs classes, as cattrs' guide does."""
    converter = cattrs.Converter(detailed_validation=False)
    converter.register_structure_hook(dt.datetime, lambda text, _: dt.datetime.fromisoformat(text))
    converter.register_structure_hook(UUID, lambda text, _: UUID(text))
    return converter, _class_for("Row", rows[0])


def _class_for(name, row):
    fields = {key: attrs.field(default=None, type=_type_of(key, value)) for key, value in row.items()}
    return attrs.make_class(name, fields, slots=True)


def _type_of(key, value):
    if isinstance(value, dict):
        return _class_for(key, value) | None
    if key.endswith("Time") or key == "TimeStamp":
        return dt.datetime | None
    if key.endswith("Key") and key != "ProcessKey":
        return UUID | None
    return type(value) | None if value is not None else str | None


def run(quick):
    rounds = 5 if quick else 50
    texts = []
    for kind, entity in (("logs", RobotLog), ("jobs", Job)):
        bodies = cycle([page(kind, number, PAGE) for number in range(7)])
        rows = orjson.loads(next(bodies))["value"]
        converter, row_class = plain_cattrs(rows)
        read = StructPageReader(entity)
        assert (
            len(converter.structure(rows, list[row_class]))
            == len(decode(entity, read(next(bodies))[0]))
            == PAGE
        )
        variants = {
            "orjson.loads": lambda bodies=bodies: orjson.loads(next(bodies)),
            "uipath_odata": lambda bodies=bodies, entity=entity, read=read: decode(
                entity, read(next(bodies))[0]
            ),
            "orjson.loads + plain cattrs": lambda bodies=bodies, made=converter, kind=row_class: (
                made.structure(orjson.loads(next(bodies))["value"], list[kind])
            ),
        }
        samples = take_turns(variants, rounds, PAGE)
        texts.append(table(f"Decode a page of {kind}, a row", samples, "orjson.loads"))
    return texts
