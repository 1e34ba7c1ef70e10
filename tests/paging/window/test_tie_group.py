"""Tie groups that no page holds: what is proven, and what is refused."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from uipath_odata.errors import BadRequest, Unprovable, WindowOverflow
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.plan import WindowPlan

MOMENT = "2024-03-01T10:00:00.5Z"
EARLY = "2024-01-01T00:00:00Z"
LATER = "2024-03-01T10:00:01Z"
KEYS = ["5f3b2c1a-0000-4000-8000-00000000000a", "5f3b2c1a-0000-4000-8000-00000000000b"]
LO = Instant.parse("2024-03-01T10:00:00Z").ticks


def row(number=0, *, robot="DocBot", stamp=MOMENT, **values):
    return {
        "TimeStamp": stamp,
        "RobotName": robot,
        "JobKey": None,
        "MachineId": 1,
        "Level": "Info",
        "ProcessName": "P",
        "Message": str(number),
        **values,
    }


@pytest.fixture
def read(robot_logs_server):
    """Scan rows, and one later, with pages of 10 and a window of 49; return the plan, the rows given and the requests' options."""

    def run(
        rows, *, options=None, upper_bound=None, change=None, precision=10_000, later=True, room=95, **server
    ):
        rows = [*rows, row("later", robot="Late", stamp=LATER)] if later else rows
        answers = robot_logs_server(
            rows=rows, chance=random.Random(0), window=49, precision=precision, **server
        )
        answers.replicas = answers.replicas[:1]
        plan = WindowPlan(
            options=options or {}, page_size=10, window=49, lo=LO, upper_bound=upper_bound, equalities=room
        )
        asked, given = [], []
        while (fetch := plan.next_fetch()) is not None:
            asked.append(fetch)
            if change is not None:
                change(answers, fetch)
            try:
                page = answers.answer(fetch.options, total=fetch.total)
            except BadRequest:
                assert fetch.refusable
                page = Page([], refused=True)
            plan.on_page(fetch, page)
            given += plan.next_rows() or []
        return plan, [one for one in given if one["Message"] != "later"], [one.options for one in asked]

    return run


def messages(rows):
    return sorted(row["Message"] for row in rows)


def values_asked(asked, name):
    filters = [options.get("$filter", "") for options in asked]
    found = re.compile(rf"{name} eq ('(?:[^']|'')*'|[^\s()]+)")
    return {value for text in filters for value in found.findall(text)}


def different(count, **values):
    return [row(number, **values) for number in range(count)]


PARTS = {
    "RobotName": (["A", "O'Brien"], {"'A'", "'O''Brien'", "null"}),
    "JobKey": (KEYS, {*KEYS, "null"}),
    "MachineId": ([3, 4], {"3", "4", "null"}),
    "Level": (["Info", "Warn"], {"'Info'", "'Warn'", "null"}),
    "ProcessName": (["P", "Q"], {"'P'", "'Q'", "null"}),
}


@pytest.mark.parametrize("name", PARTS)
def test_each_property_parts_a_bucket_and_the_remainder_is_asked_last(read, name):
    """R74: rows that are alike in every byte are told apart by no reading, and need not be."""
    values, literals = PARTS[name]
    plan, given, asked = read([row(**{name: value}) for value in values for _ in range(8)], counts="absent")
    assert Counter(one[name] for one in given) == dict.fromkeys(values, 8)
    assert values_asked(asked, name) == literals
    last = [text for options in asked if f"{name} ne" in (text := options.get("$filter", ""))][-1]
    assert last.count(f"{name} ne") == len(literals)
    assert plan.proof.kind == "by_remainder"


def test_null_is_a_value_too(read):
    rows = [row(robot=robot) for robot in ("A", "O'Brien", None) for _ in range(8)]
    plan, given, _ = read(rows)
    assert Counter(one["RobotName"] for one in given) == Counter({"A": 8, "O'Brien": 8, None: 8})
    assert plan.proof.kind == "by_remainder"


def test_a_value_that_no_page_showed_comes_with_the_remainder(read):
    rows = [*different(6, robot="A"), *different(4, robot="B"), *different(5, robot="never seen")]

    def last(server, fetch):
        (replica,) = server.replicas
        replica.sort(key=lambda pair: (pair[0], pair[1]["RobotName"]))

    plan, given, _ = read(rows, change=last)
    assert len(given) == 15
    assert plan.proof.kind == "by_remainder"


