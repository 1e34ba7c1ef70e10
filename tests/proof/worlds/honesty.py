"""How a server answers for its list: what it can, how it counts, and where it lies."""

from __future__ import annotations

import zlib

import attrs

from .shape import PAGE, WINDOW

__all__ = ["Caps", "Counts", "Lies", "Replicas", "Support"]

_LIES = ("order", "filter", "skip", "top", "count", "in")
_PLENTY = 10**6


@attrs.frozen(kw_only=True)
class Replicas:
    """Servers of one list that answer by turns: each orders equals in its own way, and may learn late."""

    number: int = 1
    lag: tuple = (0, 0, 0)
    steady: bool = True
    """Whether each keeps to its order of equals; else it is another one in each answer."""

    @classmethod
    def draw(cls, chance, *, lagging):
        lag = tuple(chance.choice([0, 1, 3, 8]) for _ in range(3)) if lagging else (0, 0, 0)
        return cls(number=chance.choice([1, 2, 3]), lag=lag, steady=chance.random() < 0.7)


@attrs.frozen(kw_only=True)
class Caps:
    """The most that one answer holds: in rows, and in bytes, of which a row has one to three."""

    rows: int = _PLENTY
    bytes: int = _PLENTY
    reach: int = _PLENTY
    """How many rows of a list can be skipped to, and shown at all, whatever its order."""

    @classmethod
    def draw(cls, chance):
        rows, size = chance.choice([PAGE, PAGE - 1, 5, 3]), chance.choice([10, 20])
        return chance.choice([cls(), cls(), cls(), cls(rows=rows), cls(bytes=size)])

    def size_of(self, fact):
        return 1 + zlib.crc32(fact.token.encode()) % 3

    @property
    def least(self):
        """How many rows fit in any answer."""
        return min(self.rows, max(1, self.bytes // 3), PAGE)


@attrs.frozen(kw_only=True)
class Counts:
    """How the server counts: right, stale, capped, fixed, of the page, or not at all."""

    own: str = "right"
    """In an answer."""
    total: str = "right"
    """By the function for totals."""
    cap: int = WINDOW + 1
    age: int = 3
    """How many requests ago a stale count was right."""

    @classmethod
    def draw(cls, chance, kind):
        right = ["right"] * 3
        own, total = {
            "honest": ([*right, "absent", "capped"], ["right", "right", "absent"]),
            "limited": (["right", "stale", "absent", "capped"], ["right", "stale", "absent"]),
            "lying": (
                [*right, "stale", "absent", "capped", "page", "fixed"],
                [*right, "stale", "absent", "capped", "fixed"],
            ),
        }[kind]
        made = cls(own=chance.choice(own), total=chance.choice(total), age=chance.choice([1, 3, 10]))
        fixed = chance.choice([0, 3, PAGE, 30, WINDOW + 1])
        return attrs.evolve(made, cap=fixed) if "fixed" in {made.own, made.total} else made


@attrs.frozen(kw_only=True)
class Support:
    """What a server makes of comparisons that are not documented for its list: heeded, ignored or refused."""

    words: dict = attrs.field(factory=dict)
    columns: dict = attrs.field(factory=dict)
    """How ``eq`` on a column is treated."""

    @classmethod
    def draw(cls, chance, table, question):
        """What the user's own condition says is heeded, or refused where the client knows another way."""
        asked, words, columns = question.words, {}, {}
        if table.window:
            ways = ["heeded", "heeded", "heeded", "ignored", "refused"]
            words = {word: chance.choice(ways) for word in ("lt", "le", "ne", "or", "not")}
            columns = {each: chance.choice(ways[2:]) for each in ("Level", "ProcessName")}
        if "in" in asked:
            words["in"] = chance.choice(["heeded", "heeded", "heeded", "refused"])
            words["or"] = "heeded"
        return cls(
            words={
                each: how for each, how in words.items() if how != "heeded" and each not in asked - {"in"}
            },
            columns={
                each: how for each, how in columns.items() if how != "heeded" and each != question.column
            },
        )

    def of(self, word, column):
        """Give how a part of a filter is treated."""
        return self.columns.get(column, "heeded") if word == "eq" else self.words.get(word, "heeded")


@attrs.frozen(kw_only=True)
class Lies:
    """Options that the server takes and does not heed, and other untruths."""

    about: frozenset = frozenset()
    how_often: float = 1.0
    filter_part: str = "all"
    """Which comparisons of a filter are ignored: all, the bounds of the key, or the others."""
    own_order: str = "rising"
    """The order of rows where none was asked for, or where that is ignored."""
    hides: float = 0.0
    """How many of the rows are never shown."""
    counts_hidden: bool = False
    """Whether they are counted all the same, and everything else is."""
    twins: float = 0.0
    """How often a row comes twice in one answer."""
    strays: str = "none"
    """Answers that nobody asked for, on the wire: after another answer, or while nothing is asked."""

    @classmethod
    def draw(cls, chance, *, lying):
        own_order = chance.choice(["rising", "falling", "newer half first", "shuffled"])
        if not lying:
            return cls(own_order=own_order)
        kind = chance.choice(
            ["one", "one", "two", "two", "two", "hidden", "hidden", "texts", "twins", "none"]
        )
        about = {"one": chance.sample(_LIES, 1), "two": chance.sample(_LIES, 2), "texts": ["texts"]}
        return cls(
            about=frozenset(about.get(kind, [])),
            how_often=chance.choice([1.0, 1.0, 0.5, 0.1]),
            filter_part=chance.choice(["all", "all", "bounds", "others"]),
            own_order=own_order,
            hides=chance.choice([0.02, 0.2, 1.0]) if kind == "hidden" else 0.0,
            counts_hidden=chance.random() < 0.5,
            twins=chance.choice([0.02, 0.2])
            if kind == "twins"
            else chance.choice([0.0, 0.0, 0.0, 0.0, 0.05]),
            strays=chance.choice(["none", "none", "after", "idle"]),
        )

    @property
    def none(self):
        return not (self.about or self.hides or self.twins) and self.strays == "none"
