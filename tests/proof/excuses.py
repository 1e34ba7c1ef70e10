"""Lies that no row can show: what they make wrong is not a fault of the reader. Nothing else is excused."""

from __future__ import annotations

import attrs

__all__ = ["EXCUSES", "Excuse", "excuse_for"]


@attrs.frozen
class Excuse:
    """Why a row may be wrong although the reading is proven."""

    reason: str
    explains: object
    """A function of the verdict and the row's fact."""


def excuse_for(verdict, fact):
    """Give the reason why a row may be wrong, None where there is no such reason."""
    return next((each.reason for each in EXCUSES if each.explains(verdict, fact)), None)


def _is_never_shown(verdict, fact):
    return fact.token in verdict.missed and fact.hidden and not _is_told_by_count(verdict.reading)


def _is_told_by_count(reading):
    """Tell whether the count that an exact reading asks last must show that rows are hidden."""
    world, history = reading.world, reading.server.history
    is_quiet = all(fact.died > history.moment and not fact.born for fact in history.facts)
    # One that was resumed counts only what was left.
    is_asked = len(reading.reports) == 1 and world.question.provable(world.table)
    return is_asked and is_quiet and world.lies.counts_hidden and not world.lies.about


def _is_a_repeated_log(verdict, fact):
    return fact.token in verdict.repeated and verdict.reading.world.table.window and _lies(verdict).twins


def _ignores_texts(verdict, fact):
    world = verdict.reading.world
    kind = world.table.kinds.get(world.question.column, "text")
    return fact.token in verdict.invented and _ignores_the_condition(world) and kind == "text"


def _ignores_what_is_not_selected(verdict, fact):
    world = verdict.reading.world
    return fact.token in verdict.invented and _ignores_the_condition(world) and world.question.select


def _ignores_the_condition(world):
    return world.question.column is not None and bool(world.lies.about & {"filter", "in", "texts"})


def _moves_others(verdict, fact):
    world = verdict.reading.world
    counts_rows = world.question.top is not None or world.question.skip
    is_unseen = any(each.hidden for each in verdict.reading.server.history.facts)
    texts = _ignores_the_condition(world) and (
        world.question.select or world.table.kinds.get(world.question.column, "text") == "text"
    )
    return fact.token in verdict.missed and bool(counts_rows) and (is_unseen or texts)


def _lies(verdict):
    return verdict.reading.world.lies


EXCUSES = (
    Excuse(
        "the server never shows the row, and does not count it, or rows that were deleted since make up for it",
        _is_never_shown,
    ),
    Excuse(
        "the server gives a log twice in one answer: logs have no identity, and robots do send the same log twice",
        _is_a_repeated_log,
    ),
    Excuse(
        "the server ignores a comparison of texts: collations differ, so a text that looks other may be equal",
        _ignores_texts,
    ),
    Excuse(
        "the server ignores a comparison of a column that was not selected: its rows do not show it",
        _ignores_what_is_not_selected,
    ),
    Excuse(
        "under a total, rows that are hidden or not asked for, which no row can show, take the places of others",
        _moves_others,
    ),
)
