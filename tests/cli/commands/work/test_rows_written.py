"""Rows on a terminal: a table where it fits, a line for each value where it does not."""

from __future__ import annotations

from uipath_odata.cli.commands.work.rows_written import RowsWritten

ROWS = [
    {"Id": 1, "Name": "one", "Robot": {"Name": "R1"}, "Info": None},
    {"Id": 2, "Name": "x" * 70, "Robot": None, "Info": "a\nb"},
]


def shown(capsys, *pages, **facts):
    output = RowsWritten("table", **facts)
    for page in pages:
        output.write(page)
    output.end()
    return capsys.readouterr().out


def test_a_table_that_fits_has_a_line_for_each_row(capsys):
    said = shown(capsys, ROWS, columns=["Id", "Robot/Name"], width=80)
    assert said == "Id  Robot/Name\n1   R1\n2\n"


def test_a_table_that_is_too_wide_has_a_line_for_each_value_that_is_there(capsys):
    said = shown(capsys, ROWS[:1], ROWS[1:], width=25)
    assert said == (
        f'Id     1\nName   one\nRobot  {{"Name":"R1"}}\n\nId     2\nName   {"x" * 70}\nInfo   a b\n'
    )


def test_no_terminal_no_width(capsys):
    assert shown(capsys, ROWS).startswith("Id  Name")
