"""RobotLogs servers at random, written without the client's ticks and buckets."""

from __future__ import annotations

import asyncio
import bisect
import datetime as dt
import functools
import itertools
import random
import re
from collections import Counter

import attrs
import pytest

from uipath_odata.errors import BadRequest, ServerError
from uipath_odata.paging.plan import Page

BASE = dt.datetime(2024, 2, 28, 23, 59, 58, tzinfo=dt.UTC)
HUNDRED_NS = 10**7  # in a second
PRECISIONS = (1, 10, 10_000)
USERS_FILTER = "Message ne 'none''s' or Level eq 'Info'"
UNIVERSE = "0001-01-01T00:00:00Z"
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[()]|[^\s()']+)")


def text_of(moment):
    """Write 100 ns since BASE as Orchestrator does: no zeros at the end."""
    whole, rest = divmod(moment, HUNDRED_NS)
    decimals = f".{rest:07d}".rstrip("0") if rest else ""
    return f"{BASE + dt.timedelta(seconds=whole):%Y-%m-%dT%H:%M:%S}{decimals}Z"


@functools.lru_cache(2**16)
def moment_of(text):
    if text == UNIVERSE:
        return -(10**18)
    day, _, decimals = text.removesuffix("Z").partition(".")
    whole = (dt.datetime.fromisoformat(f"{day}Z") - BASE) // dt.timedelta(seconds=1)
    return whole * HUNDRED_NS + int(f"{decimals:0<7}")


def _value(literal):
    if literal == "null":
        return None
    return literal[1:-1].replace("''", "'") if literal.startswith("'") else literal


def _tree(text):
    """Read a filter: ``("and", …)``, ``("or", …)`` or ``(property, operator, literal)``."""
    tokens, at = [*_TOKEN.findall(text), ""], 0

    def joined(word, part):
        nonlocal at
        parts = [part()]
        while tokens[at] == word:
            at += 1
            parts.append(part())
        return (word, *parts) if len(parts) > 1 else parts[0]

    def one():
        nonlocal at
        if tokens[at] == "(":
            at += 1
            tree = joined("or", both)
            assert tokens[at] == ")"
            at += 1
            return tree
        at += 3
        return tuple(tokens[at - 3 : at])

    def both():
        return joined("and", one)

    tree = joined("or", both)
    assert at == len(tokens) - 1, text
    return tree


@functools.lru_cache(4096)
def _conjuncts(text):
    tree = _tree(text)
    return tree[1:] if tree[0] == "and" else (tree,)


def _comparisons(tree):
    if tree[0] in {"and", "or"}:
        for part in tree[1:]:
            yield from _comparisons(part)
    else:
        yield tree


def _key(pair):
    return pair[0]


def _rows(pairs):
    return [row for _, row in pairs]


def _refusal():
    return BadRequest("this filter is not supported", status=400, error_code=1000)


@attrs.define(eq=False)
class Server:
    """Three replicas that order equal keys differently; which one answers is left to chance."""

    rows: list
    chance: random.Random
    window: int
    precision: int = 1
    rounds: bool = False
    cap: int = 10**6
    counts: str = "exact"
    faults: float = 0.0
    lt: str = "honoured"
    eq: str = "honoured"
    ne: str = "honoured"
    joins: str = "honoured"
    """What it makes of ``or``."""
    anycase: bool = False
    """Whether texts are equal without regard to case."""
    late: list = attrs.field(factory=list)
    breaks_at: int = 10**9
    empty_at: int = 10**9
    requests: int = 0
    running: int = 0
    replicas: list = attrs.field(init=False)

    def __attrs_post_init__(self):
        keyed = [(moment_of(row["TimeStamp"]) // self.precision, row) for row in self.rows]
        self.replicas = [sorted(self.chance.sample(keyed, len(keyed)), key=_key) for _ in range(3)]

    async def __call__(self, fetch):
        self.running += 1
        for _ in range(self.chance.choice([0, 1, 2, 3, 9])):
            await asyncio.sleep(0)
        self.running -= 1
        if self.chance.random() < self.faults:
            self.answer(fetch.options, total=fetch.total)  # lost on its way, and asked for again
        return self.answer(fetch.options, total=fetch.total)

    def answer(self, options, *, total=False):
        self.requests += 1
        if self.requests == self.breaks_at:
            raise ServerError("the server fell over", status=500)
        self._add_late_rows()
        is_first_part = not total and "desc" not in options["$orderby"] and "$count" not in options
        limit = int(options["$top"]) + int(options.get("$skip", 0)) if is_first_part else None
        selected = self._selected(options.get("$filter", ""), limit)
        if total:
            assert set(options) <= {"$filter"}
            return Page([], len(selected))
        page = self._page(options, selected)
        return page if self.requests != self.empty_at else Page([], page.count)

    def _page(self, options, selected):
        top, skip = int(options["$top"]), int(options.get("$skip", 0))
        assert skip + top <= self.window, "the server reads no further"
        if options["$orderby"] == "TimeStamp desc":
            selected = selected[::-1]
        else:
            assert options["$orderby"] == "TimeStamp asc"
        count = None if "$count" not in options or self.counts == "absent" else len(selected)
        if count is not None and self.counts == "capped":
            count = min(count, self.window)
        names = options["$select"].split(",") if "$select" in options else None
        page = _rows(selected[skip : skip + min(top, self.cap)])
        return Page([{name: row[name] for name in names} for row in page] if names else page, count)

    def _selected(self, text, limit):
        rows, ceiling, others = self.chance.choice(self.replicas), None, []
        for part in _conjuncts(text) if text else ():
            if part[0] == "TimeStamp":
                _, operator, literal = part
                key = self._literal(literal)
                if operator == "ge":
                    rows = rows[bisect.bisect_left(rows, key, key=_key) :]
                elif operator == "gt":
                    rows = rows[bisect.bisect_right(rows, key, key=_key) :]
                else:
                    ceiling = self._ceiling(key, ceiling)
            elif self._is_heeded(part):
                others.append(part)
        if ceiling is not None:
            rows = rows[: bisect.bisect_left(rows, ceiling, key=_key)]
        if others:
            tests = [*map(self._test, others)]
            rows = (pair for pair in rows if all(test(pair) for test in tests))
            return list(rows if limit is None else itertools.islice(rows, limit))
        return rows

    def _is_heeded(self, part):
        """Tell whether a condition is honoured; raises where it is refused. The user's always is."""
        if any(name == "Message" for name, *_ in _comparisons(part)):
            return True
        for name, operator, literal in _comparisons(part):
            documented = name not in {"Level", "ProcessName"}
            if self.eq == "refused" and (not documented or (operator == "eq" and literal == "null")):
                raise _refusal()
            if self.eq == "ignored" and not documented:
                return False
            if operator == "ne" and self.ne != "honoured":
                if self.ne == "refused":
                    raise _refusal()
                return False
        if part[0] == "or" and self.joins != "honoured":
            if self.joins == "refused":
                raise _refusal()
            return False
        return True

    def _test(self, tree):
        """Give the function of a key and a row that tells whether a condition is met; the condition is read once."""
        if tree[0] in {"and", "or"}:
            parts, combine = [*map(self._test, tree[1:])], all if tree[0] == "and" else any
            return lambda pair: combine(part(pair) for part in parts)
        name, operator, literal = tree
        if name == "TimeStamp":
            bound = self._literal(literal)
            return lambda pair: pair[0] > bound
        wanted, is_equal = _value(literal) or "", operator == "eq"
        if self.anycase:
            return lambda pair: (str(pair[1][name] or "").lower() == wanted.lower()) == is_equal
        return lambda pair: (str(pair[1][name] or "") == wanted) == is_equal

    def _literal(self, text):
        exact, rest = divmod(moment_of(text), self.precision)
        return exact + (self.rounds and 2 * rest >= self.precision)

    def _ceiling(self, key, known):
        if self.lt == "refused":
            raise _refusal()
        return known if self.lt == "ignored" else key

    def _add_late_rows(self):
        while self.late and self.late[0][0] <= self.requests:
            _, row = self.late.pop(0)
            pair = (moment_of(row["TimeStamp"]) // self.precision, row)
            for replica in self.replicas:
                bisect.insort(replica, pair, key=_key)


ROBOTS = ("DocBot", "O'Brien", None, "7", "ROB and BOT")
KEYS = ("5f3b2c1a-0000-4000-8000-00000000000a", None, "5f3b2c1a-0000-4000-8000-00000000000b")


def random_row(chance, moment, variety):
    pick = chance.choice if variety else lambda values: values[0]
    return {
        "TimeStamp": text_of(moment),
        "Level": pick(["Info", "Warn", "Error"]),
        "RobotName": pick(ROBOTS),
        "JobKey": pick(KEYS),
        "MachineId": pick([17, None, 4]),
        "ProcessName": pick(["P", "Q", None]),
        "Message": chance.choice(["same", str(chance.random())]) if variety < 2 else str(chance.random()),
        "Id": 0,
    }


def random_rows(chance, page_size, window):
    rows, moment = [], chance.randrange(HUNDRED_NS)
    for _ in range(chance.choice([3, 8, 12, 30])):
        moment += chance.choice([1, 10, 5_000, 10_000, chance.randrange(10**8)])
        if chance.random() < 0.3:
            moment = moment // 10_000 * 10_000
        ties = chance.choice([1, 1, 1, 2, 3, page_size // 3, page_size // 2])
        if chance.random() < 0.04:
            ties = chance.choice([page_size - 1, page_size, page_size * 2, window, window * 3 // 2])
        step, variety = chance.choice([0, 0, 1, 9, 10, 1234]), chance.choice([0, 1, 2, 2])
        rows += [random_row(chance, moment + step * chance.randrange(ties), variety) for _ in range(ties)]
    return rows


@attrs.frozen
class World:
    """Rows, what a user asks of them, and how the server treats it."""

    rows: list
    page_size: int
    window: int
    options: dict
    lo: str | None
    hi: str | None
    server: dict
    late: list
    workers: int
    ordered: bool
    upper_bound: bool | None
    exact: bool

    @classmethod
    def make(cls, seed):
        chance = random.Random(seed)
        page_size = chance.choice([5, 8, 20])
        window = page_size * chance.choice([4, 10]) - 1
        rows = random_rows(chance, page_size, window)
        edges = [row["TimeStamp"] for row in rows] + [text_of(chance.randrange(10**8))]
        options = {"$filter": USERS_FILTER} if chance.random() < 0.3 else {}
        if chance.random() < 0.2:
            options["$select"] = "Message,TimeStamp"
        late = chance.choice([0, 0, 3, 20])
        return cls(
            rows=rows,
            page_size=page_size,
            window=window,
            options=options,
            lo=chance.choice(edges) if chance.random() < 0.3 else None,
            hi=chance.choice(edges) if chance.random() < 0.3 else None,
            server={
                "precision": chance.choice(PRECISIONS),
                "rounds": chance.random() < 0.5,
                "cap": chance.choice([10**6, 10**6, page_size, page_size - 1, page_size // 2]),
                "counts": chance.choice(["exact", "absent", "capped"]),
                "faults": chance.choice([0, 0.3]),
                "lt": chance.choice(["honoured", "ignored", "refused"]),
                "eq": chance.choice(["honoured", "ignored", "refused"]),
                "ne": chance.choice(["honoured", "honoured", "ignored", "refused"]),
                "joins": chance.choice(["honoured", "honoured", "ignored", "refused"]),
            },
            late=sorted(
                (
                    (chance.randrange(1, 60), random_row(chance, cls._old(chance, rows), 1))
                    for _ in range(late)
                ),
                key=lambda pair: pair[0],
            ),
            workers=chance.randrange(1, 10),
            ordered=chance.random() < 0.6,
            upper_bound=chance.choice([None, None, False]),
            exact=chance.random() < 0.5,
        )

    @staticmethod
    def _old(chance, rows):
        return moment_of(chance.choice(rows)["TimeStamp"]) + chance.choice([0, 0, 3, 7_000_000])

    def serve(self, seed, **settings):
        return Server(
            rows=self.rows,
            chance=random.Random(seed),
            window=self.window,
            late=list(self.late),
            **{**self.server, **settings},
        )

    def wanted(self, unread=()):
        """Give the rows that were there from the start, but those of the intervals that are left."""
        return [row for row in self.rows if self.is_wanted(row, unread)]

    def is_wanted(self, row, unread=()):
        moment = moment_of(row["TimeStamp"])
        return _within(moment, self.lo, self.hi) and not any(_within(moment, *pair) for pair in unread)

    def shown(self, row):
        return {name: row[name] for name in ("Message", "TimeStamp")} if "$select" in self.options else row

    def capacity(self):
        return min(self.page_size, self.server["cap"])

    def largest_group(self):
        """Rows of one millisecond, and of the instant before it, which a bound cannot always leave out."""
        moments = [moment_of(row["TimeStamp"]) for row in (*self.rows, *(row for _, row in self.late))]
        groups, instants = Counter(m // 10_000 for m in moments), Counter(m // 10 for m in moments)
        return max(groups.values(), default=0) + max(instants.values(), default=0)


def _within(moment, lo, hi):
    return (lo is None or moment >= moment_of(lo)) and (hi is None or moment < moment_of(hi))


@pytest.fixture(scope="session")
def make_world():
    return World.make


@pytest.fixture(scope="session")
def robot_logs_server():
    return Server


@pytest.fixture(scope="session", name="text_of")
def _text_of():
    return text_of
