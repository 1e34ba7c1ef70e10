"""Which rows by number are not read yet, and how many the server says there are."""

from __future__ import annotations

import attrs

from uipath_odata.paging.plan import Page

__all__ = ["Segment", "Segments"]


@attrs.frozen
class Segment:
    """The rows from rank ``start`` to ``start + length``, asked for by ``$skip`` or by a next link."""

    start: int
    length: int
    continuation: str | None = None
    is_again: bool = False
    """Whether it was read before, and is read again to be compared."""

    @property
    def end(self) -> int:
        return self.start + self.length


@attrs.define(eq=False, kw_only=True)
class Segments:
    """Hand out ranks from ``begin`` to ``stop``, ``size`` at once, as far as the ``window`` and the counts reach."""

    begin: int
    stop: int
    size: int
    window: int

    frontier: int = attrs.field(init=False)
    """The first rank that nobody asked for."""
    horizon: int = attrs.field(init=False)
    """As many rows as the server counts: only below it more than one page is asked for at once."""
    ended: bool = attrs.field(default=False, init=False)
    under_way: list[Segment] = attrs.field(factory=list[Segment], init=False)
    gaps: list[Segment] = attrs.field(factory=list[Segment], init=False)
    _doubted: set[Segment] = attrs.field(factory=set[Segment], init=False)

    def __attrs_post_init__(self) -> None:
        self.frontier = self.horizon = self.begin

    @property
    def unread(self) -> list[Segment]:
        """Return what was asked for or is to be asked for before anything new."""
        return [*self.under_way, *self.gaps]

    @property
    def is_read(self) -> bool:
        return not self.unread and (self.ended or self.frontier >= self.stop)

    def is_beyond_window(self, *, is_waiting: bool) -> bool:
        """Tell whether the next rows are wanted, and lie where the server gives none."""
        return self._has_next(is_waiting=is_waiting) and not self.gaps and self.frontier >= self.window

    def take(self, *, is_waiting: bool) -> Segment | None:
        """Send the next segment on its way; ``is_waiting`` tells whether pages wait to be given out."""
        if not self._has_next(is_waiting=is_waiting):
            return None
        if self.gaps:
            segment = min(self.gaps, key=lambda gap: gap.start)
            self.gaps.remove(segment)
        else:
            end = min(self.frontier + self.size, self.stop, self.window)
            segment = Segment(self.frontier, end - self.frontier)
            self.frontier = end
        self.under_way.append(segment)
        return segment

    def size_up(self, segment: Segment, rows: int, page: Page, *, is_believed: bool) -> None:
        """Let the first page say how many more to ask for, and how large; ``is_believed`` where its count ends a list."""
        count, after = page.count, segment.start + rows
        if page.next_link is None:
            self.ended = after < segment.end and is_believed
            self.horizon = max(self.horizon, count or 0)
        if segment.start < after < min(segment.end, count or 0):
            self.size = rows  # the server's cap is lower than $top

    def fit(self, segment: Segment, rows: int) -> int:
        """Return how many rows of a page are of its segment, which takes more in as far as nobody asked for them."""
        if rows <= segment.length or segment.end < self.frontier:
            return min(rows, segment.length)  # the next page has been asked for and brings the others
        self.frontier = segment.start + rows
        return rows

    def shorten(self, segment: Segment, length: int) -> Segment:
        """Return what of a segment was asked for, where that is less than all of it; the rest waits."""
        if segment.end == self.frontier:
            self.frontier = segment.start + length
        elif not segment.is_again:
            self.gaps.append(Segment(segment.start + length, segment.length - length))
        self.size = min(self.size, length)
        return attrs.evolve(segment, length=length)

    def answered(self, segment: Segment, after: int) -> bool:
        """Let what a page did not bring be asked for; return whether the list ends here."""
        short = after < segment.end
        if after == segment.start and after < self.horizon and segment not in self._doubted:
            self._doubted.add(segment)  # the server counted rows here: an answer may be wrong once
            self.gaps.append(segment)
        elif after == segment.start or (short and segment.continuation):
            self.ended = True
        elif short and segment.end == self.frontier:
            self.frontier = after
        elif short:
            self.gaps.append(Segment(after, segment.end - after))
        return self.ended

    def continue_at(self, segment: Segment, after: int, continuation: str) -> None:
        """Let a next link bring what follows a page."""
        end = segment.end if after < segment.end else min(after + self.size, self.stop)
        self.frontier = max(self.frontier, end)
        self.gaps.append(Segment(after, end - after, continuation))

    def _has_next(self, *, is_waiting: bool) -> bool:
        if self.gaps:
            return True
        if self.ended or self.frontier >= self.stop:
            return False
        # Where nothing vouches for rows it is one page at a time.
        return self.frontier < self.horizon or not (self.under_way or is_waiting)
