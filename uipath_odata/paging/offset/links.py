"""The next links of one list, each of which must advance."""

from __future__ import annotations

from typing import Final

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.paging.offset.next_link import continuation_of
from uipath_odata.paging.plan import Row

__all__ = ["Links"]

_EMPTY_PAGES: Final = 10  # OData 4.0 Part 1, 11.2.5.7 lets a page with a next link be empty


@attrs.define(eq=False)
class Links:
    """Remember what continued the list so far."""

    followed: set[str] = attrs.field(factory=set[str], init=False)
    _empty: int = attrs.field(default=0, init=False)
    _before: tuple[int, Row, Row] | None = attrs.field(default=None, init=False)

    def follow(self, link: str, after: int, rows: list[Row], *, is_continued: bool) -> str:
        """Return what of a link continues the list after so many rows; ``is_continued`` if these came by a link.

        Raises NotProven for a link that was followed before or leads elsewhere, and for one page after the other that
        is empty or brings the same rows; rows alike under a narrow select may.
        """
        rest = continuation_of(link)
        self._empty = 0 if rows else self._empty + 1
        shown = (len(rows), rows[0], rows[-1]) if rows else None
        is_same = is_continued and shown is not None and shown == self._before and rows[0] != rows[-1]
        self._before = shown
        if (
            rest.query in self.followed
            or rest.rank not in (None, after)
            or self._empty > _EMPTY_PAGES
            or is_same
        ):
            raise NotProven(
                "The server's next links do not lead on from the rows that came: narrow the filter until one page"
                " holds all rows"
            )
        self.followed.add(rest.query)
        return rest.query
