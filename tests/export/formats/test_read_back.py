"""Whatever a server sends is read back, by readers of others and a model that shares no code with the writers."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from decimal import Decimal
from itertools import chain

import attrs
import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uipath_odata import Query
from uipath_odata.entities import QueueItem, RobotLog
from uipath_odata.export.formats import Shape, writer_of
from uipath_odata.export.formats.parquet import ParquetWriter

from .test_csv_text import unguarded

TEXT = st.text(max_size=12)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
INT64 = st.integers(-(2**63), 2**63 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
MOMENT = st.one_of(
    st.builds(
        "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}{}{}".format,
        st.sampled_from([1, 1600, 1677, 1678, 1970, 2024, 2261, 2262, 9999]),
        st.integers(1, 12),
        st.integers(1, 28),
        st.integers(0, 23),
        st.integers(0, 59),
        st.integers(0, 59),
        st.sampled_from(["", ".1", ".147", ".1234567", ".9999999"]),
        st.sampled_from(["Z", "Z", "Z", "", "+02:00", "-11:30"]),
    ),
    st.sampled_from(
        ["2262-04-11T23:47:16.8547758Z", "2262-04-11T23:47:16.8547759Z", "soon", "2024-02-30T00:00:00Z"]
    ),
)
VALUES = {
    "text": TEXT,
    "enum": st.sampled_from(["Info", "Error", "Brand new"]) | st.integers(0, 9),
    "integer": INT64,
    "number": NUMBER,
    "boolean": st.booleans(),
    "timestamp": MOMENT,
    "json": JSON,
}
UNKNOWN = st.dictionaries(
    st.one_of(
        st.sampled_from(["New", "x.y", "@odata.type", 'quote"d', "ключ"]), st.text(min_size=1, max_size=5)
    ),
    JSON,
    max_size=2,
)


def rows_of(columns):
    """Objects that conform to the columns, with members left out, null, of another type, and unknown ones."""
    known = {column.name: st.none() | value_of(column) for column in columns}
    odd = st.dictionaries(st.sampled_from([*known]), JSON, max_size=2)
    lower = {name.lower() for name in known}
    unknown = UNKNOWN.map(
        lambda found: {name: value for name, value in found.items() if name.lower() not in lower}
    )
    return st.builds(
        lambda row, added, retyped: row | added | retyped,
        st.fixed_dictionaries({}, optional=known),
        unknown,
        odd,
    )


def value_of(column):
    return rows_of(column.columns) if column.kind == "entity" else VALUES[column.kind]


LAYOUTS = st.sampled_from([{}, {"indent": 1}, {"ensure_ascii": False}, {"separators": (",", ":")}])


def bytes_of(row, layout):
    return json.dumps(row, **layout).encode()


def parsed(text):
    return json.loads(text, parse_float=Decimal)


def truth(columns, row):
    """What must come back of a parsed row: its members but null, each in the form that its column holds."""
    kinds = {column.name: column for column in columns}
    return {
        name: canonical(kinds[name], value) if name in kinds else value
        for name, value in row.items()
        if value is not None
    }


def canonical(column, value):
    if column.kind == "entity" and isinstance(value, dict):
        return truth(column.columns, value)
    if column.kind == "timestamp" and isinstance(value, str):
        return nanoseconds(value)
    if (
        column.kind == "integer"
        and isinstance(value, str)
        and re.fullmatch(r"-?(0|[1-9]\d*)", value, re.ASCII)
    ):
        return int(value) if -(2**63) <= int(value) < 2**63 else value
    if column.kind == "enum" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Number(value)
    return value


class Number:
    """An enum's number, which comes back as the text of it."""

    def __init__(self, value):
        self.value = Decimal(value)

    def __eq__(self, other):
        return isinstance(other, str) and Decimal(other) == self.value

    __hash__ = None


EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def nanoseconds(text):
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)?", text)
    try:
        whole = dt.datetime.fromisoformat(match[1]).replace(tzinfo=dt.UTC) - EPOCH if match else None
    except ValueError:
        whole = None
    if whole is None:
        return text
    seconds = whole.days * 86_400 + whole.seconds - offset(match[3] or "Z")
    found = seconds * 10**9 + int((match[2] or "").ljust(9, "0"))
    return found if -(2**63) < found < 2**63 else text


def offset(zone):
    if zone == "Z":
        return 0
    return int(zone[0] + "1") * (int(zone[1:3]) * 3600 + int(zone[4:]) * 60)


def rebuilt(columns, cells, extra):
    """Put a row together again from its cells and ``_extra``; no member may be in both."""
    row = {}
    for column in columns:
        value = cells[column.name]
        if value is None:
            continue
        if column.kind == "entity":
            row[column.name] = rebuilt(column.columns, value, extra.pop(column.name, {}))
        else:
            row[column.name] = parsed(value) if column.kind == "json" else value
    assert not row.keys() & extra.keys()
    return row | {name: value for name, value in extra.items() if value is not None}


def written(kind, shape, rows, **options):
    writer = writer_of(kind, shape, **options)
    return b"".join([*writer.write(rows), writer.close()])


LOGS = Shape.of(Query(RobotLog))
DUCKDB = duckdb.connect()
SHAPES = {"logs": LOGS, "items": Shape.of(Query(QueueItem).expand(QueueItem.robot, QueueItem.reviewer_user))}


