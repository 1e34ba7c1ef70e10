"""Filters evaluated by SQL on random rows give what Python gives, by an evaluator that shares nothing with the emulator."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uipath_odata.emulator.data import schema
from uipath_odata.emulator.data.store import Store
from uipath_odata.emulator.http.options import Options
from uipath_odata.emulator.rows.selection import select
from uipath_odata.emulator.world import Settings, World

STATES = [
    "Pending",
    "Running",
    "Stopping",
    "Terminating",
    "Faulted",
    "Successful",
    "Stopped",
    "Suspended",
    "Resumed",
]
EPOCH = dt.datetime(2024, 5, 14, tzinfo=dt.UTC)


@attrs.frozen
class Node:
    """A piece of a filter: its text, and what it is for a row."""

    text: str
    of: Callable[[dict[str, Any]], Any]


def path(text):
    def read(row):
        for name in text.split("/"):
            row = None if row is None else row.get(name)
        return row

    return Node(text, read)


def literal(value, text):
    return Node(text, lambda _: value)


def null_for_null(function):
    return lambda *values: None if None in values else function(*values)


def call(name, function, *arguments):
    text = f"{name}({','.join(argument.text for argument in arguments)})"
    return Node(text, lambda row: null_for_null(function)(*(argument.of(row) for argument in arguments)))


def operation(sign, function, left, right):
    return Node(f"({left.text} {sign} {right.text})", lambda row: function(left.of(row), right.of(row)))


def both(left, right):
    if False in (left, right):
        return False
    return None if None in (left, right) else True


def either(left, right):
    if True in (left, right):
        return True
    return None if None in (left, right) else False


def ordered(test):
    return lambda left, right: left is not None and right is not None and test(left, right)


COMPARISONS = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "lt": ordered(lambda left, right: left < right),
    "le": ordered(lambda left, right: left <= right),
    "gt": ordered(lambda left, right: left > right),
    "ge": ordered(lambda left, right: left >= right),
}
NULL = literal(None, "null")

letters = st.text(alphabet="aAbB'é ß\n%_", max_size=4)
numbers = st.integers(-20, 20)
moments = st.integers(0, 40).map(lambda step: EPOCH + dt.timedelta(hours=step * 7))
guids = st.integers(0, 5).map(lambda number: str(uuid.UUID(int=number)))


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


strings = st.recursive(
    st.sampled_from(["Info", "ReleaseName", "Robot/Name", "JobError/title"]).map(path)
    | letters.map(lambda text: literal(text, quoted(text))),
    lambda inner: st.one_of(
        inner.map(lambda node: call("tolower", str.lower, node)),
        inner.map(lambda node: call("toupper", str.upper, node)),
        inner.map(lambda node: call("trim", str.strip, node)),
        st.tuples(inner, inner).map(lambda pair: call("concat", lambda left, right: left + right, *pair)),
        st.tuples(inner, st.integers(0, 3)).map(
            lambda pair: call(
                "substring", lambda text, start: text[start:], pair[0], literal(pair[1], str(pair[1]))
            )
        ),
    ),
    max_leaves=3,
)
integers = st.recursive(
    st.sampled_from(["ResumeVersion", "StartingScheduleId", "Robot/Id"]).map(path)
    | numbers.map(lambda number: literal(number, str(number)))
    | strings.map(lambda node: call("length", len, node))
    | st.tuples(strings, strings).map(lambda pair: call("indexof", str.find, *pair))
    | st.sampled_from(["StartTime", "EndTime"]).flatmap(
        lambda name: st.sampled_from(["year", "month", "day", "hour"]).map(
            lambda part: call(part, lambda moment: getattr(moment, part), path(name))
        )
    ),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: operation("add", null_for_null(lambda a, b: a + b), *pair)),
        st.tuples(inner, inner).map(lambda pair: operation("sub", null_for_null(lambda a, b: a - b), *pair)),
        st.tuples(inner, inner).map(lambda pair: operation("mul", null_for_null(lambda a, b: a * b), *pair)),
        st.tuples(inner, st.integers(1, 7)).map(
            lambda pair: operation(
                "div", null_for_null(lambda a, b: int(a / b)), pair[0], literal(pair[1], str(pair[1]))
            )
        ),
        st.tuples(inner, st.integers(1, 7)).map(
            lambda pair: operation(
                "mod", null_for_null(lambda a, b: a - b * int(a / b)), pair[0], literal(pair[1], str(pair[1]))
            )
        ),
    ),
    max_leaves=4,
)
instants = st.sampled_from(["StartTime", "EndTime"]).map(path) | moments.map(
    lambda moment: literal(moment, moment.isoformat().replace("+00:00", "Z"))
)
keys = st.sampled_from(["Key", "BatchExecutionKey"]).map(path) | guids.map(
    lambda text: literal(text, text.upper())
)


def comparisons(kind):
    operands = kind | st.just(NULL)
    return st.tuples(st.sampled_from(sorted(COMPARISONS)), kind, operands, st.booleans()).map(
        lambda drawn: operation(
            drawn[0], COMPARISONS[drawn[0]], *((drawn[1], drawn[2]) if drawn[3] else (drawn[2], drawn[1]))
        )
    )


def membership(kind, values, text_of):
    def made(drawn):
        node, members = drawn
        text = f"({node.text} in ({','.join(map(text_of, members))}))"
        return Node(text, lambda row: node.of(row) in members)

    return st.tuples(kind, st.lists(values | st.none(), min_size=1, max_size=3)).map(made)


def state_comparison(drawn):
    sign, state, as_number, mirrored = drawn
    rank = STATES.index(state)
    written = literal(state, f"'{rank}'" if as_number else f"'{state}'")
    mirrors = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
    text = (
        f"({written.text} {mirrors.get(sign, sign)} State)" if mirrored else f"(State {sign} {written.text})"
    )

    def holds(row):
        found = row["State"]
        return COMPARISONS[sign](None if found is None else STATES.index(found), rank)

    return Node(text, holds)


def tags(row):
    return ((row.get("Release") or {}).get("Tags")) or []


def over_tags(drawn):
    name, every, by_part = drawn
    body = f"contains(each/Name,{quoted(name)})" if by_part else f"each/Name eq {quoted(name)}"
    quantifier = all if every else any

    def holds(tag):
        return tag["Name"] is not None and name in tag["Name"] if by_part else tag["Name"] == name

    text = f"Release/Tags/{'all' if every else 'any'}(each:{body})"
    return Node(text, lambda row: quantifier(map(holds, tags(row))))


atoms = st.one_of(
    comparisons(strings),
    comparisons(integers),
    comparisons(instants),
    comparisons(keys),
    membership(strings, letters, lambda text: "null" if text is None else quoted(text)),
    membership(integers, numbers, lambda number: "null" if number is None else str(number)),
    membership(keys, guids, lambda text: "null" if text is None else quoted(text)),
    st.tuples(
        st.sampled_from(sorted(COMPARISONS)), st.sampled_from(STATES), st.booleans(), st.booleans()
    ).map(state_comparison),
    st.tuples(letters, st.booleans(), st.booleans()).map(over_tags),
    st.sampled_from(["HasMediaRecorded", "Robot/Enabled"]).map(path),
    st.tuples(
        st.sampled_from(
            [
                ("contains", lambda text, part: part in text),
                ("startswith", str.startswith),
                ("endswith", str.endswith),
            ]
        ),
        strings,
        strings,
    ).map(lambda drawn: call(*drawn[0], drawn[1], drawn[2])),
    st.booleans().map(lambda value: literal(value, str(value).lower())),
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        inner.map(
            lambda node: Node(
                f"not ({node.text})", lambda row: None if node.of(row) is None else not node.of(row)
            )
        ),
        st.tuples(inner, inner).map(lambda pair: operation("and", both, *pair)),
        st.tuples(inner, inner).map(lambda pair: operation("or", either, *pair)),
        st.tuples(st.sampled_from(["eq", "ne"]), inner, st.sampled_from([True, False])).map(
            lambda drawn: operation(
                drawn[0], COMPARISONS[drawn[0]], drawn[1], literal(drawn[2], str(drawn[2]).lower())
            )
        ),
    ),
    max_leaves=6,
)


def maybe(strategy):
    return st.none() | strategy


ROBOTS = [
    {"Id": 1, "Name": "aB", "Enabled": True},
    {"Id": 2, "Name": None, "Enabled": None},
    {"Id": 3, "Name": "b'A", "Enabled": False},
]
RELEASES = [
    {"Id": 1, "Name": "x", "Tags": [{"Name": "a"}, {"Name": "A"}]},
    {"Id": 2, "Name": "y", "Tags": []},
    {"Id": 3, "Name": "z", "Tags": None},
    {"Id": 4, "Name": "z", "Tags": [{"Name": "b"}, {"Name": None}]},
]
jobs = st.fixed_dictionaries(
    {
        "Info": maybe(letters),
        "ReleaseName": maybe(letters),
        "ResumeVersion": maybe(numbers),
        "StartingScheduleId": maybe(numbers),
        "HasMediaRecorded": maybe(st.booleans()),
        "StartTime": maybe(moments),
        "EndTime": maybe(moments),
        "State": maybe(st.sampled_from(STATES)),
        "Key": maybe(guids),
        "BatchExecutionKey": maybe(guids),
        "Robot": maybe(st.sampled_from(ROBOTS)),
        "Release": maybe(st.sampled_from(RELEASES)),
        "JobError": maybe(st.fixed_dictionaries({"title": maybe(letters)})),
    }
)


@pytest.fixture(scope="module")
def world():
    api = schema.load()
    store = Store(api, 10_000)
    store.insert("Robots", ROBOTS)
    store.insert("Releases", RELEASES)
    yield World(api, store, Settings(), lambda: 0.0, random.Random(0))
    store.connection.close()


def wire(row, number):
    times = {
        name: row[name] and row[name].isoformat().replace("+00:00", "Z") for name in ("StartTime", "EndTime")
    }
    links = {name: row[name] and row[name]["Id"] for name in ("Robot", "Release")}
    return row | times | links | {"Id": number}


@settings(
    max_examples=400,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(condition=conditions, rows=st.lists(jobs, min_size=1, max_size=6))
def test_sql_agrees_with_python_on_random_filters_and_rows(world, condition, rows):
    world.store.connection.execute('DELETE FROM "Jobs"')
    world.store.insert("Jobs", (wire(row, number) for number, row in enumerate(rows)))
    options = Options(filter=condition.text, select=("Id",))
    found = select(world, world.schema.sets["Jobs"], options, None, limit=10_000).page(options, 100)
    expected = [number for number, row in enumerate(rows) if condition.of(row) is True]
    assert [row["Id"] for row in found] == expected
