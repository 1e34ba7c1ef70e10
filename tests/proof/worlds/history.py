"""What a server's list was at each moment; the only witness of what a reading should have given."""

from __future__ import annotations

import math
from collections import Counter

import attrs

__all__ = ["Fact", "History"]


@attrs.define(eq=False)
class Fact:
    """One row from its first moment to its last; moments are requests that the server has begun to answer."""

    token: str
    """What tells the row from others; byte-equal rows share it."""
    key: int
    ranks: tuple
    """Where each replica puts it among rows of an equal key."""
    versions: list
    """The row as it was, and since when: ``[(moment, row), …]``."""
    born: int = 0
    died: float = math.inf
    hidden: bool = False
    """Whether the server never shows it."""

    def exists(self, moment):
        return self.born <= moment < self.died

    def at(self, moment):
        """Give the row as a replica shows that is at this moment of its life."""
        if len(self.versions) == 1:
            return self.versions[0][1]
        return next(row for since, row in reversed(self.versions) if since <= max(moment, 0))


@attrs.define(eq=False)
class History:
    """All rows that ever were."""

    facts: list = attrs.field(factory=list)
    moment: int = 0

    def alive(self, lag=0):
        """Give the rows that a replica shows which learns of everything so many moments late."""
        moment = self.moment - lag
        return [
            each
            for each in self.facts
            if each.born <= moment < each.died or (not each.born and moment <= 0 < each.died)
        ]

    def delete(self, fact):
        fact.died = self.moment

    def change(self, fact, **columns):
        fact.versions.append((self.moment, {**fact.versions[-1][1], **columns}))

    def throughout(self, matches):
        """Give the rows that were there, and met the query, from the first request to the last."""
        return [
            each
            for each in self.facts
            if not each.born and each.died == math.inf and all(matches(row) for _, row in each.versions)
        ]

    def ever(self, matches):
        """Give the rows that were there, and met the query, at some moment."""
        return [each for each in self.facts if any(matches(row) for _, row in each.versions)]

    def due(self, matches):
        """Count, by token, what a reading of the whole list must give at least."""
        return Counter(each.token for each in self.throughout(matches))

    def possible(self, matches):
        """Count, by token, what it may give at most."""
        return Counter(each.token for each in self.ever(matches))

    def due_of_slice(self, surely, perhaps, order, skip, top):
        """Name the rows that rows ``skip`` to ``skip + top`` of the list in an order hold at every moment.

        ``order`` gives a row's place; None: the server's own order, of which nothing is known.
        """
        throughout, ever = self.throughout(surely), self.ever(perhaps)
        if order is None:
            return self.due(surely) if not skip and len(ever) <= top else Counter()
        places = sorted(order(row) for fact in ever for row in [fact.versions[0][1]])
        firm = sorted(order(fact.versions[0][1]) for fact in throughout)
        found = Counter()
        for fact in throughout:
            place = order(fact.versions[0][1])
            before = sum(each < place for each in firm)
            at_most = sum(each <= place for each in places) - 1
            if before >= skip and at_most < skip + top:
                found[fact.token] += 1
        return found
