"""Random expression trees, rendered and read back by a parser that nobody here wrote.

What ``odata-query`` cannot read, and where it is tested instead (test_literals.py and test_oasis_cases.py): the ``L`` suffix,
which is never written; one value after ``in``, which is written as ``eq``; years before 1000; ``INF``; names that begin
with any, all, true, false or null.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from uipath_odata import Instant, Query, now, path
from uipath_odata.entities import Job, Release, RobotLog, User
from uipath_odata.odata.expr.render import text_of
from uipath_odata.odata.url import query_string

SYMBOLS = {"eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
           "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "mod": operator.mod,
           "and": operator.and_, "or": operator.or_}  # fmt: skip
FIRST = dt.datetime.fromisoformat("0001-01-01")
ORDERINGS = ("lt", "le", "gt", "ge")

# A tree is a tuple: ("path", segment…), ("value", value), ("call", name, argument…), (operator, left, right),
# ("in", operand, values), ("any", collection, variable, body), ("not", condition).
PATHS = {
    "text": {"ReleaseName": Job.release_name, "Robot/Name": Job.robot.name, "Info": Job.info},
    "integer": {"Id": Job.id, "Release/Id": Job.release.id},
    "decimal": {"Cost": path("Cost"), "Robot/Share": path("Robot/Share")},
    "moment": {"StartTime": Job.start_time, "EndTime": Job.end_time},
    "flag": {"HasMediaRecorded": Job.has_media_recorded},
    "guid": {"Key": Job.key, "BatchExecutionKey": Job.batch_execution_key},
    "state": {"State": Job.state},
    "level": {"Level": RobotLog.level},
    "item": {"VersionNumber": "version_number", "Id": "id", "CreationTime": "creation_time"},
}
ALL = {
    name: expression for kind, group in PATHS.items() if kind != "item" for name, expression in group.items()
}
STATES = ("Pending", "Running", "Faulted", "Successful")
LEVELS = ("Trace", "Debug", "Info", "Warn", "Error", "Fatal")


def paths(kind):
    return st.sampled_from(sorted(PATHS[kind])).map(lambda name: ("path", *name.split("/")))


def values(strategy):
    return strategy.map(lambda value: ("value", value))


utc_offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
moments = st.one_of(
    st.datetimes(FIRST.replace(year=1001), FIRST.replace(year=9998), timezones=utc_offsets),
    st.integers(Instant.parse("1000-01-01T00:00Z").ticks, 3_155_378_975_999_999_999).map(Instant),
)
durations = st.timedeltas(dt.timedelta(days=-9_999), dt.timedelta(days=9_999))
integers = st.integers(-(2**63), 2**63 - 1)
decimals = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
    integers,
)
texts = st.text(st.characters(codec="utf-8"), max_size=8)


def calls(names, *arguments):
    return st.tuples(st.just("call"), st.sampled_from(names), *arguments)


text_trees = st.recursive(
    paths("text"),
    lambda inner: st.one_of(
        calls(("tolower", "toupper", "trim"), inner),
        calls(("concat",), inner, inner | values(texts)),
        calls(("substring",), inner, values(st.integers(0, 9))),
        calls(("substring",), inner, values(st.integers(0, 9)), values(st.integers(0, 9))),
    ),
    max_leaves=3,
)


def arithmetic(names, inner, literals):
    both = st.tuples(st.sampled_from(names), inner, inner | literals)
    return both | st.tuples(st.sampled_from(names), literals, inner)


integer_trees = st.recursive(
    st.one_of(
        paths("integer"),
        calls(("length",), text_trees),
        calls(("indexof",), text_trees, text_trees | values(texts)),
        calls(("year", "month", "day", "hour", "minute", "second"), paths("moment")),
    ),
    lambda inner: st.one_of(
        arithmetic(("add", "sub", "mul", "div", "mod"), inner, values(integers)),
        calls(("round", "floor", "ceiling"), inner),
    ),
    max_leaves=4,
)
decimal_trees = st.recursive(
    paths("decimal"),
    lambda inner: st.one_of(
        arithmetic(("add", "sub", "mul", "div", "mod"), inner, values(decimals)),
        calls(("round", "floor", "ceiling"), inner),
    ),
    max_leaves=4,
)
moment_trees = st.recursive(
    paths("moment") | st.just(("call", "now")),
    lambda inner: st.tuples(st.sampled_from(("add", "sub")), inner, values(durations)),
    max_leaves=3,
)


def compared(names, left, right):
    return st.tuples(st.sampled_from(names), left, right)


def among(left, strategy):
    listed = st.lists(strategy, min_size=2, max_size=4, unique=True).map(tuple)
    return st.tuples(st.just("in"), left, listed)


def comparisons(variables):
    inside = [
        compared(("eq", *ORDERINGS), st.just(("path", variable, "Id")), values(integers))
        for variable in variables
    ] + [
        calls(("contains",), st.just(("path", variable, "VersionNumber")), values(texts))
        for variable in variables
    ]
    return st.one_of(
        *inside,
        *inside,
        compared(tuple(SYMBOLS)[:6], text_trees, text_trees | values(texts)),
        compared(tuple(SYMBOLS)[:6], integer_trees, integer_trees | values(integers)),
        compared(tuple(SYMBOLS)[:6], decimal_trees, decimal_trees | values(decimals)),
        compared(tuple(SYMBOLS)[:6], moment_trees, moment_trees | values(moments)),
        compared(ORDERINGS, st.tuples(st.just("sub"), moment_trees, moment_trees), values(durations)),
        compared(("eq", "gt"), calls(("date",), moment_trees), values(st.dates(dt.date(1000, 1, 1)))),
        compared(("eq", "lt"), calls(("time",), moment_trees), values(st.times())),
        compared(("eq", "ne"), paths("flag"), values(st.booleans())),
        compared(("eq", "ne"), paths("guid"), values(st.uuids())),
        compared(("eq", "ne"), paths("state"), values(st.sampled_from(STATES))),
        compared(("eq", "ne"), text_trees | integer_trees | paths("guid"), st.just(("value", None))),
        compared(ORDERINGS, paths("level"), values(st.sampled_from(LEVELS))),
        calls(("contains", "startswith", "endswith"), text_trees, text_trees | values(texts)),
        among(text_trees, texts),
        among(integer_trees, integers),
        among(paths("guid"), st.uuids()),
        among(paths("state"), st.sampled_from(STATES)),
    )  # fmt: skip


def conditions(variables=()):
    leaves = comparisons(variables)
    if len(variables) < 2:
        variable = f"item{len(variables) + 1}" if variables else "item"
        inner = st.deferred(lambda: conditions((*variables, variable)))
        body = inner | st.none()
        leaves |= st.tuples(st.just("any"), st.just(("path", "ReleaseVersions")), st.just(variable), body)
        leaves |= st.tuples(st.just("all"), st.just(("path", "ReleaseVersions")), st.just(variable), inner)
    return st.recursive(
        leaves,
        lambda part: compared(("and", "or"), part, part) | st.tuples(st.just("not"), part),
        max_leaves=5,
    )


def built(tree, items):  # noqa: PLR0911 - one for each kind of tree
    """Write the tree with the package's own operators and methods."""
    kind, *rest = tree
    if kind == "path":
        name = "/".join(rest)
        return getattr(items[rest[0]], PATHS["item"][rest[1]]) if rest[0] in items else ALL[name]
    if kind == "value":
        return rest[0]
    if kind in SYMBOLS:
        left, right = (built(part, items) for part in rest)
        return SYMBOLS[kind](left, right)
    if kind == "call":
        name, *arguments = rest
        if name == "now":
            return now()
        first, *others = (built(argument, items) for argument in arguments)
        return getattr(first, name)(*others)
    if kind == "in":
        return built(rest[0], items).in_(rest[1])
    if kind == "not":
        return ~built(rest[0], items)
    _, variable, body = rest
    test = None if body is None else lambda item: built(body, {**items, variable: item})
    return getattr(Release.release_versions, kind)(*([] if test is None else [test]))


