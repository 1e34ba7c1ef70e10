"""The screen of an export: no line wraps, it says why it waits, and it moves while no event comes."""

from __future__ import annotations

import io
import re

import attrs
import pytest
from rich.console import Console

from uipath_odata.cli.exporting.live import live
from uipath_odata.cli.exporting.summary import RunSummary
from uipath_odata.export import Event

LONG = "Shared/Übersicht/" + "a very long name of a folder/" * 4


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def shown(events, *, width=80, clock=None, lists=3, wait=0.0):
    """Return the lines that a terminal of this width shows, after colours and movements are left out."""
    out, clock = io.StringIO(), clock or Clock()
    console = Console(file=out, width=width, force_terminal=True, highlight=False, _environ={})
    with live(lists, console, clock) as show:
        for event in events:
            show(event)
        clock.now += wait
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", out.getvalue())
    return [line for line in re.split(r"[\r\n]+", plain) if line.strip()]


def progress(rows=1_200, **facts):
    facts = {"expected": 2_400, "new_rows": rows, **facts}
    return Event(event="progress", entity_set="Jobs", rows=rows, seconds=2.0, **facts)


def complete(**facts):
    return Event(
        event="complete",
        entity_set="Jobs",
        **{"rows": 2_178, "new_rows": 2_178, "proven": True, "file": "lake/Jobs", **facts},
    )


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("folder", [None, "Shared/Finance", LONG])
def test_no_line_is_wider_than_the_terminal(width, folder):
    notes = ("a note that is so long that it has to be continued on another line of the screen, " * 2,)
    events = [
        progress(folder=folder),
        complete(folder=folder, tenant="acme"),
        complete(proven=False, reason=notes[0]),
    ]
    assert max(map(len, shown(events, width=width))) <= width


def test_a_list_that_ended_is_one_line_with_its_folder_rows_and_proof():
    (line,) = [each for each in shown([complete(folder="Shared/Finance")]) if each.startswith("✓")]
    assert re.fullmatch(r"✓ Jobs · Shared/Finance +2,178 rows  proven", line)
    assert len(line) <= 80


def test_what_is_not_proven_says_why_below_its_line():
    lines = shown([complete(proven=False, reason="offset pages prove nothing")])
    at = next(number for number, line in enumerate(lines) if line.startswith("!"))
    assert lines[at].endswith("2,178 rows  best effort")
    assert "    offset pages prove nothing" in [line.rstrip() for line in lines[at:]]


def test_a_wait_for_the_rate_limit_counts_down_though_no_event_comes(clock):
    lines = shown([progress(next_request=34.0)], clock=clock, wait=4.0)
    assert any("rate limit, next request in 30 s" in line for line in lines)


def test_a_wait_before_the_first_page_is_told_too(clock):
    waiting = Event(event="waiting", entity_set="Jobs", folder="Shared/Finance", next_request=34.0)
    lines = shown([waiting], clock=clock, wait=4.0)
    assert any(re.search("Shared/Finance +0 rows rate limit, next request in 30 s", line) for line in lines)


def test_an_answer_that_takes_long_moves_both_lines(clock):
    lines = shown([progress()], clock=clock, wait=75.0)
    assert sum(line.rstrip().endswith("last page 1:15 ago") for line in lines) == 2


def test_a_rate_counts_the_rows_of_this_run_alone(clock):
    lines = shown([progress(rows=1_002_000, new_rows=2_000)], clock=clock)
    assert any("2,000 rows" in line and line.rstrip().endswith("1,000 rows/s") for line in lines)
    assert not any("1,002,000" in line for line in lines)


def test_the_table_has_a_line_a_set_and_one_for_all(clock):
    jobs = {"rows": 5_000_000, "files": 120, "bytes": 31_400_000}
    ended = [
        complete(requests=7, folder="A", **jobs),
        complete(requests=8, folder="B", **jobs),
        attrs.evolve(complete(requests=9), entity_set="Robots", file="lake/Robots", bytes=512, files=1),
    ]
    *_, head, of_jobs, of_robots, of_all, last = shown(ended, clock=clock, wait=200.0)
    assert head.split() == ["Lists", "Rows", "In", "export", "Files", "Size", "Requests"]
    assert of_jobs.split() == ["Jobs", "2", "4,356", "10,000,000", "240", "62.8", "MB", "15"]
    assert of_robots.split() == ["Robots", "1", "2,178", "2,178", "1", "512", "bytes", "9"]
    assert of_all.split() == ["all", "3", "6,534", "10,002,178", "241", "62.8", "MB", "24"]
    assert last == "3:20 in all, rows are in lake"


def test_json_has_the_numbers_of_the_table(clock):
    summary = RunSummary(clock)
    for event in (progress(), complete(files=2, bytes=70, requests=7), complete(files=1, requests=1)):
        summary.take(event)
    clock.now += 3
    of_all = {"lists": 2, "new_rows": 4_356, "rows": 4_356, "files": 3, "bytes": 70, "requests": 8}
    assert summary.as_json() == {
        "event": "summary",
        **of_all,
        "seconds": 3.0,
        "where": ["lake"],
        "sets": {"Jobs": of_all},
    }


def test_what_is_not_proven_says_why_once_for_lists_alike():
    reason = "offset pages prove nothing"
    lines = shown([complete(folder=each, proven=False, reason=reason) for each in "AB"])
    assert sum(line.strip() == reason for line in lines) == 1
    assert sum(line.startswith("!") for line in lines) == 2


def test_the_line_of_all_lists_says_what_is_left(clock):
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, highlight=False, _environ={})
    with live(1, console, clock) as show:
        for rows in (0, 600, 1_200):
            show(progress(rows=rows))
            clock.now += 10
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", out.getvalue())
    assert re.search(r"0 of 1 list .* 40 rows/s, 0:30 left", plain)


def test_names_from_a_server_cannot_steer_the_terminal():
    lines = shown([complete(folder="evil \x1b[2J[bold]")])
    assert any("[bold]" in line for line in lines)


def test_without_a_terminal_only_what_ended_is_written():
    out = io.StringIO()
    with live(1, Console(file=out, width=80, highlight=False)) as show:
        show(progress())
        show(complete())
    first, _, of_jobs, last = out.getvalue().splitlines()
    assert first.startswith("✓ Jobs")
    assert of_jobs.split()[:3] == ["Jobs", "1", "2,178"]
    assert last.endswith("rows are in lake")
