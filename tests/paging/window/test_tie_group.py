"""Tie groups that no page holds: what is proven, and what is refused."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from uipath_odata.errors import BadRequest, Unprovable, WindowOverflow
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.plan import WindowPlan

MOMENT = "2024-03-01T10:00:00.5Z"
LATER = "2024-03-01T10:00:01Z"
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


class First(random.Random):
    def choice(self, values):
        return values[0]


@pytest.fixture
def read(robot_logs_server):
    """Scan rows with pages of 10 and a window of 49; return the plan, the rows given and the requests' options."""

    def run(rows, *, options=None, upper_bound=None, change=None, precision=10_000, **server):
        answers = robot_logs_server(
            rows=rows, chance=random.Random(0), window=49, precision=precision, **server
        )
        answers.replicas = answers.replicas[:1]
        plan = WindowPlan(options=options or {}, page_size=10, window=49, lo=LO, upper_bound=upper_bound)
        asked, given = [], []
        while (fetch := plan.next_fetch()) is not None:
            asked.append(fetch)
            if change is not None:
                change(answers, fetch)
            try:
                page = answers.answer(fetch.options, total=fetch.total)
            except BadRequest:
                assert fetch.refusable
                page = Page([])
            plan.on_page(fetch, page)
            given += plan.next_rows() or []
        return plan, given, [fetch.options for fetch in asked]

    return run


def messages(rows):
    return sorted(row["Message"] for row in rows)


def values_asked(asked, name):
    filters = [options["$filter"] for options in asked]
    return {text.split(f"{name} eq ")[1].split(" and ")[0] for text in filters if f"{name} eq " in text}


def test_different_rows_within_the_window_are_proven_by_their_number_alone(read):
    rows = [row(number) for number in range(25)]
    plan, given, asked = read([*rows, row(99, stamp=LATER)])
    assert given == [*sorted(rows, key=lambda one: one["Message"]), row(99, stamp=LATER)]
    assert plan.proof.proven
    assert values_asked(asked, "RobotName") == set()


def test_alike_rows_are_never_proven_by_skip(read):
    """One may be served twice and its sibling never: their number says nothing."""
    with pytest.raises(Unprovable, match="10 of 25 were found") as caught:
        read([row() for _ in range(25)])
    assert caught.value.checkpoint == {"plan": "window", "from": MOMENT, "to": None}


def test_alike_rows_are_proven_where_a_property_parts_them_into_pages(read):
    """R74: null is a value too."""
    rows = [row(robot=robot) for robot in ("A", "O'Brien", None) for _ in range(8)]
    plan, given, asked = read([*rows, row(99, stamp=LATER)])
    assert Counter(one["RobotName"] for one in given) == Counter({"A": 8, "O'Brien": 8, None: 8, "DocBot": 1})
    assert values_asked(asked, "RobotName") == {"'A'", "'O''Brien'", "null"}
    assert plan.proof.proven


@pytest.mark.parametrize(
    ("name", "values", "literals"),
    [
        ("JobKey", ["5f3b2c1a-0000-4000-8000-00000000000a", "5f3b2c1a-0000-4000-8000-00000000000b"], None),
        ("MachineId", [3, 4], {"3", "4"}),
        ("Level", ["Info", "Warn"], {"'Info'", "'Warn'"}),
        ("ProcessName", ["P", "Q"], {"'P'", "'Q'"}),
    ],
)
def test_each_property_parts_a_group(read, name, values, literals):
    plan, given, asked = read([row(**{name: value}) for value in values for _ in range(8)])
    assert len(given) == 16
    assert values_asked(asked, name) == (literals or set(values))
    assert plan.proof.proven


def test_properties_are_combined_until_a_page_holds_each_part(read):
    rows = [row(robot=robot, MachineId=machine) for robot in "AB" for machine in (1, 2) for _ in range(9)]
    plan, given, _ = read(rows)
    assert Counter(map(str, given)) == Counter(map(str, rows))
    assert plan.proof.proven


def test_more_than_the_window_is_read_in_parts(read):
    """R75."""
    plan, given, _ = read([row(number, robot=f"R{number % 6}") for number in range(150)])
    assert messages(given) == sorted(map(str, range(150)))
    assert plan.proof.proven


def test_more_than_the_window_alike_in_all_properties_is_an_overflow(read):
    """R75: nothing of the group is given, all before it is."""
    with pytest.raises(WindowOverflow, match="60 RobotLogs share") as caught:
        read([row(number) for number in range(60)])
    assert caught.value.checkpoint["from"] == MOMENT
    assert "go on from 2024-03-01T10:00:00.501Z" in str(caught.value)


@pytest.mark.parametrize("eq", ["ignored", "refused"])
def test_an_eq_that_is_not_honoured_is_found_out_and_left(read, eq):
    asked = []
    rows = [row(Level=level, ProcessName=name) for level in ("Info", "Warn") for name in "PQ"] * 5
    with pytest.raises(Unprovable):
        read(rows, eq=eq, change=lambda _, fetch: asked.append(fetch.options))
    assert len(values_asked(asked, "Level")) == 1
    assert len(values_asked(asked, "ProcessName")) == 1