def read_raw_page(shape):
    return st.lists(st.builds(bytes_of, rows_of(shape.columns), LAYOUTS), max_size=6)


@pytest.mark.parametrize("name", SHAPES)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_r102_parquet_rows_come_back_in_pyarrow_duckdb_and_pandas_and_nothing_is_lost(
    name, data, tmp_path_factory
):
    shape = SHAPES[name]
    sent = data.draw(read_raw_page(shape))
    path = tmp_path_factory.getbasetemp() / "rows.parquet"
    path.write_bytes(written("parquet", shape, sent, timestamps="ns"))
    expected = [truth(shape.columns, parsed(text)) for text in sent]
    assert back(shape, pq.read_table(path)) == expected
    assert back(shape, DUCKDB.sql(f"from '{path}'").to_arrow_table()) == expected
    assert DUCKDB.sql(f"select * from '{path}' where not json_valid(_extra)").fetchall() == []
    frame = pd.read_parquet(path, dtype_backend="pyarrow")
    assert back(shape, pa.table({name: pa.array(frame[name]) for name in frame})) == expected


@pytest.mark.parametrize("name", SHAPES)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_csv_rows_come_back_in_duckdb_pandas_and_the_csv_module_and_nothing_is_lost(
    name, data, tmp_path_factory
):
    shape = Shape(SHAPES[name].entity, as_texts(SHAPES[name].columns))
    sent = data.draw(read_raw_page(shape))
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    path.write_bytes(written("csv", shape, sent))
    text = path.read_bytes().decode()
    names, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    frame = pd.read_csv(path, keep_default_na=False, dtype=str, lineterminator="\n")
    assert [[*line] for line in frame.itertuples(index=False)] == lines
    options = "header=true, all_varchar=true, allow_quoted_nulls=false, delim=',', quote='\"', escape='\"', new_line='\\n'"
    cells = DUCKDB.sql(f"from read_csv('{path}', {options})").fetchall()
    assert [[cell or "" for cell in line] for line in cells] == lines
    sent_cells = [[cell and unguarded(cell) for cell in line] for line in cells]
    found = [of_cells(shape.columns, dict(zip(names, line, strict=True))) for line in sent_cells]
    assert found == [without_empty(shape.columns, truth(shape.columns, parsed(text))) for text in sent]


def as_texts(columns):
    """CSV holds date-times as they were sent."""
    return tuple(
        attrs.evolve(
            column,
            kind="text" if column.kind == "timestamp" else column.kind,
            columns=as_texts(column.columns),
        )
        for column in columns
    )


READ = {"integer": int, "number": Decimal, "boolean": {"true": True, "false": False}.get, "json": parsed}


def of_cells(columns, cells, above="", extra=None):
    extra = parsed(cells["_extra"] or "{}") if extra is None else extra
    row = {}
    for column in columns:
        cell = cells.get(above + column.name)
        if column.kind == "entity":
            row[column.name] = of_cells(
                column.columns, cells, f"{above}{column.name}.", taken(extra, column.name)
            )
        elif cell is not None:
            row[column.name] = READ.get(column.kind, str)(cell)
    row |= {name: value for name, value in extra.items() if value is not None and not row.get(name)}
    return without_empty(columns, row)


def taken(extra, name):
    """A member of ``_extra`` that is an object belongs to the columns of the entity."""
    return extra.pop(name) if isinstance(extra.get(name), dict) else {}


def without_empty(columns, row):
    """A cell cannot tell an entity without any value from none."""
    nested = {column.name: column.columns for column in columns if column.kind == "entity"}
    pruned = {
        name: without_empty(nested[name], value) if name in nested and isinstance(value, dict) else value
        for name, value in row.items()
    }
    return {name: value for name, value in pruned.items() if name not in nested or value != {}}


def back(shape, read):
    found = plain(read).to_pylist()
    return [rebuilt(shape.columns, cells, parsed(cells["_extra"] or "{}")) for cells in map(decimals, found)]


def decimals(value):
    if isinstance(value, dict):
        return {name: decimals(inner) for name, inner in value.items()}
    return Decimal(repr(value)) if isinstance(value, float) else value


def plain(read):
    """Return date-times as nanoseconds."""
    return pa.table({name: numbers(read[name]) for name in read.column_names})


def numbers(column):
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("ns", column.type.tz)).cast(pa.int64())
    if pa.types.is_struct(column.type):
        inner = [numbers(column.field(place)) for place in range(column.type.num_fields)]
        return pa.StructArray.from_arrays(
            inner, names=[field.name for field in column.type], mask=column.is_null()
        )
    return column


@given(sent=st.lists(st.builds(bytes_of, rows_of(LOGS.columns), LAYOUTS), max_size=12), data=st.data())
@settings(max_examples=25, deadline=None)
def test_equal_rows_give_equal_bytes_however_they_come(sent, data):
    def bytes_in(*pages):
        writer = ParquetWriter(LOGS, timestamps="ns", group_rows=5, group_bytes=2_000)
        return b"".join([*chain.from_iterable(map(writer.write, pages)), writer.close()])

    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=4)))
    pages = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    assert bytes_in(*pages) == bytes_in(sent)
