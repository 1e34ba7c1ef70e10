"""Parquet has one schema, and its columns and ``_extra`` together lose nothing."""

from __future__ import annotations

import datetime as dt
import io
from itertools import chain

import duckdb
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uipath_odata import Query
from uipath_odata.entities import Job, License, QueueProcessingRecord, RobotLog
from uipath_odata.errors import DecodeError
from uipath_odata.export.formats import Shape, writer_of
from uipath_odata.export.formats.parquet import ParquetWriter


def written(shape, *pages, timestamps="ns"):
    writer = writer_of("parquet", shape, timestamps=timestamps)
    return b"".join([*chain.from_iterable(map(writer.write, pages)), writer.close()])


def table(shape, *pages):
    return pq.read_table(io.BytesIO(written(shape, *pages)))


def only(shape, text):
    """Read one row back, without its nulls."""
    (row,) = table(shape, [text]).to_pylist()
    return {name: value for name, value in row.items() if value is not None}


def row(**values):
    return orjson.dumps(values)


def test_the_schema_is_that_of_the_entity_whatever_the_rows_hold(logs):
    schema = table(logs).schema
    assert schema.names[0] == "Level"
    assert schema.names[-5:] == ["_folder_id", "_folder_path", "_read_at", "_deleted", "_extra"]
    assert schema.field("TimeStamp").type == pa.timestamp("ns", "UTC")
    assert schema.field("Id").type == pa.int64()
    assert table(logs, [b"{}"]).schema == schema
    assert table(logs, [row(Id="x", Brand=["new"], Level={})]).schema == schema


def test_expanded_entities_are_structs_and_other_nested_values_json_texts():
    shape = Shape.of(Query(Job).expand(Job.robot))
    sent = b'{"Robot":{"Name":"DocBot","Id":null},"Release": {"Id": 1},"StartTime":"2024-05-14T12:00:00.1234567Z"}'
    (found,) = table(shape, [sent]).to_pylist()
    assert {name: value for name, value in found["Robot"].items() if value is not None} == {"Name": "DocBot"}
    assert found["Release"] == '{"Id": 1}'
    assert found["StartTime"].value == 1_715_688_000_123_456_700
    assert only(shape, b'{"Robot":null}') == {}


def test_int64_dates_of_licences_stay_numbers():
    shape = Shape.of(Query(License))
    assert only(shape, row(ExpireDate=1_735_689_599))["ExpireDate"] == 1_735_689_599


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "2262-04-11T23:47:16.8547759Z", "tomorrow", ""],
)
def test_r102_a_date_time_out_of_range_is_null_and_its_text_is_kept(text):
    shape = Shape.of(Query(RobotLog))
    sent = [row(TimeStamp=text, Id=1), row(TimeStamp="2024-05-14T12:00:00", Id=2)]
    first, second = table(shape, sent).to_pylist()
    assert first["TimeStamp"] is None
    assert orjson.loads(first["_extra"]) == {"TimeStamp": text}
    assert second["TimeStamp"].value == 1_715_688_000_000_000_000
    assert second["_extra"] is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b'{"Id":true}', {"_extra": '{"Id":true}'}),
        (b'{"Id":9223372036854775808}', {"_extra": '{"Id":9223372036854775808}'}),
        (b'{"Id":"9223372036854775807"}', {"Id": 9223372036854775807}),
        (b'{"Id":1.0}', {"_extra": '{"Id":1.0}'}),
        (b'{"Id":1e999}', {"_extra": '{"Id":1e999}'}),
        (b'{"Message":{"a": [1]}}', {"_extra": '{"Message":{"a": [1]}}'}),
        (b'{"Level":4}', {"Level": "4"}),
        (b'{"x.y":1,"New":null}', {"_extra": '{"New":null,"x.y":1}'}),
        (b'{"message":"other case"}', {"Message": "other case"}),
        (b'{"message":"b","Message":"a"}', {"Message": "a", "_extra": '{"message":"b"}'}),
        (b'{"message":"a","MESSAGE":"b"}', {"Message": "a", "_extra": '{"MESSAGE":"b"}'}),
        (b'{"Message":"a","Message":"b"}', {"Message": "b"}),
        (b'\xef\xbb\xbf {"Id":1}', {"Id": 1}),
        (b'{"Message":"cut \\ud83d","Id":1}', {"Message": '"cut \\ud83d"', "Id": 1}),
        (b'{"New":["\\ud83d"], "\\ude00": 2}', {"_extra": r'{"\"\\ude00\"":2,"New":"[\"\\ud83d\"]"}'}),
        (b'{"Message":"nul \\u0000"}', {"Message": "nul \x00"}),
        (b" { } ", {}),
    ],
)  # fmt: skip
def test_r102_what_no_column_can_hold_is_kept_and_nothing_crashes(sent, kept):
    assert only(Shape.of(Query(RobotLog)), sent) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (b"0.1", {"SuccessfulTransactionsProcessingTime": 0.1}),
        (b"12", {"SuccessfulTransactionsProcessingTime": 12.0}),
        (b'"NaN"', {"_extra": '{"SuccessfulTransactionsProcessingTime":"NaN"}'}),
        (b"1e400", {"_extra": '{"SuccessfulTransactionsProcessingTime":1e400}'}),
        (
            b"1e99999999999999999999",
            {"_extra": '{"SuccessfulTransactionsProcessingTime":1e99999999999999999999}'},
        ),
        (b"null", {}),
        (
            b"0.12345678901234567890",
            {"_extra": '{"SuccessfulTransactionsProcessingTime":0.12345678901234567890}'},
        ),
    ],
)
def test_r102_a_number_that_a_double_rounds_keeps_its_digits(text, kept):
    shape = Shape.of(Query(QueueProcessingRecord))
    assert only(shape, b'{"SuccessfulTransactionsProcessingTime":%b}' % text) == kept