def test_properties_are_combined_until_a_page_holds_each_part(read):
    rows = [row(robot=robot, MachineId=machine) for robot in "AB" for machine in (1, 2) for _ in range(9)]
    plan, given, _ = read(rows)
    assert Counter(map(str, given)) == Counter(map(str, rows))
    assert plan.proof.kind == "by_remainder"


def test_more_than_the_window_is_read_in_parts(read):
    """R75."""
    plan, given, _ = read([row(number, robot=f"R{number % 20}") for number in range(150)])
    assert messages(given) == sorted(map(str, range(150)))
    assert plan.proof.kind == "by_remainder"


@pytest.mark.parametrize(("room", "kind"), [(6, "by_count"), (7, "by_remainder")])
def test_a_remainder_must_fit_the_room_that_the_filter_leaves(read, room, kind):
    """Five names and null are six conditions, which stand beside one more that finds out whether they are honoured."""
    rows = [row(number, robot="ABCDE"[number % 5]) for number in range(15)]
    plan, given, asked = read(rows, room=room)
    assert len(given) == 15
    assert plan.proof.kind == kind
    assert all(options.get("$filter", "").count("RobotName") <= room for options in asked)


def test_parts_of_the_last_bucket_are_shown_whole_by_their_earlier_rows(read):
    earlier = [row(f"before {robot}", robot=robot, stamp="2024-03-01T10:00:00.2Z") for robot in "AB"]
    rows = [row(number, robot="AB"[number % 2]) for number in range(14)]
    plan, given, asked = read([*earlier, *rows], later=False)
    assert len(given) == 16
    falling = [options for options in asked if options.get("$orderby") == "TimeStamp desc"]
    assert any("RobotName eq" in options.get("$filter", "") for options in falling)
    assert plan.proof.kind == "by_remainder"


@pytest.mark.parametrize("joins", ["ignored", "refused"])
def test_parts_need_no_or(read, joins):
    rows = [row(number, robot=robot) for robot in "AB" for number in range(8)]
    later = [row(f"later {robot}", robot=robot, stamp=LATER) for robot in "AB"]
    plan, given, _ = read([*rows, *later], joins=joins)
    assert len(given) == 18
    assert plan.proof.kind == "by_remainder"


@pytest.mark.parametrize("ne", ["ignored", "refused"])
def test_a_remainder_that_cannot_be_asked_for_proves_nothing(read, ne):
    """As many rows were seen before and after a count, instead."""
    plan, given, _ = read([row(number, robot="AB"[number % 2]) for number in range(25)], ne=ne)
    assert len(given) == 25
    assert plan.proof.kind == "by_count"


def test_a_remainder_that_hides_what_it_should_show_proves_nothing(read):
    """A server that takes `ne` for `eq` would hide the value that nobody asked for."""
    rows = [*different(6, robot="A"), *different(4, robot="B"), *different(5, robot="never seen")]

    def mistake(server, fetch):
        server.replicas[0].sort(key=lambda pair: (pair[0], pair[1]["RobotName"]))
        fetch.options["$filter"] = fetch.options.get("$filter", f"TimeStamp gt {EARLY}").replace(
            " ne ", " eq "
        )

    plan, given, _ = read(rows, change=mistake)
    assert len(given) == 15
    assert plan.proof.kind == "by_count"


def test_rows_of_one_bucket_within_the_window_are_proven_by_a_count_between_two_readings(read):
    plan, given, asked = read(different(25))
    assert given == sorted(different(25), key=lambda one: one["Message"])
    assert plan.proof.kind == "by_count"
    kinds = "".join("r" if "$orderby" in options else "c" for options in asked)
    assert "rcrrr" in kinds.replace("cc", "c"), "a count between two readings"


def test_alike_rows_are_never_proven_by_skip(read):
    """One may be served twice and its sibling never: their number says nothing."""
    with pytest.raises(Unprovable, match="alike in every byte") as caught:
        read([row() for _ in range(25)])
    assert caught.value.checkpoint == {"plan": "window", "from": MOMENT, "to": None}


def test_more_than_the_window_alike_in_all_properties_is_an_overflow(read):
    """R75: nothing of the bucket is given, all before it is."""
    with pytest.raises(WindowOverflow, match="60 RobotLogs share") as caught:
        read(different(60))
    assert caught.value.checkpoint["from"] == MOMENT
    assert "resume from 2024-03-01T10:00:00.501Z" in str(caught.value)


