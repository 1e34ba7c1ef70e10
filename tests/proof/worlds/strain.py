"""Parts that are drawn together: what once broke readings takes several of them at a time, which seldom meet by chance."""

from __future__ import annotations

import attrs

from .churn import Churn
from .honesty import Caps, Counts, Lies, Replicas
from .question import Question
from .shape import PAGE

__all__ = ["strained"]


def strained(world, chance):
    """Give the world, one in eight with such parts in the place of its own."""
    kind = chance.choice(["none"] * 21 + ["tie", "tie", "unshown", "alike", "alike"])
    if kind == "unshown":
        return _counting_what_it_never_shows(world, chance)
    has_ties = world.table.window or world.table.name == "QueueItems"
    if kind == "none" or not has_ties:
        return world
    return (_with_a_tie_that_shrinks if kind == "tie" else _counting_no_further_than_it_sends)(world, chance)


def _with_a_tie_that_shrinks(world, chance):
    """Let a tie be little more than a page, so that one deletion moves its last row to where nobody looks."""
    first, after = chance.choice([0, 1, 3]), chance.choice([0, 1, 3])
    sizes = (1,) * first + (PAGE + chance.choice([1, 1, 2]),) + (1,) * after
    often = chance.choice([0.0, 0.3])
    return attrs.evolve(
        world,
        shape=attrs.evolve(world.shape, sizes=sizes),
        churn=Churn(deletes=0.7, inserts=often, late=often, near=0.9),
        caps=Caps(),
        counts=attrs.evolve(world.counts, own=chance.choice(["right", "absent"])),
        question=_scan(world),
    )


def _counting_no_further_than_it_sends(world, chance):
    """Let one number cap the pages and the counts, below the size of a tie, which may be the whole list."""
    cap = chance.choice([3, 5, PAGE - 1])
    size = cap + chance.choice([1, 2, PAGE, 3 * PAGE])
    first, after = chance.choice([(0, 0), (0, 0), (3, 0), (0, 3), (3, 3)])
    ignored = chance.choice([(), (), ("skip",), ("top",), ("skip", "top")])
    return attrs.evolve(
        world,
        shape=attrs.evolve(world.shape, sizes=(1,) * first + (size,) + (1,) * after),
        caps=Caps(rows=cap, reach=chance.choice([10**6, 10**6, 10**6, cap])),
        counts=Counts(own="capped", total=chance.choice(["capped", "absent"]), cap=cap),
        lies=Lies(about=frozenset(ignored)),
        question=_scan(world),
    )


def _counting_what_it_never_shows(world, chance):
    """Let nothing but a count tell of some rows, of a list that stays as it is."""
    return attrs.evolve(
        world,
        churn=Churn(),
        replicas=Replicas(),
        counts=Counts(),
        lies=Lies(hides=chance.choice([0.02, 0.2]), counts_hidden=True),
        question=_scan(world),
    )


def _scan(world):
    """Ask for the whole list, exactly and in one go, in as many requests at once as before."""
    return Question(exact=True, ordered=world.question.ordered, workers=world.question.workers)
