"""Queries that one request cannot carry, against an evaluation of their filters in Python."""

from __future__ import annotations

import re
from uuid import UUID

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.paging.driving import ids_of, read
from uipath_odata import Query
from uipath_odata.entities import Job, RobotLog, Session
from uipath_odata.errors import OrderViolation, QueryError
from uipath_odata.odata.limits import comparisons_in
from uipath_odata.odata.url import query_string
from uipath_odata.paging.limits import Limits
from uipath_odata.paging.plan import Page
from uipath_odata.paging.planner import choose
from uipath_odata.paging.split.subqueries import parts_of

SMALL = Limits(in_values=4, in_characters=14, equalities=3, page_cap=5)
BOUND = re.compile(r"(\(?)(\w+) (eq|gt|le|in|lt|ge) (\(.*?\)|-?\d+|'[^']*'|null)")
VALUE = re.compile(r"'([^']*)'|(-?\d+)|null")


def value_of(text):
    found = VALUE.fullmatch(text)
    return found[1] if found[1] is not None else int(found[2]) if found[2] else None


def meets(row, text):
    """Evaluate ``and`` and ``or`` with parentheses, knowing nothing of the client's trees."""
    if len(clauses := split_at("and", text)) > 1:
        return all(meets(row, clause) for clause in clauses)
    if len(clauses := split_at("or", text)) > 1:
        return any(meets(row, clause) for clause in clauses)
    text = text.strip()
    return meets(row, text[1:-1]) if text.startswith("(") else one_of(row, text)


def split_at(operator, text):
    """Cut a filter at an operator that is outside of parentheses and quotes."""
    depth, clauses, clause = 0, [], ""
    for word in re.findall(r"'[^']*'|[()]|[^\s()']+|\s+|,", text):
        depth += (word == "(") - (word == ")")
        if word == operator and not depth:
            clauses.append(clause)
            clause = ""
        else:
            clause += word
    return [*clauses, clause]


def one_of(row, part):
    name, operator, value = part.split(" ", 2)
    if operator == "in":
        return row[name] in [value_of(each) for each in value[1:-1].split(",")]
    wanted = value_of(value)
    if operator == "eq":
        return row[name] == wanted
    return {"gt": row[name] > wanted, "le": row[name] <= wanted}[operator]


@attrs.define
class Server:
    rows: list
    limits: Limits
    asked: list = attrs.field(factory=list)

    def answer(self, options):
        self.asked.append(options)
        text = options.get("$filter", "")
        for listed in re.findall(r"in \((.*?)\)", text):
            assert len(listed.split(",")) <= self.limits.in_values
            assert len(listed) < self.limits.in_characters
        assert text.count(" eq ") <= 3 * self.limits.equalities
        assert len(query_string(options)) <= self.limits.url_room
        found = [row for row in self.rows if not text or meets(row, text)]
        for term in reversed(options.get("$orderby", "").split(",")):
            name, _, direction = term.partition(" ")
            if name:
                found.sort(key=lambda row, name=name: row[name], reverse=direction == "desc")
        skip, top = int(options.get("$skip", 0)), int(options["$top"])
        return Page(found[skip : skip + top], len(found))


ROWS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abcdefgh")), max_size=40).map(
    lambda pairs: [
        {"Id": row_id, "Folder": number, "Info": text, "JobPriority": number % 3}
        for number, (row_id, text) in enumerate(pairs)
    ]
)
IDS = st.lists(st.integers(-3, 15), min_size=1, max_size=16)
TEXTS = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=12)


def chain(property_, values):
    condition = property_ == values[0]
    for value in values[1:]:
        condition |= property_ == value
    return condition


@settings(max_examples=150, deadline=None)
@given(
    rows=ROWS,
    ids=IDS,
    texts=TEXTS,
    chained=st.booleans(),
    ordered=st.booleans(),
    concurrency=st.integers(1, 5),
)
def test_all_parts_together_are_what_python_selects_each_row_once(
    rows, ids, texts, chained, ordered, concurrency
):
    rows = [*{row["Id"]: row for row in rows}.values()]
    both = chain(Job.id, ids) if chained else Job.id.in_(ids)
    query = Query(Job).filter(both, Job.info.in_(texts))
    plan = choose(query, SMALL, refused=set(), ordered=ordered)
    found = read(plan, Server(rows, SMALL), concurrency)
    wanted = [row["Folder"] for row in rows if row["Id"] in ids and row["Info"] in texts]
    assert sorted(row["Folder"] for row in found) == sorted(wanted)