@pytest.mark.parametrize("eq", ["ignored", "refused"])
def test_an_eq_that_is_not_honoured_is_found_out_and_left(read, eq):
    asked = []
    rows = [row(Level=level, ProcessName=name) for level in ("Info", "Warn") for name in "PQ"] * 5
    with pytest.raises(Unprovable):
        read(rows, eq=eq, change=lambda _, fetch: asked.append(fetch.options))
    assert len(values_asked(asked, "Level")) == 1
    assert len(values_asked(asked, "ProcessName")) == 1


def test_a_server_that_compares_names_in_any_case_is_understood(read):
    rows = [row(number, robot=robot) for robot in ("docbot", "DOCBOT", "other") for number in range(4)]
    plan, given, _ = read(rows, anycase=True)
    assert len(given) == 12
    assert plan.proof.kind == "by_remainder"


def test_a_count_without_an_upper_bound_is_no_evidence(read):
    """The number of two totals' difference is of two instants."""
    with pytest.raises(Unprovable, match="count them alone"):
        read(different(25), upper_bound=False)


def test_the_last_bucket_is_counted_without_an_upper_bound(read):
    plan, given, _ = read(different(25), upper_bound=False, later=False)
    assert len(given) == 25
    assert plan.proof.kind == "by_count"


@pytest.mark.parametrize("lt", ["ignored", "refused"])
def test_an_upper_bound_that_is_not_honoured_is_found_out(read, lt):
    """R82."""
    asked = []
    with pytest.raises(Unprovable, match="count them alone"):
        read(different(25), lt=lt, change=lambda _, fetch: asked.append(fetch.options))
    assert sum(" lt " in options.get("$filter", "") for options in asked) <= 3


@pytest.mark.parametrize("lt", ["ignored", "refused"])
def test_an_upper_bound_that_is_wrongly_taken_for_granted_proves_nothing(read, lt):
    with pytest.raises(Unprovable):
        read(different(25), upper_bound=True, lt=lt)


def test_a_total_that_ends_at_the_window_is_not_believed(read):
    """R28: the rows seen halfway are as many."""

    def capped(server, fetch):
        server.replicas = [server.replicas[0][:49]] if fetch.total else server.replicas

    with pytest.raises(WindowOverflow):
        read([row(number, robot="Same") for number in range(52)], change=capped)


def test_a_row_that_comes_while_the_bucket_is_counted_starts_the_proof_again(read):
    late = row("late")

    def insert(server, fetch):
        if fetch.options.get("$skip") == "20" and late not in server.rows:
            server.rows.append(late)
            server.replicas[0].insert(0, (server.replicas[0][0][0], late))

    plan, given, _ = read(different(25), change=insert)
    assert len(given) == 26
    assert plan.proof.kind == "by_count"


def test_a_deletion_and_an_insertion_between_two_counts_do_not_hide_a_row(read):
    """Equal counts around one reading would prove 24 of 25."""
    turns = iter(range(100))

    def hide(server, fetch):
        (replica,) = server.replicas
        if fetch.options.get("$skip") == "10" and next(turns) == 0:
            replica.insert(20, replica.pop(0))  # a row that was not read yet moves where it was

    plan, given, _ = read(different(25), change=hide)
    assert messages(given) == sorted(map(str, range(25)))
    assert plan.proof.kind == "by_count"


def test_a_bucket_whose_number_never_settles_is_not_proven(read):
    def insert(server, fetch):
        if fetch.total:
            server.replicas[0].insert(0, (server.replicas[0][0][0], row(f"new {server.requests}")))

    with pytest.raises(Unprovable, match="were seen before and after that count"):
        read(different(15), change=insert)


def test_a_probe_that_the_server_refuses_does_not_end_the_scan(read):
    plan, given, asked = read([row(number, robot="AB"[number % 2]) for number in range(16)], eq="refused")
    assert len(given) == 16
    assert "null" in values_asked(asked, "RobotName")
    assert plan.proof.kind == "by_remainder"


def test_a_bucket_is_read_whole_and_given_as_selected(read):
    plan, given, asked = read(different(15), options={"$select": "Message,TimeStamp"})
    assert given == [{"Message": str(number), "TimeStamp": MOMENT} for number in sorted(range(15), key=str)]
    assert any("$select" not in options for options in asked)
    assert "read with all properties" in plan.notes[0]
