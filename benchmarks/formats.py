"""From the bytes of a page of logs to the bytes of a file: ours beside reading rows and writing them again."""

from __future__ import annotations

import csv
import functools
import io
from collections import deque
from itertools import cycle

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from measure import table, take_turns
from rows import PAGE, page

from uipath_odata import Query
from uipath_odata.entities import RobotLog
from uipath_odata.export.formats import Shape, writer_of
from uipath_odata.export.parts.row_bytes import RowBytes
from uipath_odata.odata.rows.raw_row import read_raw_page

AS_SENT = RowBytes()
NAMES = {"jsonl": "JSONL", "csv": "CSV", "parquet": "Parquet"}


def ours(pages, format_):
    writer = writer_of(format_, Shape.of(Query(RobotLog)))
    for rows in pages:
        deque(writer.write(rows), 0)
    writer.close()


def read(bodies):
    for body in bodies:
        yield AS_SENT.of(read_raw_page(body, ("TimeStamp",))[0])


def loaded(bodies):
    for body in bodies:
        yield orjson.loads(body)["value"]


def dumped(pages):
    file = io.BytesIO()
    for rows in pages:
        file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def comma_separated(pages):
    file, writer = io.StringIO(), None
    for rows in pages:
        writer = writer or csv.DictWriter(file, rows[0])
        writer.writerows(rows)


def from_pylist(pages):
    pq.write_table(pa.concat_tables(map(pa.Table.from_pylist, pages)), io.BytesIO(), compression="zstd")


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
        write = functools.partial(ours, format_=format_)
        variants = {
            name: lambda plain=plain: plain(loaded(bodies)),
            f"uipath_odata, {NAMES[format_]}": lambda write=write: write(read(bodies)),
            "orjson.loads alone": lambda: deque(loaded(bodies), 0),
            "uipath_odata, reading alone": lambda: deque(read(bodies), 0),
        }
        title = f"A page of logs to {NAMES[format_]}, in memory"
        texts.append(table(title, take_turns(variants, rounds, pages), name, scale=1e3, suffix="ms"))
    return texts