@settings(max_examples=100, deadline=None)
@given(
    rows=ROWS, ids=IDS, descending=st.booleans(), skip=st.integers(0, 6), top=st.none() | st.integers(0, 12)
)
def test_the_order_of_the_property_that_is_cut_is_kept_with_skip_and_top_over_all(
    rows, ids, descending, skip, top
):
    rows = [*{row["Id"]: row for row in rows}.values()]
    query = Query(Job).filter(Job.id.in_(ids)).order_by(Job.id.desc() if descending else Job.id).skip(skip)
    query = query if top is None else query.top(top)
    found = read(choose(query, SMALL, refused=set()), Server(rows, SMALL))
    wanted = sorted((row["Id"] for row in rows if row["Id"] in ids), reverse=descending)
    assert ids_of(found) == wanted[skip:][:top]


@settings(max_examples=50, deadline=None)
@given(rows=ROWS, texts=TEXTS)
def test_further_terms_of_the_order_hold_within_the_first(rows, texts):
    rows = [*{row["Id"]: row for row in rows}.values()]
    query = Query(Job).filter(Job.info.in_(texts)).order_by(Job.info.desc(), Job.id)
    found = read(choose(query, SMALL, refused=set()), Server(rows, SMALL))
    wanted = sorted((row for row in rows if row["Info"] in texts), key=lambda row: row["Id"])
    wanted.sort(key=lambda row: row["Info"], reverse=True)
    assert [(row["Info"], row["Id"]) for row in found] == [(row["Info"], row["Id"]) for row in wanted]


@pytest.mark.parametrize("ordered", [True, False])
def test_a_row_in_two_parts_is_given_once_where_servers_compare_in_their_own_way(ordered):
    """Both parts bring the same rows, as in a collation that holds their values for equal."""

    class Folding(Server):
        def answer(self, options):
            page = super().answer({**options, "$filter": ""})
            return Page(page.rows, len(page.rows))

    query = Query(Job).filter(Job.info.in_(["ae", "b", "c", "\u00e6"]))
    plan = choose(query, attrs.evolve(SMALL, in_values=2), refused=set(), ordered=ordered)
    rows = [{"Id": number, "Info": "x"} for number in range(1, 5)]
    found = read(plan, Folding(rows, attrs.evolve(SMALL, page_cap=9)))
    assert sorted(ids_of(found)) == [*range(1, 5)]
    assert "4 rows came in two parts of the list, and were given once" in plan.notes
    assert not plan.proof.proven  # Info may change


@pytest.mark.parametrize(
    ("condition", "proven"),
    [
        (Job.id.in_(range(9)), True),
        (Job.key.in_([UUID(int=number) for number in range(9)]), True),
        (Job.info.in_([*"abcdefgh"]), False),
        (Job.state.in_(["Pending", "Running", "Stopping", "Terminating", "Faulted"]), False),
    ],
)
def test_parts_by_what_may_change_are_not_proven(condition, proven):
    plan = choose(Query(Job).filter(condition), attrs.evolve(SMALL, in_values=4), refused=set(), exact=True)
    assert plan.subqueries
    while (fetch := plan.next_fetch()) is not None:
        plan.on_page(fetch, Page([], 0))
    assert plan.proof.proven == proven
    assert proven or "may move between the parts" in plan.proof.reason


def test_logs_whose_ids_are_all_alike_are_kept_and_parts_by_texts_prove_nothing():
    query = Query(RobotLog).filter(RobotLog.robot_name.in_([*"abcdefgh"]))
    plan = choose(query, attrs.evolve(SMALL, in_values=4, window=99), refused=set())
    rows = [{"Id": 0, "TimeStamp": f"2024-03-01T10:00:0{second}Z"} for second in range(3)]
    found = []
    while (fetch := plan.next_fetch()) is not None:
        is_first = "TimeStamp" not in fetch.options.get("$filter", "")
        plan.on_page(fetch, Page(rows if is_first else [], 3 if is_first else 0))
        found += plan.next_rows() or []
    assert len(found) == 3 * len(plan.subqueries) > 3
    assert plan.proof.kind == "none"


def test_a_part_that_brings_rows_of_another_is_refused():
    plan = choose(Query(Job).filter(Job.id.in_(range(9))), attrs.evolve(SMALL, in_values=4), refused=set())
    with pytest.raises(OrderViolation, match="ignores the filter: a row came with Id 8"):
        plan.on_page(plan.next_fetch(), Page([{"Id": 8}], 1))


def test_another_order_is_refused_with_advice_unless_it_is_free():
    query = Query(Job).filter(Job.info.in_([*"abcdefgh"])).order_by(Job.id)
    with pytest.raises(
        QueryError, match=r"takes 3 requests, .*: leave order_by out and sort the rows, or read"
    ):
        choose(query, SMALL, refused=set())
    rows = [{"Id": number, "Info": "abcdefghij"[number % 10]} for number in range(30)]
    found = read(choose(query, SMALL, refused=set(), ordered=False), Server(rows, SMALL))
    assert sorted(ids_of(found)) == [number for number in range(30) if number % 10 < 8]


