"""What one list allows: page size, filter, order, window."""

from __future__ import annotations

from typing import Final

import attrs

from uipath_odata.odata.bounds import EQUALITIES, IN_CHARACTERS, IN_VALUES, URL_CHARACTERS
from uipath_odata.odata.expr.literals import EnumOrder

__all__ = ["OWN_CHARACTERS", "Limits"]

OWN_CHARACTERS: Final = 250  # what plans add to a URL: bounds, order, count and page size


@attrs.frozen(kw_only=True)
class Limits:
    """What one list lets a reader do, and how exactly its server is assumed to sort.

    A list that is not ``paged`` takes no ``$top`` and no ``$skip``: it comes whole. ``keyed``: it may be filtered and
    sorted by its Id. ``linked``: a row comes once for each folder that its queue is linked to, with equal Ids. ``window`` is the highest ``$skip + $top`` of a list in Elasticsearch (RobotLogs), None for
    others: the documented text says "lower than 10000". ``tie_unit`` is the coarsest sort precision assumed, in
    ticks, ``upper_bound`` whether it honours ``TimeStamp lt`` (None: not known). One request carries ``in_values`` of ``in_characters`` in one ``in``, ``equalities`` of one property in a
    chain of ``or``, and ``url_room`` characters of options.
    """

    page_cap: int = 1_000
    paged: bool = True
    keyed: bool = True
    linked: bool = False
    window: int | None = None
    tie_unit: int = 10_000
    upper_bound: bool | None = None
    enum_order: EnumOrder = "number"
    in_values: int = IN_VALUES
    in_characters: int = IN_CHARACTERS
    equalities: int = EQUALITIES
    url_room: int = URL_CHARACTERS