def expected(tree):  # noqa: PLR0911 - one for each kind of tree
    """Say what a parser must read: chains of and/or are flat, literals are compared by value, levels are numbers."""
    kind, *rest = tree
    if kind == "path":
        return tree
    if kind == "value":
        return ("value", plain(rest[0]))
    if kind in {"and", "or"}:
        return (kind, *flat(kind, map(expected, rest)))
    if kind in ORDERINGS and rest[0] == ("path", "Level"):
        return (kind, rest[0], ("value", str(LEVELS.index(rest[1][1]))))
    if kind == "call":
        return ("call", rest[0], *map(expected, rest[1:]))
    if kind == "in":
        return ("in", expected(rest[0]), tuple(map(plain, rest[1])))
    if kind in {"any", "all"}:
        return (kind, rest[0], *(() if rest[2] is None else (rest[1], expected(rest[2]))))
    return (kind, *map(expected, rest))


def flat(kind, parts):
    return [inner for part in parts for inner in (part[1:] if part[0] == kind else (part,))]


def plain(value):
    if isinstance(value, dt.datetime):
        return ("ticks", (value - FIRST.replace(tzinfo=dt.UTC)) // dt.timedelta(microseconds=1) * 10)
    if isinstance(value, Instant):
        return ("ticks", value.ticks)
    if isinstance(value, float):
        return Decimal(repr(value))
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


@settings(max_examples=400, deadline=None)
@given(conditions())
def test_a_random_tree_is_read_back_by_odata_query_as_the_same_tree(parsed, tree):
    text = text_of(built(tree, {}).__node__)
    assert parsed(text) == expected(tree)


@pytest.fixture(scope="module")
def judge(grammar_with):
    names = {name.split("/")[-1] for name in ALL} | set(PATHS["item"])
    known = {"primitiveNonKeyProperty": names, "entityNavigationProperty": {"Robot", "Release"}}
    known |= {"entityColNavigationProperty": {"ReleaseVersions"}}
    # No other name may pass for a property, a type or a function.
    others = (
        "primitiveKeyProperty",
        "primitiveColProperty",
        "complexProperty",
        "complexColProperty",
        "streamProperty",
    )
    others += (
        "entityTypeName",
        "complexTypeName",
        "namespacePart",
        "primitiveFunction",
        "primitiveColFunction",
    )
    others += (
        "entityFunction",
        "entityColFunction",
        "complexFunction",
        "complexColFunction",
        "enumerationMember",
    )
    known |= {"lambdaVariableExpr": {"item", "item2"}}
    return grammar_with(known | dict.fromkeys(others, ()))


@settings(max_examples=80, deadline=None)
@given(conditions())
def test_a_random_tree_is_a_filter_by_the_grammar_of_oasis(judge, tree):
    query = query_string({"$filter": text_of(built(tree, {}).__node__)})
    # The grammar's pct-encoded-no-SQUOTE leaves out %7B to %7F, an oversight: %7E aside, nothing forbids these.
    assume(not re.search("%7[B-F]", query))
    assert judge.accepts("queryOptions", query)


def test_the_grammar_judges_names_and_syntax(judge):
    assert judge.accepts("queryOptions", "$filter=Robot/Name%20eq%20%27x%27")
    for wrong in (
        "Robot/Nam%20eq%201",
        "Name%20eq",
        "Name+eq+1",
        "Name%20eq%20'a%23b' %23",
        "substringof(Name,%27x%27)",
        "(Id%20eq%201",
    ):
        assert not judge.accepts("queryOptions", f"$filter={wrong}")


@settings(max_examples=200, deadline=None)
@given(texts)
def test_no_text_changes_the_tree_that_it_is_a_value_of_r108(parsed, text):
    for value in (text, f"O'Brien' or 1 eq 1 or '{text}", f"{text}') or (Id gt 0"):
        options = Query(Job).filter(Job.release_name == value, Job.id > 5).options
        comparison = ("eq", ("path", "ReleaseName"), ("value", value))
        assert parsed(options["$filter"]) == (
            "and",
            comparison,
            ("gt", ("path", "Id"), ("value", Decimal(5))),
        )


def test_values_and_collections_of_values_are_read_back(parsed):
    role = User.roles_list.any(lambda role: role.startswith("Admin"))
    start = ("call", "startswith", ("path", "item"), ("value", "Admin"))
    assert parsed(text_of(role.__node__)) == ("any", ("path", "RolesList"), "item", start)
