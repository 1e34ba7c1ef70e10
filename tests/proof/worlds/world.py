"""Worlds at random, each made of independent parts: a list, what happens to it, and how its server answers."""

from __future__ import annotations

import random
from collections import Counter

import attrs

from .churn import Churn
from .filters import Semantics
from .history import History
from .honesty import Caps, Counts, Lies, Replicas, Support
from .question import Question
from .server import Server
from .shape import PAGE, WINDOW, Shape
from .strain import strained
from .tables import TABLES, Rows

__all__ = ["World"]


@attrs.frozen(kw_only=True)
class World:
    """One list, its server, and how it is read."""

    seed: int
    table: object
    shape: Shape
    question: Question = attrs.field(factory=Question)
    churn: Churn = attrs.field(factory=Churn)
    replicas: Replicas = attrs.field(factory=Replicas)
    caps: Caps = attrs.field(factory=Caps)
    counts: Counts = attrs.field(factory=Counts)
    support: Support = attrs.field(factory=Support)
    semantics: Semantics = attrs.field()
    lies: Lies = attrs.field(factory=Lies)
    window: int = WINDOW
    page_size: int = PAGE

    @semantics.default
    def _semantics(self):
        return Semantics(kinds=self.table.kinds)

    @classmethod
    def make(cls, seed):
        """Draw each part by itself, so that a part keeps its draw when another one is changed."""

        def chance(part):
            return random.Random(f"{seed} {part}")

        table = TABLES[chance("table").choice(["Jobs", "QueueItems", "RobotLogs", "RobotLogs"])]
        question = Question.draw(chance("question"), table)
        kind = chance("kind").choice(["honest", "honest", "honest", "limited", "lying", "lying", "lying"])
        made = cls(
            seed=seed,
            table=table,
            shape=Shape.draw(chance("shape"), table),
            question=question,
            churn=Churn.draw(chance("churn")),
            replicas=Replicas.draw(chance("replicas"), lagging=kind == "limited"),
            caps=Caps.draw(chance("caps")),
            counts=Counts.draw(chance("counts"), kind),
            support=Support.draw(chance("support"), table, question),
            semantics=Semantics.draw(chance("semantics"), table),
            lies=Lies.draw(chance("lies"), lying=kind == "lying"),
        )
        return strained(made, chance("strain"))

    @property
    def honest(self):
        """Whether every answer is true, however little it holds."""
        kinds = {self.counts.own, self.counts.total}
        is_cut_short = "capped" in kinds and self.counts.cap < self.page_size
        return self.lies.none and not kinds & {"page", "fixed"} and not is_cut_short

    @property
    def ordinary(self):
        """Whether an honest world also lets a reading be proven: nobody lags or counts as of yesterday."""
        counts = {self.counts.own, self.counts.total}
        return self.honest and not any(self.replicas.lag) and "stale" not in counts

    def serve(self):
        """Give its server as it is before the first request."""
        chance = random.Random(f"{self.seed} life")
        rows = Rows(self.table, chance, self.replicas.number, self.shape)
        history = History(rows.first())
        for fact in history.facts:
            fact.hidden = chance.random() < self.lies.hides
        return Server(self, chance, history, rows, patience=600 + 30 * len(history.facts))

    def fits_pages(self, history, matches):
        """Whether any answer holds a whole tie and a neighbour of it, whatever came and went.

        A list of logs of one key alone has no neighbour: only its counts can prove it.
        """
        unit = 10_000 if self.table.window else 1
        sizes = Counter(fact.key // unit for fact in history.facts)
        below = sizes if self.table.window else {}
        largest = max((size + below.get(key - 1, 0) for key, size in sizes.items()), default=0)
        keys = {fact.key // unit for fact in history.throughout(matches)}
        is_alone = len(keys) < 2 and bool(history.ever(matches)) and max(sizes.values()) > 1
        return largest < self.caps.least and not is_alone

    def __str__(self):
        sizes = self.shape.sizes
        said = [
            f"seed {self.seed}: {self.table.name}, {sum(sizes)} rows, largest tie {max(sizes, default=0)}"
        ]
        for name in ("churn", "replicas", "caps", "counts", "support", "semantics", "lies", "question"):
            part = getattr(self, name)
            usual = {each.name: each.default for each in attrs.fields(type(part))}
            odd = {
                each: value
                for each, value in attrs.asdict(part, recurse=False).items()
                if value != usual[each]
            }
            fields = [
                f"{each}={value!r}"
                for each, value in odd.items()
                if each not in {"kinds", "_known"} and value != {}
            ]
            said += [f"{name}: {', '.join(fields)}"] if fields else []
        return "; ".join(said)
