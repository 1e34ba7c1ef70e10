"""Lies that no row can show: what they make wrong is not a fault of the reader. Nothing else is excused."""

from __future__ import annotations

from collections import Counter

import attrs

from .worlds.filters import SECOND, moment_of

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
    is_quiet = all(
        fact.died > history.moment and not fact.born and len(fact.versions) == 1 for fact in history.facts
    )
    # One that was resumed counts only what was left; the bucket where an interval ends is counted with later rows.
    is_asked = len(reading.reports) == 1 and world.question.provable(world.table)
    is_cut = world.question.until is not None
    return is_asked and is_quiet and not is_cut and world.lies.counts_hidden and not _lies_too(world)


def _lies_too(world):
    return world.lies.about or world.lies.twins


def _is_a_repeated_log(verdict, fact):
    return fact.token in verdict.repeated and verdict.reading.world.table.window and _lies(verdict).twins


def _is_about_a_second(verdict, fact):
    """Tell whether a log lies less than a second outside of the interval, whose comparison was ignored."""
    world = verdict.reading.world
    since, until = world.question.interval(verdict.reading.newest)
    early = 0 if since is None else since - fact.key
    late = 0 if until is None else fact.key - until
    return fact.token in verdict.invented and world.table.window and max(early, late) <= SECOND


def _is_within_a_second_of_what_was_asked(verdict, fact):
    """Tell whether a row's own date-time lies within a second of one that was asked for, in an ignored comparison."""
    world = verdict.reading.world
    column = world.question.column
    if fact.token not in verdict.invented or world.table.kinds.get(column) != "moment":
        return False
    shown = moment_of(fact.versions[0][1][column])
    values = (each for one in world.question.conditions for each in one.values if each is not None)
    return _ignores_the_condition(world) and any(abs(shown - moment_of(each)) <= SECOND for each in values)


def _is_out_of_order_now_and_then(verdict, fact):
    """Tell whether an answer that ignored $orderby was in order by itself, and no count can speak against it."""
    world, reports = verdict.reading.world, verdict.reading.reports
    lies, facts = world.lies, verdict.reading.server.history.facts
    unit = 10_000 if world.table.window else 1
    buckets = Counter(each.key // unit for each in facts)
    # A page of one bucket is in any order.
    fills_page = max(buckets.values()) >= world.caps.least
    in_order = {"newer half first": True, "falling": fills_page, "shuffled": fills_page}
    is_seldom = "order" in lies.about and lies.how_often < 1 and in_order.get(lies.own_order, False)
    counts = {world.counts.own, world.counts.total} if world.table.window else {world.counts.own}
    is_counted = (
        world.question.exact and counts == {"right"} and len(reports) == 1 and lies.about == {"order"}
    )
    return fact.token in verdict.missed and is_seldom and not is_counted


def _is_told_as_late(verdict, fact):
    late = sum(each.late for each in verdict.reading.reports if each is not None)
    is_cut = verdict.reading.world.question.since is not None
    return fact.token in verdict.missed and is_cut and late >= sum(verdict.missed.values())


def _is_counted_as_of_yesterday(verdict, fact):
    """Tell whether a bucket of more than a page was counted by a replica that does not know its rows."""
    world = verdict.reading.world
    unit = 10_000 if world.table.window else 1
    bucket = [each for each in verdict.reading.server.history.facts if each.key // unit == fact.key // unit]
    is_stale = any(world.replicas.lag) or "stale" in {world.counts.own, world.counts.total}
    return fact.token in verdict.missed and is_stale and len(bucket) > world.caps.least


def _is_cut_where_its_count_ends(verdict, fact):
    """Tell whether a server that caps pages and counts alike shows nothing of a bucket after that, also by ``$skip``."""
    world = verdict.reading.world
    unit = 10_000 if world.table.window else 1
    bucket = [each for each in verdict.reading.server.history.facts if each.key // unit == fact.key // unit]
    is_cut = world.counts.own == "capped" and world.caps.reach == world.counts.cap < len(bucket)
    return fact.token in verdict.missed and is_cut


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
    is_unseen |= world.table.window and bool(world.lies.twins)
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
        "the server ignores a comparison of date-times, and less than a second is what honest servers may differ by",
        _is_about_a_second,
    ),
    Excuse(
        "the server ignores a comparison with a date-time within a second of the row's, which honest servers may differ by",
        _is_within_a_second_of_what_was_asked,
    ),
    Excuse(
        "the server ignores $orderby now and then, in answers that are in order by themselves, "
        "such as a page of one bucket, and counts nothing right",
        _is_out_of_order_now_and_then,
    ),
    Excuse(
        "rows of an interval are found by the last count alone: the report tells them as late, and none as missing",
        _is_told_as_late,
    ),
    Excuse(
        "a bucket of more than a page is proven by its count, and a replica that lags counts as of yesterday: assumed is "
        "that a row is visible on every replica that answers",
        _is_counted_as_of_yesterday,
    ),
    Excuse(
        "the server cuts a bucket where its count ends, and shows nothing after that by $skip: each answer and each count "
        "is that of a list which is no longer",
        _is_cut_where_its_count_ends,
    ),
    Excuse(
        "under a total, rows that are hidden or not asked for, or logs that come twice, take the places of others",
        _moves_others,
    ),
)