@pytest.mark.parametrize(
    "sent",
    [
        b"[]",
        b"5",
        b"",
        b'{"Id":1',
        b'{"Id":NaN}',
        b'{"Id":1}}',
        b"{1:2}",
        b'{"Id" 1}',
        b'{"Id":1 "a":2}',
        b'{"Id":1,}',
        b"\xff{}",
    ],
)
def test_what_is_no_json_object_is_an_error_that_says_what_to_do(sent):
    with pytest.raises(DecodeError, match="export again"):
        written(Shape.of(Query(RobotLog)), [sent])


LOGS = Shape.of(Query(RobotLog))


def test_r107_row_groups_are_bounded_by_rows_and_by_bytes():
    writer = ParquetWriter(LOGS, group_rows=10, group_bytes=1_000)
    small, large = row(Id=1), row(Message="x" * 600)
    data = b"".join([*writer.write([small] * 25), *writer.write([large] * 4), writer.close()])
    file = pq.ParquetFile(io.BytesIO(data))
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [10, 10, 7, 2]
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_a_newer_servers_fields_are_kept_from_the_first_row_to_the_last():
    sent = [row(Id=n, Newer=n) for n in range(2_500)]
    found = table(LOGS, *(sent[n : n + 700] for n in range(0, 2_500, 700)))
    assert [orjson.loads(text) for text in found["_extra"].to_pylist()] == [
        {"Newer": n} for n in range(2_500)
    ]
    assert found["Id"].to_pylist() == [*range(2_500)]


def test_what_was_learned_of_earlier_rows_changes_no_later_one():
    first = [row(Newer=1, message="a", Message="b"), row(**{"Odd \n name": 1}), row(Id=None)]
    later = [
        row(message="other case"),
        row(Newer=None, Id=2),
        row(Newer={"a": 1}, Message=5),
        row(),
        row(**{"Odd \n name": 2}),
    ]
    shape = Shape.of(Query(RobotLog).select(RobotLog.message, RobotLog.id))
    knows, new = writer_of("csv", shape, header=False), writer_of("csv", shape, header=False)
    assert [*knows.write(first)]
    assert [*knows.write(later)] == [*new.write(later)]


def test_more_new_fields_than_anyone_learns_are_kept_too():
    sent = [row(Id=n, Newer=n, **{f"Field{n}": None}) for n in range(600)]
    writer = writer_of("csv", Shape.of(Query(RobotLog).select(RobotLog.id)), header=False)
    lines = (
        b"".join(piece for n in range(0, 600, 50) for piece in writer.write(sent[n : n + 50]))
        .decode()
        .splitlines()
    )
    expected = [orjson.dumps({f"Field{n}": None, "Newer": n}).decode() for n in range(600)]
    assert lines == [f'{n},"{text}"' for n, text in enumerate(text.replace('"', '""') for text in expected)]


def microseconds(shape, *texts):
    return pq.read_table(io.BytesIO(written(shape, texts, timestamps="us")))


def test_date_times_are_microseconds_with_the_exact_text_where_orchestrator_sends_more_digits():
    sent = [
        "2024-05-14T12:00:00.1234567Z",
        "1969-12-31T23:59:59.9999999Z",
        "0001-01-01T00:00:00Z",
        "2024-05-14T12:00:00",
        None,
    ]
    found = microseconds(Shape.of(Query(RobotLog)), *(row(TimeStamp=text) for text in sent))
    assert found.schema.field("TimeStamp").type == pa.timestamp("us", "UTC")
    assert found.schema.names[found.schema.get_field_index("TimeStamp") + 1] == "TimeStamp_text"
    assert found["TimeStamp_text"].to_pylist() == sent
    day = 86_400_000_000
    assert found["TimeStamp"].cast(pa.int64()).to_pylist() == [
        1_715_688_000_123_456,
        -1,
        -719_162 * day,
        1_715_688_000_000_000,
        None,
    ]
    assert found["_extra"].null_count == 5


def test_a_digit_that_no_column_was_foreseen_for_is_kept_in_extra():
    shape = Shape.of(Query(Job).expand(Job.robot))
    assert "StartTime_text" not in microseconds(shape).schema.names
    found = microseconds(
        shape,
        row(StartTime="2024-05-14T12:00:00.1234567Z"),
        row(StartTime="2024-05-14T12:00:00.1234560Z"),
        row(StartTime="soon"),
    )
    assert found["_extra"].to_pylist() == [
        '{"StartTime":"2024-05-14T12:00:00.1234567Z"}',
        None,
        '{"StartTime":"soon"}',
    ]
    assert found["StartTime"].cast(pa.int64()).to_pylist() == [
        1_715_688_000_123_456,
        1_715_688_000_123_456,
        None,
    ]


def test_every_reader_takes_the_times(tmp_path):
    file = tmp_path / "logs.parquet"
    file.write_bytes(
        written(Shape.of(Query(RobotLog)), [row(TimeStamp="2024-05-14T12:00:00.1234567Z")], timestamps="us")
    )
    wanted = dt.datetime(2024, 5, 14, 12, 0, 0, 123_456, tzinfo=dt.UTC)
    assert pd.read_parquet(file)["TimeStamp"][0] == wanted
    (found,) = duckdb.connect().sql(f"select epoch_us(TimeStamp), TimeStamp_text from '{file}'").fetchall()
    assert found == (1_715_688_000_123_456, "2024-05-14T12:00:00.1234567Z")