@pytest.mark.parametrize(
    "query",
    [
        Query(Job).filter(Job.info.in_([*"abcdefgh"])).order_by(Job.id).top(3),
        Query(Job).filter(Job.info.in_([*"abcdefgh"]), Job.id.in_(range(9))).order_by(Job.id),
        Query(Session)
        .filter(Session.state.in_(["Available", "Busy", "Disconnected"]))
        .order_by(Session.state),
        Query(Job).filter(Job.info.in_(["a-b", "ab", "a_b", "a b", "b"])).order_by(Job.info),
    ],
)
def test_an_order_that_parts_cannot_be_put_into_is_refused(query):
    limits = attrs.evolve(SMALL, in_values=2)
    with pytest.raises(QueryError, match="cannot be given in this order"):
        choose(query, limits, refused=set(), ordered=query.limit is None)


@pytest.mark.parametrize(
    "condition",
    [
        ~Job.id.in_(range(5)),
        Job.id.in_(range(5)) | (Job.info == "x"),
        chain(Job.id, range(4)) | (Job.info == "x"),
        ~chain(Job.id, range(4)),
    ],
)
def test_a_long_list_beside_or_under_other_conditions_is_refused(condition):
    with pytest.raises(QueryError, match="ask in several queries"):
        choose(Query(Job).filter(condition), SMALL, refused=set())


def test_a_list_that_fits_is_sent_as_it_was_written():
    query = Query(Job).filter(Job.id.in_([3, 1, 2]), Job.info == "x").top(5)
    plan = choose(query, SMALL, refused=set())
    assert plan.next_fetch().options == {"$filter": "Id in (3,1,2) and Info eq 'x'", "$top": "5"}


def test_a_hundred_comparisons_with_the_plans_own_are_kept_by_cutting_a_chain():
    other = Query(Job).filter(*(Job.info != str(number) for number in range(88)))
    parts = parts_of(other.filter(chain(Job.id, range(15))), Limits(), own=2)
    assert [comparisons_in(part.condition) for part in parts] == [95, 96]
    with pytest.raises(QueryError, match="99 comparisons and its plan adds 2"):
        parts_of(other.filter(*(Job.info != str(number) for number in range(11))), Limits(), own=2)


def test_a_url_that_is_too_long_is_cut_until_it_fits():
    query = Query(Job).filter(Job.info.in_([f"{number:02}'{'ä' * 30}" for number in range(50)]))
    limits = Limits(url_room=4_000)
    parts = parts_of(query, limits)
    assert max(len(part.query_string) for part in parts) <= 3_750
    assert len(parts) == 4
    with pytest.raises(QueryError, match="characters in the URL and 100 are safe"):
        parts_of(Query(Job).filter(Job.info == "x" * 100), Limits(url_room=100))


def test_several_chains_keep_the_limit_of_equalities_together_unless_rows_come_in_an_order():
    query = Query(Job).filter(chain(Job.id, range(20)), chain(Job.organization_unit_id, range(6)))
    parts = parts_of(query, Limits())
    assert max(part.options["$filter"].count(" eq ") for part in parts) <= 15
    rows = [{"Id": number % 23, "OrganizationUnitId": number % 9} for number in range(23 * 9)]
    met = [row for row in rows for part in parts if meets(row, part.options["$filter"])]
    assert len(met) == 20 * 6
    ordered = Query(Job).filter(chain(Job.id, range(9)), chain(Job.organization_unit_id, range(7)))
    assert len(parts_of(ordered, Limits())) == 2
    assert len(parts_of(ordered.order_by(Job.state), Limits())) == 1


def test_a_list_that_says_its_values_in_too_many_equalities_is_written_shorter():
    plan = choose(
        Query(Job).filter(Job.id.in_([1, 2]) | chain(Job.id, range(2, 5)) | (Job.id == 2)).top(5),
        SMALL,
        refused=set(),
    )
    assert plan.next_fetch().options["$filter"] == "Id in (1,2,3,4)"
    plan = choose(Query(Job).filter(Job.id.in_([1, 2]) | (Job.id == 3)).top(5), SMALL, refused=set())
    assert plan.next_fetch().options["$filter"] == "Id in (1,2) or Id eq 3"


def test_parts_are_as_few_as_the_limits_allow():
    assert len(parts_of(Query(Job).filter(Job.id.in_(range(1, 121))), Limits())) == 3
    assert len(parts_of(Query(Job).filter(chain(Job.id, range(31))), Limits())) == 3
