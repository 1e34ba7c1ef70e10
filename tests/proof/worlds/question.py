"""What a user asks of a list, and how it is read."""

from __future__ import annotations

import attrs

from uipath_odata import Instant, Query
from uipath_odata.odata.expr.expression import path

from .filters import moment_of, text_of
from .shape import PAGE
from .tables import Condition, guid

__all__ = ["Question"]


@attrs.frozen(kw_only=True)
class Question:
    """A query and the way it is read."""

    conditions: tuple = ()
    since: float | None = None
    until: float | None = None
    """Where an interval of logs begins and ends, as a share of the first rows' time."""
    order: str | None = None
    falling: bool = False
    top: int | None = None
    skip: int | None = None
    select: bool = False
    paging: str = "auto"
    exact: bool = False
    stops: tuple = ()
    """After how many pages the reading is given up and begun anew from its checkpoint, each time."""
    ordered: bool = True
    workers: int = 4
    upper_bound: bool | None = None

    @classmethod
    def draw(cls, chance, table):
        kind = chance.choice(["scan", "scan", "scan", "scan", "offset", "split", "split"])
        condition = _condition(chance, table, kind)
        interval = table.window and chance.random() < 0.3
        order, falling = _order(chance, table, kind)
        by_offset = kind == "offset"
        top = chance.choice([1, 5, PAGE, 25, 60]) if chance.random() < (0.5 if by_offset else 0.1) else None
        if top is not None and kind == "scan" and order is None and not table.window:
            order = "Id"
        skip = chance.choice([None, 0, 3, PAGE]) if by_offset else None
        return cls(
            conditions=(condition,) if condition else (),
            since=chance.random() if interval and chance.random() < 0.7 else None,
            until=chance.random() if interval and chance.random() < 0.7 else None,
            order=order,
            falling=falling,
            top=top,
            skip=skip,
            select=chance.random() < 0.25,
            paging="offset" if by_offset and chance.random() < 0.4 else "auto",
            exact=chance.random() < 0.6,
            stops=tuple(chance.randrange(1, 6) for _ in range(chance.choice([0, 0, 0, 1, 3]))),
            ordered=chance.random() < 0.6,
            workers=chance.choice([1, 2, 4, 9]),
            upper_bound=chance.choice([None, None, None, False]) if table.window else None,
        )

    @property
    def words(self):
        """The operators that the user's own conditions are made of."""
        return {each.operator for each in self.conditions}

    @property
    def column(self):
        return self.conditions[0].column if self.conditions else None

    @property
    def splits(self):
        """Whether the conditions are more than one request carries."""
        return any(len(each.values) > 3 for each in self.conditions)

    def provable(self, table):
        """Whether a plan can prove this: by key, in parts by what never changes, and asked to."""
        stable = not self.splits or self.column in table.stable
        return (
            self.exact
            and self.top is None
            and not self.skip
            and self.paging == "auto"
            and stable
            and self.order in {None, table.key}
            and not (table.window and self.falling)
        )

    def interval(self, newest):
        """Give the first and the last moment asked for; None where nothing is said."""
        return [None if share is None else int(share * newest) for share in (self.since, self.until)]

    def query(self, table, newest, query=None):
        """Make the client's query, of an entity set or by itself."""
        query = Query(table.entity) if query is None else query
        for condition in self.conditions:
            query = condition.query(query, table)
        since, until = self.interval(newest)
        if since is not None:
            query = query.filter(path("TimeStamp") >= Instant.parse(text_of(since)))
        if until is not None:
            query = query.filter(path("TimeStamp") < Instant.parse(text_of(until)))
        if self.order is not None:
            column = path(self.order)
            query = query.order_by(column.desc() if self.falling else column)
        if self.select:
            query = query.select(path(table.token), *([path("TimeStamp")] if table.window else []))
        if self.top is not None:
            query = query.top(self.top)
        return query if self.skip is None else query.skip(self.skip)

    def matching(self, world, newest, slack=0):
        """Give two functions of a row: whether it is asked for in any case, and whether it may be.

        They differ near the ends of an interval, where the server compares as coarsely as ``slack``.
        """
        meets = world.semantics.predicate(("and", *(each.tree() for each in self.conditions)))
        since, until = self.interval(newest)

        def inside(row, more):
            moment = moment_of(row["TimeStamp"]) if world.table.window else 0
            return (since is None or moment >= since - more) and (until is None or moment < until + more)

        return (lambda row: meets(row) and inside(row, -slack)), (
            lambda row: meets(row) and inside(row, slack)
        )


def _condition(chance, table, kind):
    if kind == "split":
        column = chance.choice([*table.names])
        values = table.values.get(column) or _own_values(chance, column)
        values = [each for each in values if each is not None or chance.random() < 0.3]
        many = [chance.choice(values) for _ in range(chance.choice([2, 4, 5, 9]))]
        return Condition(column, "in", tuple(dict.fromkeys(many)))
    if chance.random() < 0.55:
        return None
    columns = [each for each in table.names if each in table.values]
    column = chance.choice(columns)
    value = chance.choice(table.values[column])
    return Condition(column, chance.choice(["eq", "eq", "ne"]), (value,))


def _own_values(chance, column):
    """Give values of a column that differs in every row."""
    if column == "Key":
        return [guid(1_000 + each) for each in range(1, 40)]
    if column == "CreationTime":
        return [text_of(each * 10**7 // 3) for each in range(1, 40)]
    return [*range(1, 8)]


def _order(chance, table, kind):
    if kind == "offset":
        columns = (
            [table.key, "Level"]
            if table.window
            else [None, "Id", *(set(table.names) & {"ReleaseName", "CreationTime"})]
        )
        columns = [each for each in columns if each is not None]
        order, falls = chance.choice([None, *sorted(columns)]), chance.random() < 0.5
        return order, falls and order is not None
    if kind == "scan" and chance.random() < 0.3:
        return table.key, not table.window and chance.random() < 0.5
    return None, False
