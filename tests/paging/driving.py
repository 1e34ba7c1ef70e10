"""Plans driven to their end by hand, against a server that is a function."""

from __future__ import annotations


def read(plan, server, concurrency=4):
    """Return the rows of a plan; of the requests under way the newest is answered first."""
    given, running = [], []
    while True:
        while (rows := plan.next_rows()) is not None:
            given += rows
        while len(running) + plan.buffered_pages < concurrency and (fetch := plan.next_fetch()) is not None:
            running.append(fetch)
        if not running:
            return given
        assert len(running) + plan.buffered_pages <= concurrency
        fetch = running.pop()
        plan.on_page(fetch, server.answer(fetch.options))


def ids_of(rows):
    return [row["Id"] for row in rows]


def count_wrong(readings):
    """Count the readings that were refused, and those that lost or repeated a row."""
    refused = wrong = 0
    for was_refused, lost, repeated in readings:
        refused += was_refused
        wrong += bool(lost or repeated)
    return refused, wrong
