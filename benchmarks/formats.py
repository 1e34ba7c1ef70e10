"""From the bytes of a page of logs to the bytes of a file: ours beside reading rows and writing them again."""

from __future__ import annotations

import csv
import io
from itertools import cycle

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from measure import table, take_turns
from rows import PAGE, page

from uipath_odata import Query
from uipath_odata.entities import RobotLog
from uipath_odata.export.formats import Shape, writer_of
from uipath_odata.odata.sent_rows import sent_rows

NAMES = {"jsonl": "JSONL", "csv": "CSV", "parquet": "Parquet"}


def ours(bodies, format_):
    writer = writer_of(format_, Shape.of(Query(RobotLog)))
    for body in bodies:
        rows, _, _ = sent_rows(body, ("TimeStamp",))
        writer.write([row.raw for row in rows])
    return writer.close()


def dumped(bodies):
    file = io.BytesIO()
    for body in bodies:
        file.writelines(
            orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in orjson.loads(body)["value"]
        )


def comma_separated(bodies):
    file = io.StringIO()
    writer = None
    for body in bodies:
        rows = orjson.loads(body)["value"]
        writer = writer or csv.DictWriter(file, rows[0])
        writer.writerows(rows)


def from_pylist(bodies):
    tables = [pa.Table.from_pylist(orjson.loads(body)["value"]) for body in bodies]
    pq.write_table(pa.concat_tables(tables), io.BytesIO(), compression="zstd")


PLAIN = {
    "jsonl": ("orjson.loads + dumps", dumped),
    "csv": ("orjson.loads + csv.writer", comma_separated),
    "parquet": ("orjson.loads + pyarrow from_pylist", from_pylist),
}


def run(quick):
    rounds, pages = (1, 2) if quick else (7, 50)
    of_pages = cycle([page("logs", number, PAGE) for number in range(10)])
    bodies = [next(of_pages) for _ in range(pages)]
    texts = []
    for format_, (name, plain) in PLAIN.items():
        variants = {
            name: lambda plain=plain: plain(bodies),
            f"uipath_odata, {NAMES[format_]}": lambda format_=format_: ours(bodies, format_),
        }
        title = f"A page of logs to {NAMES[format_]}, in memory"
        texts.append(table(title, take_turns(variants, rounds, pages), name, scale=1e3, suffix="ms"))
    return texts
