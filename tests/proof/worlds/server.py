"""A list as a server answers for it: honest, limited, lagging or lying, as its world says."""

from __future__ import annotations

import attrs

from uipath_odata.errors import BadRequest, NotFound

from .filters import conjuncts
from .history import History

__all__ = ["Endless", "Server"]


class Endless(AssertionError):
    """A reading asks without end."""


def _refusal():
    return BadRequest("Invalid OData query options.", status=400, error_code=1000)


@attrs.define(eq=False)
class Server:
    """Answers requests of one world, which changes with each of them."""

    world: object
    chance: object
    history: History
    rows: object
    """Makes the rows that come later."""
    patience: int
    """How many requests a reading may need."""
    trace: list = attrs.field(factory=list)
    compiled: dict = attrs.field(factory=dict)
    replica: int = 0
    recent: int = 0
    """The last key that an answer showed: what changes changes near it."""

    def answer(self, options, *, total=False):
        """Give the rows and the count of one answer, or raise what the server refuses with."""
        self.history.moment += 1
        if self.history.moment > self.patience:
            raise Endless(f"more than {self.patience} requests for {len(self.history.facts)} rows")
        self.world.churn.step(self)
        options = self._heeded(options)
        found = self._found(options)
        if total:
            return self._noted(options, [], self._total(found, options))
        shown = [each for each in found if not each.hidden]
        page = self._page(self._ordered(shown, options.get("$orderby")), options)
        asked = options.get("$count") == "true"
        return self._noted(
            options, page, self._counted(self.world.counts.own, found, page, options) if asked else None
        )

    def _noted(self, options, page, count):
        self.trace.append((options, page, count))
        if page:
            self.recent = self.chance.choice(page).key
        return page, count

    def shown(self, facts, options):
        """Give the rows as they are written in an answer."""
        selected = options.get("$select", "").replace(" ", "")
        rows = [fact.at(self.history.moment) for fact in facts]
        names = (
            selected.split(",") if selected else [name for name in rows[0] if "/" not in name] if rows else ()
        )
        return [{name: row[name] for name in names if name in row} for row in rows]

    def _lies(self, what):
        lies = self.world.lies
        return what in lies.about and (lies.how_often >= 1 or self.chance.random() < lies.how_often)

    def _heeded(self, options):
        ignored = {f"${lie}" for lie in ("skip", "top", "count") if self._lies(lie)}
        return {name: value for name, value in options.items() if name not in ignored}

    def _found(self, options, ago=0):
        self.replica = self.chance.randrange(self.world.replicas.number)
        lag = self.world.replicas.lag[self.replica] + ago
        matches = self.matching(options.get("$filter", ""))
        moment = self.history.moment - lag
        return [each for each in self.history.alive(lag) if matches(each.at(moment))]

    def matching(self, text):
        """Give the function of a row that this server makes of a filter; what it ignores is left out of it."""
        trees = [tree for tree in conjuncts(text) if self._heeds(tree)]
        known = tuple(map(repr, trees))
        if known not in self.compiled:
            self.compiled[known] = self.world.semantics.predicate(("and", *trees))
        return self.compiled[known]

    def _heeds(self, tree):
        """Tell whether a part of a filter is heeded; raises where it is refused."""
        support = self.world.support
        for word in _words(tree):
            treatment = support.of(word, tree[1])
            if treatment == "refused":
                raise _refusal()
            if treatment == "ignored":
                return False
        if "in" in _words(tree) and self._lies("in"):
            return False
        bound = _columns(tree) == {self.world.table.key}
        part = self.world.lies.filter_part
        concerned = part == "all" or (part == "bounds") == bound
        if concerned and self._lies("filter"):
            return False
        return not (_is_of_texts(tree, self.world.table) and self._lies("texts"))

    def _ordered(self, facts, order):
        if self._lies("order"):
            order = None
        if order is None:
            return self._in_own_order(facts)
        terms = [term.strip().split(" ") for term in order.split(",")]
        facts = self._with_equals_mixed(facts)
        for column, *direction in reversed(terms):
            facts.sort(key=self._place(column), reverse=direction == ["desc"])
        return facts

    def _with_equals_mixed(self, facts):
        if self.world.replicas.steady:
            return sorted(facts, key=lambda fact: fact.ranks[self.replica])
        return self.chance.sample(facts, len(facts))

    def _place(self, column):
        value_of, moment = self.world.semantics.reader(column), self.history.moment

        def place(fact):
            value = value_of(fact.at(moment))
            return (value is not None, value)

        return place

    def _in_own_order(self, facts):
        own = self.world.lies.own_order
        if own == "shuffled":
            return self.chance.sample(facts, len(facts))
        facts = sorted(self._with_equals_mixed(facts), key=lambda fact: fact.key)
        middle = len(facts) // 2
        return {
            "rising": facts,
            "falling": facts[::-1],
            "newer half first": facts[middle:] + facts[:middle],
        }[own]

    def _page(self, facts, options):
        skip, top = int(options.get("$skip", 0)), int(options.get("$top", 10**6))
        world = self.world
        if world.table.window and skip + (top if "$top" in options else 0) > world.window:
            raise _refusal()
        page, room = [], world.caps.bytes
        limit = min(top, world.caps.rows)
        for fact in facts[: world.caps.reach][skip : skip + limit]:
            room -= world.caps.size_of(fact)
            if page and room < 0:
                break
            page += [fact] * (2 if self.chance.random() < world.lies.twins else 1)
        return page[:limit]

    def _total(self, found, options):
        if self.world.counts.total == "absent":
            raise NotFound("There is no such function.", status=404)
        return self._counted(self.world.counts.total, found, [], options)

    def _counted(self, kind, found, page, options):
        counts, lies = self.world.counts, self.world.lies
        if lies.hides and lies.counts_hidden:
            return len(found)
        found = [each for each in found if not each.hidden]
        return {
            "right": lambda: len(found),
            "absent": lambda: None,
            "page": lambda: len(page),
            "stale": lambda: len(self._found(options, ago=counts.age)),
            "capped": lambda: min(len(found), counts.cap),
            "fixed": lambda: counts.cap,
        }[kind]()


def _words(tree):
    word, *rest = tree
    yield word
    if word in {"and", "or", "not"}:
        for each in rest:
            yield from _words(each)


def _columns(tree):
    word, *rest = tree
    if word in {"and", "or", "not"}:
        return set().union(*map(_columns, rest))
    return {rest[0]}


def _is_of_texts(tree, table):
    return all(table.kinds.get(column, "text") == "text" for column in _columns(tree))