def test_a_server_that_writes_names_in_another_case_is_understood(read):
    """Its database compares text without regard to case."""
    rows = [row(robot=robot) for robot in ("docbot", "DOCBOT", "other") for _ in range(4)]

    def answer_any_case(server, fetch):
        for known in ("docbot", "DOCBOT"):
            if f"RobotName eq '{known}'" in fetch.options["$filter"]:
                fetch.options["$filter"] = fetch.options["$filter"].replace(
                    f"RobotName eq '{known}'", "Message eq 'both'"
                )

    for one in rows[:8]:
        one["Message"] = "both"
    plan, given, _ = read(rows, change=answer_any_case)
    assert len(given) == 12
    assert plan.proof.proven


def test_totals_need_no_upper_bound(read):
    plan, given, asked = read([row(number) for number in range(25)], upper_bound=False)
    assert len(given) == 25
    assert plan.proof.proven
    assert not any(" lt " in options.get("$filter", "") for options in asked)


def test_an_upper_bound_can_be_taken_for_granted(read):
    _, given, asked = read([row(number) for number in range(25)], upper_bound=True)
    assert len(given) == 25
    assert sum(" lt " in options.get("$filter", "") for options in asked) == 2


@pytest.mark.parametrize("lt", ["ignored", "refused"])
def test_an_upper_bound_that_is_not_honoured_is_found_out(read, lt):
    """R82."""
    plan, given, asked = read([row(number) for number in range(25)], lt=lt)
    assert len(given) == 25
    assert plan.proof.proven
    assert sum(" lt " in options.get("$filter", "") for options in asked) == 2


def test_a_total_that_is_capped_at_the_window_is_not_believed(read):
    """R28: the rows seen halfway are as many."""

    def capped(server, fetch):
        if fetch.total:
            server.replicas = [server.replicas[-1][:50], server.replicas[-1]]
            server.chance = First()
        else:
            server.replicas = server.replicas[-1:]

    with pytest.raises((Unprovable, WindowOverflow)):
        read([row(number, robot=f"R{number % 6}") for number in range(52)], change=capped)


def test_a_row_that_comes_while_the_group_is_counted_starts_the_proof_again(read):
    late = row("late")

    def insert(server, fetch):
        if fetch.options.get("$skip") == "20" and late not in server.rows:
            server.rows.append(late)
            server.replicas[0].append((server.replicas[0][0][0], late))

    plan, given, _ = read([row(number) for number in range(25)], change=insert)
    assert len(given) == 26
    assert plan.proof.proven


def test_a_row_that_comes_behind_the_bound_of_the_count_is_not_taken_for_one_that_was_missed(read):
    """Equals change places and hide one, and another comes: their number is as before."""
    late = row("late", stamp="2024-03-01T10:00:00.5000003Z")

    def shuffle_and_insert(server, fetch):
        if fetch.options.get("$skip") == "20" and late not in server.rows:
            server.rows.append(late)
            (replica,) = server.replicas
            replica.insert(0, replica.pop())
            replica.append((replica[0][0] + 3, late))

    plan, given, _ = read(
        [row(number) for number in range(25)], precision=1, upper_bound=False, change=shuffle_and_insert
    )
    assert messages(given) == sorted([*map(str, range(25)), "late"])
    assert plan.proof.proven


@pytest.mark.parametrize("lt", ["ignored", "refused"])
def test_an_upper_bound_that_is_wrongly_taken_for_granted_proves_nothing(read, lt):
    with pytest.raises(Unprovable):
        read([*[row(number) for number in range(25)], row(stamp=LATER)], upper_bound=True, lt=lt)


def test_a_group_whose_number_never_settles_is_not_proven(read):
    def insert(server, fetch):
        if fetch.total:
            server.replicas[0].append((server.replicas[0][0][0], row(server.requests)))

    with pytest.raises(Unprovable, match="keeps changing"):
        read([row(number) for number in range(15)], change=insert)


def test_later_rows_that_never_stop_are_not_mistaken_for_the_group(read):
    def insert(server, fetch):
        if fetch.total:
            moment = server.replicas[0][-1][0] + 7_000
            server.replicas[0].append((moment, row(server.requests, stamp="2024-03-01T11:00:00Z")))

    with pytest.raises(Unprovable, match="arrive all the time"):
        read([row(number) for number in range(15)], change=insert, upper_bound=False)


def test_a_group_is_read_whole_and_given_as_selected(read):
    rows = [row(number) for number in range(15)]
    plan, given, asked = read(rows, options={"$select": "Message,TimeStamp"})
    assert given == [{"Message": str(number), "TimeStamp": MOMENT} for number in sorted(range(15), key=str)]
    assert any("$select" not in options for options in asked)
    assert "read with all properties" in plan.notes[0]
