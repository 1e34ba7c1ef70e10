"""Was a reading right? Decided from the world's own history alone."""

from __future__ import annotations

from collections import Counter

import attrs

from uipath_odata.errors import NotProven, OrchestratorError, QueryError

from .excuses import excuse_for
from .worlds.server import Endless

__all__ = ["Verdict", "judge"]


@attrs.frozen
class Verdict:
    """What was wrong with one reading, in words; nothing where it was right."""

    reading: object
    missed: Counter
    repeated: Counter
    invented: Counter
    faults: tuple

    @property
    def wrong(self):
        return bool(self.missed or self.repeated or self.invented)

    @property
    def refused(self):
        return isinstance(self.reading.error, NotProven)

    def __str__(self):
        return "; ".join(self.faults) or "right"


def judge(reading):
    """Hold a reading against the world's history."""
    world, history = reading.world, reading.server.history
    by_key = reading.plan in {"window", "split"} and world.question.order in {None, world.table.key}
    slack = 0 if by_key else world.semantics.precision
    surely, perhaps = world.question.matching(world, reading.newest, slack)
    given = Counter(reading.tokens)
    possible = history.possible(perhaps)
    missed = _due(world, history, surely, perhaps) - given if reading.ended else Counter()
    over = given - possible
    invented = Counter({token: n for token, n in over.items() if token not in possible})
    repeated = over - invented
    verdict = Verdict(reading, missed, repeated, invented, ())
    return attrs.evolve(verdict, faults=tuple(_faults(verdict)))


def _due(world, history, surely, perhaps):
    question = world.question
    if question.top is None and not question.skip:
        return history.due(surely)
    top, skip = 10**9 if question.top is None else question.top, question.skip or 0
    return history.due_of_slice(surely, perhaps, _place_of(world), skip, top)


def _place_of(world):
    """Give the function of a row that tells its place in the order that was asked for, if any was."""
    column, falling, semantics = world.question.order, world.question.falling, world.semantics
    if column is None or column in {"State", "Status"}:
        return None
    kind = semantics.kinds.get(column, "text")

    def place(row):
        value = semantics.coarse(column, semantics.value(column, row[column]), literal=False)
        if kind in {"text", "enum"}:
            return (
                (value is not None, value or "")
                if not falling
                else _Falling((value is not None, value or ""))
            )
        return -value if falling else value

    return place


class _Falling(tuple):
    """A place in an order from the last to the first."""

    __slots__ = ()

    def __lt__(self, other):
        return tuple.__gt__(self, other)

    def __le__(self, other):
        return tuple.__ge__(self, other)


def _faults(verdict):
    reading, world = verdict.reading, verdict.reading.world
    error = reading.error
    if isinstance(error, Endless):
        yield f"does not advance: {error}"
    elif error is not None and not isinstance(error, OrchestratorError):
        yield f"crashed: {error!r}"
    wrong = {name: each for name in ("missed", "repeated", "invented") if (each := getattr(verdict, name))}
    said = ", ".join(
        f"{sum(each.values())} {name} ({', '.join(sorted(each)[:3])})" for name, each in wrong.items()
    )
    unexcused = _unexcused(verdict)
    if reading.ended and reading.proven and unexcused:
        yield f"proven and wrong: {said}"
    elif world.honest and wrong and _promises(reading) and not isinstance(error, QueryError):
        yield f"wrong of an honest server: {said}"
    if reading.ended and world.question.top is not None and len(reading.tokens) > world.question.top:
        yield f"gave {len(reading.tokens)} rows of {world.question.top}"
    if reading.ended and _falls(reading):
        yield "rows out of order"


def _promises(reading):
    """Tell whether the plan promises each row once, proof or not."""
    plans = {each.plan for each in reading.reports if each is not None}
    return reading.plan in {"keyset", "window"} and plans <= {"keyset", "window"}


def _falls(reading):
    question, world = reading.world.question, reading.world
    if not (
        question.ordered and reading.plan in {"keyset", "window"} and world.honest and not question.splits
    ):
        return False
    keys = [world.semantics.value(world.table.key, each) for each in reading.keys if each is not None]
    if world.table.window:
        keys = [each // 10_000 for each in keys]
    return keys != sorted(keys, reverse=question.falling)


def _unexcused(verdict):
    """Give what is wrong but for what no row can show."""
    facts = {}
    for fact in verdict.reading.server.history.facts:  # copies share one name
        facts.setdefault(fact.token, []).append(fact)
    wrong = [*verdict.missed, *verdict.repeated, *verdict.invented]
    return [token for token in wrong if not any(excuse_for(verdict, each) for each in facts.get(token, ()))]
