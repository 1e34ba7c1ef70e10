"""How the rows of a list lie: how many share a key, and how far the keys are apart."""

from __future__ import annotations

import attrs

from .filters import SECOND

__all__ = ["PAGE", "WINDOW", "Shape"]

PAGE = 10
WINDOW = 99
_STEPS = {
    "Id": [(1,), (1, 1, 1, 2, 7), (1, 1, 1_000), (10**6, 1)],
    "TimeStamp": [
        (1, 10, 5_000, 10_000, SECOND),
        (SECOND, 3 * SECOND),
        (10_000, 20_000),
        (3_600 * SECOND,),
    ],
}


@attrs.frozen(kw_only=True)
class Shape:
    """The first rows of a list, without what they hold."""

    sizes: tuple = ()
    """How many rows each key holds."""
    step: tuple = (1,)
    """Between neighbours: in Ids, or in steps of 100 ns."""
    variety: int = 2
    """0: the columns of all rows are alike but for their token."""
    copies: float = 0.0
    """How often a log is a byte-equal copy of its like."""

    @classmethod
    def draw(cls, chance, table):
        return cls(
            sizes=_sizes(chance, table),
            step=chance.choice(_STEPS[table.key]),
            variety=chance.choice([0, 2, 2]),
            copies=chance.choice([0.0, 0.0, 0.0, 0.1]) if table.window else 0.0,
        )


def _sizes(chance, table):
    keys = chance.choice([0, 1, 2, 3, 8, 9, 10, 11, 12, 25, 40, 60, 90, 150])
    linked = table.name == "QueueItems"  # an item of a linked queue comes once for each folder
    ties = [1, 1, 1, 2, 3] if table.window else chance.choice([[1], [1, 1, 1, 2, 4]]) if linked else [1]
    sizes = [chance.choice(ties) for _ in range(keys)]
    if keys and len(ties) > 1:
        place = chance.choice([chance.randrange(keys), keys - 1, 0])
        sizes[place] = _large(chance, table) or sizes[place]
    return tuple(sizes)


def _large(chance, table):
    """Give the rows of the largest tie: about a page, or up to one and a half windows."""
    if table.window and chance.random() < 0.08:
        return chance.choice([WINDOW // 2, WINDOW - 1, WINDOW, WINDOW + 1, WINDOW * 3 // 2])
    return chance.choice([0, 0, 0, 0, 5, 8, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 3 * PAGE])
