"""CSV has fixed columns, is read alike by every reader and is safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from itertools import chain

import duckdb
import orjson
import pandas as pd
import pytest

from uipath_odata import Query
from uipath_odata.entities import Job, RobotLog
from uipath_odata.errors import QueryError
from uipath_odata.export.formats import Shape, writer_of
from uipath_odata.export.options import Options


def written(shape, *pages, **options):
    writer = writer_of("csv", shape, **options)
    return b"".join([*chain.from_iterable(map(writer.write, pages)), writer.close()]).decode()


def cells(text):
    return [*csv.DictReader(io.StringIO(text, newline=""), strict=True)]


def row(**values):
    return orjson.dumps(values)


MESSAGE = Shape.of(Query(RobotLog).select(RobotLog.message))


def message(value, **options):
    return cells(written(MESSAGE, [row(Message=value)], **options))[0]["Message"]


def unguarded(text):
    """Take the guard off again, as the guide says."""
    text = re.sub("^'('*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])", r"\1", text)
    return re.sub("([;\t|\r\n])'('*[=+\\-@\uff1d\uff0b\uff0d\uff20])", r"\1\2", text)


def test_the_columns_are_those_of_the_schema_whatever_the_rows_hold(logs):
    header = written(logs)
    assert header.startswith("Level,WindowsIdentity,ProcessName,TimeStamp,")
    assert header.endswith(",Id,_folder_id,_folder_path,_read_at,_deleted,_extra\n")
    assert written(logs, [b"{}"]).startswith(header)
    assert written(logs, [b"{}"], header=False) == "," * header.count(",") + "\n"


def test_values_stay_as_sent():
    shape = Shape.of(Query(Job).select(Job.id, Job.state, Job.end_time, Job.has_media_recorded, Job.info))
    end = "2024-05-14T12:00:00.1234500Z"
    sent = row(Id=302_140_031, State="Faulted", EndTime=end, HasMediaRecorded=True, Info="")
    assert written(shape, [sent]) == (
        f'EndTime,State,Info,HasMediaRecorded,Id,_extra\n"{end}","Faulted","",true,302140031,\n'
    )


def test_expanded_entities_are_flattened_and_other_nested_values_are_json_texts():
    shape = Shape.of(Query(Job).select(Job.id, Job.robot.name).expand(Job.robot, Job.machine))
    text = written(shape, [b'{"Id":1,"Robot":{"Name":"DocBot"},"Machine":null}', b'{"Id":2,"Robot":null}'])
    first, second = cells(text)
    assert (first["Robot.Name"], second["Robot.Name"]) == ("DocBot", "")
    assert first["Machine.Name"] == ""
    kept = cells(written(Shape.of(Query(Job)), [b'{"Robot": {"Name": "A, \\"B\\""}}']))[0]
    assert kept["Robot"] == '{"Name": "A, \\"B\\""}'


def test_what_no_column_holds_is_kept_as_json():
    sent = b'{"Message":"a","New":{"b": 1.50},"Another":null}'
    assert (
        cells(written(MESSAGE, [sent, b'{"Message":"b"}']))[0]["_extra"]
        == '{"Another":null,"New":{"b": 1.50}}'
    )


FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "'=1", "''-1",
    "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "-", "=",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_r105_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe_before_it(text):
    assert message(text).startswith("'")
    assert unguarded(message(text)) == text
    assert message(text, raw_csv=True) == text


INSIDE = [
    "a;=1",
    "a\t-1",
    "a|@SUM(A1)",
    "two\n+1",
    "two\r\n=1",
    "a;'=1",
    ";;=1",
    "\n\n=1",
    "a;=1;=2|-3",
    "a;\uff1d1",
]


@pytest.mark.parametrize("text", INSIDE)
def test_no_reader_that_splits_a_text_elsewhere_finds_a_formula(text):
    told = message(text)
    for splits in (";", "\t", "|", "\r", "\n", "[;\t|\r\n]"):
        pieces = re.split(splits if len(splits) > 1 else re.escape(splits), told)
        assert not any(piece.startswith(("=", "+", "-", "@", "\uff1d")) for piece in pieces)
    assert unguarded(told) == text
    assert message(text, raw_csv=True) == text


@pytest.mark.parametrize("delimiter", [";", "|", "\t", "\x1f"])
def test_cells_stand_between_the_delimiter_that_was_asked_for(delimiter):
    shape = Shape.of(Query(RobotLog).select(RobotLog.message, RobotLog.machine_id))
    data = written(shape, [row(Message='a,=1;b"c', MachineId=5)], delimiter=delimiter)
    [header, line] = csv.reader(io.StringIO(data), delimiter=delimiter)
    assert dict(zip(header, line, strict=True)) == {"Message": "a,'=1;b\"c", "MachineId": "5", "_extra": ""}


@pytest.mark.parametrize("delimiter", ["", "ab", '"', "\n", "\r", "a", "1", ".", "-", "'", "\0", "ü"])
def test_a_delimiter_that_cells_may_hold_is_refused(delimiter):
    with pytest.raises(QueryError, match="cannot stand between cells: write one sign"):
        Options(delimiter=delimiter)


def test_a_delimiter_and_whole_characters_are_for_their_formats():
    with pytest.raises(QueryError, match="delimiter= is for csv"):
        Options(delimiter=";").check_format("jsonl")
    with pytest.raises(QueryError, match="replace_surrogates is for jsonl"):
        Options(replace_surrogates=True).check_format("parquet")


@pytest.mark.parametrize(
    "text", ["", "a=1", " =1", "'a", "'", '"=1"', "1-2", "\u2212", "null", "\\=1", "\x00=", "\ufeff="]
)
def test_r105_other_texts_stay_as_they_are(text):
    assert message(text) == text


def test_r105_numbers_are_not_touched():
    shape = Shape.of(Query(RobotLog).select(RobotLog.machine_id))
    assert written(shape, [row(MachineId=-5)], header=False) == "-5,\n"


def test_r105_unknown_fields_cannot_begin_a_cell():
    assert cells(written(MESSAGE, [row(**{"=1": "=2"})]))[0]["_extra"] == '{"=1":"=2"}'


NASTY = [
    "a,b",
    'say "hi"',
    "two\nlines",
    "two\r\nlines",
    "tab\there",
    " padded ",
    "ü ─ 🤖",
    "",
    None,
    "a\\b",
    "c;d",
]


def test_quoting_is_read_back_by_the_csv_module_pandas_and_duckdb(tmp_path):
    path = tmp_path / "logs.csv"
    shape = Shape.of(Query(RobotLog).select(RobotLog.message, RobotLog.id))
    text = written(shape, [row(Message=text, Id=n) for n, text in enumerate(NASTY)])
    path.write_bytes(text.encode())
    assert [line["Message"] for line in cells(text)] == [text or "" for text in NASTY]
    frame = pd.read_csv(path, keep_default_na=False, encoding="utf-8", lineterminator="\n")
    assert frame["Message"].to_list() == [text or "" for text in NASTY]
    assert frame["Id"].to_list() == [*range(len(NASTY))]
    found = duckdb.sql(
        f"select Message, Id from read_csv('{path}', allow_quoted_nulls=false, all_varchar=true)"
    ).fetchall()
    assert [text for text, _ in found] == NASTY
