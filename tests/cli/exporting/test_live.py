"""The screen of an export: no line wraps, it says why it waits, and it moves while no event comes."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from uipath_odata.cli.exporting.live import live
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
    return Event(event="progress", entity_set="Jobs", rows=rows, seconds=2.0, **{"expected": 2_400, **facts})


def complete(**facts):
    return Event(
        event="complete", entity_set="Jobs", rows=2_178, **{"proven": True, "file": "lake/Jobs", **facts}
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
    assert any("rate limit, next in 30 s" in line for line in lines)


def test_the_last_line_has_lists_rows_requests_time_and_place(clock):
    ended = [complete(requests=7), complete(folder="Shared", requests=8)]
    assert shown(ended, clock=clock, wait=200.0)[-1] == "2 lists, 4,356 rows, 15 requests, 3:20 in lake"


def test_the_line_of_all_lists_says_what_is_left(clock):
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, highlight=False, _environ={})
    with live(1, console, clock) as show:
        for rows in (0, 600, 1_200):
            show(progress(rows=rows))
            clock.now += 10
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", out.getvalue())
    assert re.search(r"0 of 1 lists .* 60 rows/s, 0:20 left", plain)


def test_names_from_a_server_cannot_steer_the_terminal():
    lines = shown([complete(folder="evil \x1b[2J[bold]")])
    assert any("[bold]" in line for line in lines)


def test_without_a_terminal_only_what_ended_is_written():
    out = io.StringIO()
    with live(1, Console(file=out, width=80, highlight=False)) as show:
        show(progress())
        show(complete())
    first, last = out.getvalue().splitlines()
    assert first.startswith("✓ Jobs")
    assert last.startswith("1 list, 2,178 rows")
