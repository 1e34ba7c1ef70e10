"""Who may read a plan that was narrowed for one query: each piece is of the first task that asks for it, and of its repetitions.

Spark (seen with 4.3.0) keeps one plan for all that is made of a DataFrame: a second query, or a second look at it in the same
query, gets the plan that was narrowed by the filters of another one, and rows are missing without a word. The planner and
the tasks are processes that know nothing of each other, so that files of this machine tell.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

from uipath_odata.errors import QueryError

__all__ = ["claim", "take"]

_ADVICE: Final = "load() anew for each query, or leave pushdown out and give the option filter"


def claim(load: str, pushed: str | None) -> None:
    """Take a loaded DataFrame for the queries with these filters. Raise QueryError where it has others."""
    _folder(load).mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_first(load, "filters", pushed or ""):
        raise QueryError(
            f"this DataFrame was narrowed by other filters before, and Spark would mix them up: {_ADVICE}"
        )


def take(load: str, plan: str, piece: str, task: str) -> None:
    """Take a piece of a plan for a task. Raise QueryError where another one has it, or on another machine."""
    if not _folder(load).exists():
        raise QueryError(
            "pushdown needs the driver and its workers on one machine: leave it out, and give the option filter"
        )
    if not _is_first(load, f"{plan}-{piece}", task):
        raise QueryError(f"a DataFrame that was narrowed by filters is read a second time: {_ADVICE}")


def _folder(load: str) -> Path:
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    return Path(tempfile.gettempdir()) / f"uipath-odata-{user}" / load


def _is_first(load: str, name: str, owner: str) -> bool:
    """Tell whether what is named belongs to this owner: to whom nothing came before."""
    mark = hashlib.sha256(owner.encode()).hexdigest()
    place = _folder(load) / name
    with tempfile.NamedTemporaryFile("w", dir=place.parent, encoding="ascii") as written:
        written.write(mark)
        written.flush()
        try:
            os.link(written.name, place)
        except FileExistsError:
            return place.read_text("ascii") == mark
    return True
